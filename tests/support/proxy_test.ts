/**
 * The proxy passes bytes on as they are, and harms them only as told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "./faulty_hub/hub.ts";
import { FaultyProxy } from "./proxy.ts";
import { noise, seededRandom } from "./random.ts";
import { until } from "./until.ts";

const bytes = noise(seededRandom(7), 3_000_000);

function start(): FaultyHub {
  return new FaultyHub({ kind: "modern", datasets: { a: { version: null, package: bytes } } });
}

async function download(url: string): Promise<Uint8Array> {
  const answer = await fetch(`${url}/package/a.zip`, { headers: { connection: "close" } });
  return new Uint8Array(await answer.arrayBuffer());
}

Deno.test("FaultyProxy passes a package on unchanged, delayed and limited", async () => {
  await using hub = start();
  await using proxy = new FaultyProxy(hub.url, { delayMs: 20, bytesPerSecond: 20_000_000 });
  const began = performance.now();
  assert.deepEqual(await download(proxy.url), bytes);
  // 20 ms there, 20 ms back and 150 ms for 3 MB: it can't be faster, however fast the machine.
  assert(performance.now() - began >= 170);
  assert(proxy.bytesDown > bytes.length);
});

Deno.test("FaultyProxy drops connections at a random place", async () => {
  await using hub = start();
  await using proxy = new FaultyProxy(hub.url, { dropShare: 1 });
  await assert.rejects(download(proxy.url));
  assert(proxy.harmed >= 1);
});

Deno.test("FaultyProxy lets a connection fall silent", async () => {
  await using hub = start();
  await using proxy = new FaultyProxy(hub.url, { stallShare: 1, within: 100_000 });
  const client = Deno.createHttpClient({});
  const aborted = new AbortController();
  const pending = fetch(`${proxy.url}/package/a.zip`, { signal: aborted.signal, client })
    .then((answer) => answer.arrayBuffer());
  await until(() => proxy.harmed > 0);
  aborted.abort();
  await assert.rejects(pending);
  client.close();
});

Deno.test("FaultyProxy goes dark and comes back", async () => {
  await using hub = start();
  await using proxy = new FaultyProxy(hub.url);
  proxy.goDark();
  let done = false;
  const pending = download(proxy.url).finally(() => done = true);
  await until(() => proxy.connections > 0);
  assert.equal(done, false);
  assert.equal(hub.requests.length, 0);
  proxy.comeBack();
  assert.deepEqual(await pending, bytes);
});
