/**
 * A client as the tests of `src/hub/` use it, and a sink that remembers.
 *
 * @module
 */
import { HubClient, type HubClientOptions } from "../../src/hub/hub_client.ts";
import type { PackageHead } from "../../src/hub/answer/package_head.ts";
import type { PackageSink } from "../../src/hub/answer/package_request.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";

/** A client that waits for nothing, with its connections. */
export function testClient(
  baseUrl: string,
  options: Partial<HubClientOptions> = {},
): HubClient & Disposable {
  const owned = createFetch({ direct: true, idleConnections: 0 });
  const client = new HubClient({
    baseUrl,
    fetch: owned.fetch,
    clock: Date.now,
    random: () => 0.5,
    sleep: () => Promise.resolve(),
    timeoutMs: 20_000,
    timezone: "Asia/Shanghai",
    retries: 2,
    userAgent: "DataHubSync/test",
    ...options,
  });
  const dispose = client[Symbol.dispose].bind(client);
  client[Symbol.dispose] = () => {
    dispose();
    owned[Symbol.dispose]();
  };
  return client;
}

/** Remembers everything; `pieces` are [offset, text] with neighbours joined. */
export class RecordingSink implements PackageSink {
  readonly heads: PackageHead[] = [];
  readonly pieces: { offset: number; bytes: Uint8Array }[] = [];

  head(head: PackageHead): void {
    this.heads.push(head);
  }

  bytes(offset: number, chunk: Uint8Array): void {
    const last = this.pieces.at(-1);
    if (last !== undefined && last.offset + last.bytes.length === offset) {
      const joined = new Uint8Array(last.bytes.length + chunk.length);
      joined.set(last.bytes);
      joined.set(chunk, last.bytes.length);
      last.bytes = joined;
    } else this.pieces.push({ offset, bytes: chunk.slice() });
  }

  /** `100:abc 200:def` */
  get text(): string {
    const decoder = new TextDecoder();
    return this.pieces.map(({ offset, bytes }) => `${offset}:${decoder.decode(bytes)}`).join(" ");
  }
}

/** Awaits the failure of a promise. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure, but it succeeded");
}
