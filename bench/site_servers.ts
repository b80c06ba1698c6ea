/**
 * What a site is served by: nginx, nginx that answers one range per request, Python's `http.server`
 * (HTTP/1.0, no ranges), a server that answers as object stores do, and our own `serve`.
 *
 * Guarantees: each shows the folder that was last given, always under its own URL. nginx counts what it sends, the object store
 * bodies only, the others nothing.
 *
 * @module
 */
import { BINARY } from "./client.ts";
import { type Hub, nginxHub } from "./hubs.ts";
import { pythonPath } from "./peers.ts";
import { startObjectStore } from "../tests/support/object_store.ts";

/** Starts each of them. */
export const SITE_SERVERS: Readonly<Record<string, () => Promise<Hub>>> = {
  "nginx": () => nginxHub(),
  "nginx, one range per request": () => nginxHub({ maxRanges: 1 }),
  "HTTP/1.0 without ranges": async () => {
    const python = await pythonPath();
    return await served((site, port) => [
      python,
      ...["-m", "http.server", String(port), "--bind", "127.0.0.1", "--directory", site],
    ]);
  },
  "an object store": () => Promise.resolve(objectStore()),
  "serve": () => served((site, port) => [BINARY, "serve", site, "--listen", `127.0.0.1:${port}`]),
};

/** One range per request, a strong ETag, never several parts. */
function objectStore(): Hub {
  const store = startObjectStore("");
  return {
    url: store.url,
    show({ folder }) {
      store.folder = folder;
      return Promise.resolve();
    },
    sent() {
      const answers = store.requests.splice(0);
      const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
      return Promise.resolve({ bytes, requests: answers.length });
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** A program that serves one folder, started again for each. */
async function served(command: (site: string, port: number) => string[]): Promise<Hub> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Deno.ChildProcess | undefined;
  const stop = async () => {
    child?.kill("SIGTERM");
    await child?.status;
    child = undefined;
  };
  return await Promise.resolve({
    url,
    async show({ folder }) {
      await stop();
      const [program, ...args] = command(folder, port);
      const options = { args, stdout: "null", stderr: "null", stdin: "null" } as const;
      child = new Deno.Command(program!, options).spawn();
      await untilItAnswers(url);
    },
    sent: () => Promise.resolve({ bytes: 0, requests: 0 }),
    [Symbol.asyncDispose]: stop,
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilItAnswers(url: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
