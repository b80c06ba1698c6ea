/**
 * rclone as a bucket on loopback: written to as WebDAV, read by plain GET.
 *
 * Guarantees: it needs no configuration of the user's, and its process ends with it.
 *
 * @module
 */
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";

/** A bucket. */
export interface Bucket extends AsyncDisposable {
  /** What rclone calls it. */
  readonly remote: string;
  /** Where everybody reads it. */
  readonly url: string;
  /** Where its files really lie. */
  readonly folder: string;
}

/** Whether rclone is installed. */
export function hasRclone(): boolean {
  return installed("rclone");
}

/** Starts an empty bucket. */
export async function startBucket(): Promise<Bucket> {
  const temp = await tempDir();
  const server = await serve(temp.path);
  return {
    remote: `:webdav,url="${server.url}":hub`,
    url: `${server.url}/hub`,
    folder: temp.at("hub"),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** What rclone needs of the environment; without a configuration, and without proxies. */
export function rcloneEnvironment(): Record<string, string> {
  const { PATH = "/usr/bin:/bin" } = Deno.env.toObject();
  return { PATH, HOME: "/nonexistent", RCLONE_CONFIG: "", LANG: "C.UTF-8" };
}

async function serve(folder: string) {
  const child = new Deno.Command("rclone", {
    args: ["serve", "webdav", folder, "--addr", "127.0.0.1:0", "--dir-cache-time", "0s"],
    env: rcloneEnvironment(),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let words = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      words += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(words)?.[0];
      if (url !== undefined) resolve(url);
    }
    reject(new Error(`rclone ended: ${words}`));
  })();
  const url = await promise;
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}
