/**
 * A program that streams its packages (PHP, gunicorn, Node): no length, no ranges, no validators.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { noise, seededRandom } from "../support/random.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { zipOf } from "./watched.ts";

/** Files of some KB that don't deflate. */
function treeOf(seed: number, files: number): Tree {
  const random = seededRandom(seed);
  return new Map(Array.from({ length: files }, (_, number) => [`f${number}`, noise(random, 9000)]));
}

/** A program that streams; `cutAt` breaks its answers off behind that many bytes. */
class Streaming implements AsyncDisposable {
  readonly url: string;
  bytes: Uint8Array = new Uint8Array();
  cutAt = Infinity;
  /** Answers that were read to their end. */
  wholes = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, () => new Response(this.#body()));
    this.url = `http://127.0.0.1:${this.#server.addr.port}/package.zip`;
  }

  #body(): ReadableStream<Uint8Array> {
    let at = 0;
    return new ReadableStream({
      pull: (stream) => {
        if (at >= this.cutAt) return stream.error(new Error("cut"));
        if (at >= this.bytes.length) {
          this.wholes++;
          return stream.close();
        }
        stream.enqueue(this.bytes.slice(at, at += 4096));
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("a package without a length is fetched once", async () => {
  await using server = new Streaming();
  await using rig = await EngineRig.make();
  for (const day of [1, 2]) {
    const tree = treeOf(day, 200);
    server.bytes = zipOf(tree, { level: 1 });
    server.wholes = 0;
    const result = await syncUrl(rig, server.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), tree);
    assert.equal(server.wholes, 1);
    assert.equal(result.bytesDownloaded, server.bytes.length);
  }
});

Deno.test("a shorter package without a length isn't mixed with a longer one that broke off", async () => {
  await using server = new Streaming();
  await using rig = await EngineRig.make();
  server.bytes = zipOf(treeOf(1, 200), { level: 1 });
  server.cutAt = 1_600_000;
  assert.equal((await syncUrl(rig, server.url)).status, "download_failed");
  const tree = treeOf(2, 100);
  server.bytes = zipOf(tree, { level: 1 });
  server.cutAt = Infinity;
  const result = await syncUrl(rig, server.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree);
});
