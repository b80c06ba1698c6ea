/**
 * The hubs that packages are fetched from, and the ways to them.
 *
 * Guarantees: bytes and requests are counted by the server, not by the client. nginx counts what
 * it sent with the headers, the deployed-like hub bodies only. The slow way delays and limits
 * bytes, but a connection opens at once: no proxy can delay the kernel's handshake.
 *
 * @module
 */
import { join } from "node:path";
import { FaultyHub } from "../tests/support/faulty_hub/hub.ts";
import { startNginx } from "../tests/support/nginx.ts";
import { FaultyProxy } from "../tests/support/proxy.ts";
import { tempDir } from "../tests/support/temp.ts";
import type { Package } from "./datasets.ts";

/** What a hub sent. */
export interface Sent {
  bytes: number;
  requests: number;
}

/** A hub that shows one package at a time. */
export interface Hub extends AsyncDisposable {
  readonly url: string;
  /** Shows this package from now on, under the same URL. */
  show(shown: Package): Promise<void>;
  /** What it sent since it was last asked. */
  sent(): Promise<Sent>;
}

/** 40 ms there and back, 50 Mbit/s. */
export const SLOW = { delayMs: 20, bytesPerSecond: 50e6 / 8 } as const;
/** How the slow way is called. */
export const SLOW_LABEL = "40 ms, 50 Mbit/s";

/** Real nginx on loopback. Throws when it isn't installed. */
export async function nginxHub(options: { maxRanges?: number } = {}): Promise<Hub> {
  const temp = await tempDir({ prefix: "datahubsync_bench_" });
  const root = temp.at("root");
  const accessLog = temp.at("access.log");
  // nginx resolves its root at every request, so a link is enough to go on to the next day.
  await Deno.symlink(temp.path, root);
  const nginx = await startNginx(root, { accessLog, ...options });
  if (nginx === undefined) {
    await temp[Symbol.asyncDispose]();
    throw new Error("nginx isn't installed; hint: apt-get install nginx");
  }
  let read = 0;
  let marks = 0;
  return {
    url: nginx.url,
    async show({ folder }) {
      await Deno.symlink(folder, join(temp.path, "next"));
      await Deno.rename(join(temp.path, "next"), root);
    },
    async sent() {
      // One worker writes the log in order: what stands before the mark was finished before it.
      const mark = `/mark-${++marks}`;
      await (await fetch(nginx.url + mark)).body?.cancel();
      for (;;) {
        const text = await Deno.readTextFile(accessLog);
        const fresh = text.slice(read);
        const at = fresh.indexOf(`${mark}\n`);
        if (at >= 0) {
          read += at + mark.length + 1;
          return sentIn(fresh.slice(0, at));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** Adds up the lines `status bytes path` of an access log; marks don't count. */
export function sentIn(log: string): Sent {
  const sent = { bytes: 0, requests: 0 };
  for (const line of log.split("\n")) {
    const [, bytes, path] = line.split(" ");
    // The last line is the beginning of the mark's own.
    if (!path || path.startsWith("/mark-")) continue;
    sent.bytes += Number(bytes);
    sent.requests++;
  }
  return sent;
}

/** A hub that answers as the deployed one does: HTTP/1.0, one request at a time. */
export function deployedHub(): Hub {
  const hub = new FaultyHub({ kind: "deployed" });
  return {
    url: hub.url,
    show({ name, path, version, fileCount, totalSize }) {
      hub.setDataset(name, { version, fileCount, totalSize, package: { path } });
      return Promise.resolve();
    },
    sent() {
      const sent = { bytes: hub.bytesSent(), requests: hub.requests.length };
      hub.reset();
      return Promise.resolve(sent);
    },
    [Symbol.asyncDispose]: () => hub.close(),
  };
}

/** The same hub at the end of the slow way. It has to be closed before the hub itself. */
export function farFrom(hub: Hub, way: { delayMs: number; bytesPerSecond: number } = SLOW): Hub {
  const proxy = new FaultyProxy(hub.url, way);
  return {
    url: proxy.url,
    show: (shown) => hub.show(shown),
    sent: () => hub.sent(),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
