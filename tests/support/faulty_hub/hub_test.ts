/**
 * The hub against the rules of the deployed hub, asked with a raw `fetch`.
 *
 * Longer than 250 lines because each of the hub's rules is a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { FaultyHub, type FaultyHubOptions } from "./hub.ts";
import { buildZip } from "../zip_builder.ts";
import { tempDir } from "../temp.ts";

const content = new Uint8Array(20_000).map((_, index) => index * 7 % 251);
const package_ = buildZip([{ path: "sh600000.csv", content, method: 0 }]);
const size = package_.length;
const version = "2026-11-22T06:02:38.165365";

function start(options: FaultyHubOptions = {}): FaultyHub {
  return new FaultyHub({ datasets: { pro: { version, package: package_ } }, ...options });
}

function get(hub: FaultyHub, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(hub.url + path, init);
}

function range(value: string, more: Record<string, string> = {}): RequestInit {
  return { headers: { range: value, ...more } };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

async function status(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}

Deno.test("FaultyHub sends the deployed catalog", async () => {
  await using hub = start();
  const answer = await get(hub, "/api/datasets");
  assert.deepEqual(await answer.json(), {
    datasets: [{
      name: "pro",
      last_updated: version,
      file_count: 0,
      total_size: 0,
      package_ready: true,
      package_size: size,
      freshness: {},
      status: "ready",
    }],
  });
  assert.equal(answer.headers.get("server"), "BaseHTTP/0.6 Python/3.11.2");
});

Deno.test("FaultyHub answers only the deployed paths and methods", async () => {
  await using hub = start();
  assert.deepEqual(await (await get(hub, "/health")).json(), { status: "ok" });
  assert.equal(await status(get(hub, "/package/pro.zip", { method: "HEAD" })), 501);
  assert.equal(await status(get(hub, "/package/pro.zip?x=1")), 404);
  assert.equal(await status(get(hub, "/package/pro.zip/")), 404);
  assert.equal(await status(get(hub, "/package/other.zip")), 404);
});

Deno.test("FaultyHub hands out a package without validators, with its stamp", async () => {
  await using hub = start();
  const answer = await get(hub, "/package/pro.zip");
  assert.deepEqual(await bytesOf(answer), package_);
  const disposition = 'attachment; filename="pro_20261122_060338.zip"';
  assert.equal(answer.headers.get("content-disposition"), disposition);
  assert.equal(answer.headers.get("accept-ranges"), "bytes");
  assert.equal(answer.headers.get("etag"), null);
  assert.equal(answer.headers.get("last-modified"), null);
  assert.equal(hub.bytesSent("/package/"), size);
});

Deno.test("FaultyHub reads ranges as the deployed hub does", async () => {
  await using hub = start();
  const ask = (value: string, more = {}) => get(hub, "/package/pro.zip", range(value, more));
  const part = await ask("bytes=10-19", { "if-range": '"other"' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 10-19/${size}`);
  assert.deepEqual(await bytesOf(part), package_.slice(10, 20));
  assert.deepEqual(await bytesOf(await ask("bytes=0-4,10-19")), package_.slice(0, 5));
  assert.deepEqual(await bytesOf(await ask(`bytes=${size - 3}-`)), package_.slice(-3));
  assert.equal(await status(ask("bytes=-5")), 400);
  assert.equal(await status(ask(`bytes=0-${size}`)), 416);
  assert.equal(await status(ask(`bytes=${size}-`)), 416);
});

Deno.test("FaultyHub speaks HTTP/1.0 and lets a second connection wait", async () => {
  await using hub = start();
  const address = { hostname: "127.0.0.1", port: Number(new URL(hub.url).port) };
  using first = await Deno.connect(address);
  using second = await Deno.connect(address);
  await second.write(new TextEncoder().encode("GET /health HTTP/1.1\r\n\r\n"));
  const early = second.read(new Uint8Array(1024));
  await first.write(new TextEncoder().encode("GET /api/datasets HTTP/1.1\r\n\r\n"));
  const text = await new Response(first.readable).text();
  assert.match(text, /^HTTP\/1\.0 200 OK\r\n/);
  assert(await early);
  assert.deepEqual(hub.requests.map(({ path }) => path), ["/api/datasets", "/health"]);
});

Deno.test("FaultyHub of the modern kind knows validators, suffixes and several ranges", async () => {
  await using hub = start({ kind: "modern" });
  const ask = (value: string, more = {}) => get(hub, "/package/pro.zip", range(value, more));
  const suffix = await ask("bytes=-5");
  const etag = suffix.headers.get("etag") ?? "";
  assert.deepEqual(await bytesOf(suffix), package_.slice(-5));
  assert.match(etag, /^"/);
  assert.equal(await status(ask("bytes=0-1", { "if-range": etag })), 206);
  assert.equal(await status(ask("bytes=0-1", { "if-range": '"old"' })), 200);
  const clamped = await ask(`bytes=5-${size + 9}`);
  assert.equal(clamped.headers.get("content-range"), `bytes 5-${size - 1}/${size}`);
  await clamped.body?.cancel();
  const several = await ask("bytes=0-3,10-12");
  assert.match(several.headers.get("content-type") ?? "", /^multipart\/byteranges; boundary=/);
  assert.match(await several.text(), new RegExp(`Content-Range: bytes 10-12/${size}`));
  assert.equal(await status(ask(`bytes=${"0-1,".repeat(2500)}3-4`)), 400);
});

Deno.test("FaultyHub without ranges always sends the whole", async () => {
  await using hub = start({ kind: "no_ranges" });
  const answer = await get(hub, "/package/pro.zip", range("bytes=1-2"));
  assert.equal(answer.status, 200);
  assert.deepEqual(await bytesOf(answer), package_);
});

Deno.test("FaultyHub reads a package from its file", async () => {
  await using temp = await tempDir();
  const path = temp.at("pro.zip");
  await Deno.writeFile(path, package_);
  await using hub = start({ datasets: { pro: { version: null, package: { path } } } });
  const answer = await get(hub, "/package/pro.zip", range("bytes=100-"));
  assert.deepEqual(await bytesOf(answer), package_.slice(100));
});

Deno.test("reset closes the connection after `after` bytes", async () => {
  await using hub = start();
  hub.faults.add({ name: "reset", after: 1000 });
  await assert.rejects(get(hub, "/package/pro.zip").then(bytesOf));
  assert.equal(hub.bytesSent("/package/"), 1000);
  assert.deepEqual(await bytesOf(await get(hub, "/package/pro.zip")), package_);
});

Deno.test("stall sends no further byte until the client leaves", async () => {
  await using hub = start();
  hub.faults.add({ name: "stall", after: 1000 });
  const answer = await get(hub, "/package/pro.zip");
  const reader = answer.body!.getReader();
  for (let read = 0; read < 1000;) read += (await reader.read()).value?.length ?? 0;
  await reader.cancel();
  assert.deepEqual(await bytesOf(await get(hub, "/package/pro.zip")), package_);
});

Deno.test("counted faults are met one a request, in order", async () => {
  await using hub = start();
  hub.faults.add({ name: "not_found", times: 2 }, { name: "status_503", retryAfter: 7 });
  const path = "/package/pro.zip";
  assert.equal(await status(get(hub, path)), 404);
  assert.equal(await status(get(hub, path)), 404);
  const busy = await get(hub, path);
  assert.equal(busy.headers.get("retry-after"), "7");
  await busy.body?.cancel();
  assert.equal(await status(get(hub, path)), 200);
});

Deno.test("range faults answer a range with something else", async () => {
  await using hub = start();
  const ask = () => get(hub, "/package/pro.zip", range("bytes=10-19"));
  hub.faults.add({ name: "full_for_range" });
  assert.deepEqual(await bytesOf(await ask()), package_);
  hub.faults.add({ name: "other_range" });
  const other = await ask();
  assert.equal(other.headers.get("content-range"), `bytes 11-20/${size}`);
  assert.deepEqual(await bytesOf(other), package_.slice(11, 21));
  hub.faults.add({ name: "wrong_content_range" });
  const wrong = await ask();
  assert.equal(wrong.headers.get("content-range"), `bytes 11-20/${size}`);
  assert.deepEqual(await bytesOf(wrong), package_.slice(10, 20));
  hub.faults.add({ name: "status_416" });
  assert.equal(await status(ask()), 416);
});

Deno.test("gzip sends the range compressed", async () => {
  await using hub = start();
  hub.faults.add({ name: "gzip" });
  const address = { hostname: "127.0.0.1", port: Number(new URL(hub.url).port) };
  using connection = await Deno.connect(address);
  const request = "GET /package/pro.zip HTTP/1.1\r\nRange: bytes=0-99\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  const answer = await bytesOf(new Response(connection.readable));
  const head = new TextDecoder("latin1").decode(answer);
  assert.match(head, /Content-Encoding: gzip/);
  const body = answer.subarray(head.indexOf("\r\n\r\n") + 4);
  assert.deepEqual(new Uint8Array(gunzipSync(body)), package_.slice(0, 100));
});

Deno.test("package faults change what is handed out", async () => {
  await using hub = start();
  const path = "/package/pro.zip";
  hub.faults.add({ name: "cut_package", offset: 500, times: 1 });
  assert.deepEqual(await bytesOf(await get(hub, path)), package_.slice(0, 500));
  hub.faults.add({ name: "bit_flip", offset: 40, mask: 0x80 });
  const flipped = await bytesOf(await get(hub, path));
  assert.equal(flipped[40], package_[40]! ^ 0x80);
  hub.faults.add({ name: "wrong_package", other: "pro_b", times: 1 });
  const wrong = await get(hub, path);
  assert.match(wrong.headers.get("content-disposition") ?? "", /"pro_b_20261122_060338\.zip"/);
  await wrong.body?.cancel();
  hub.faults.add({ name: "stale_package", times: 1 });
  const stale = await get(hub, path);
  assert.match(stale.headers.get("content-disposition") ?? "", /"pro_20261122_050238\.zip"/);
  await stale.body?.cancel();
});

Deno.test("bit_flip_directory changes the first entry's CRC", async () => {
  await using hub = start();
  hub.faults.add({ name: "bit_flip_directory" });
  const bytes = await bytesOf(await get(hub, "/package/pro.zip"));
  const different = [...bytes.keys()].filter((at) => bytes[at] !== package_[at]);
  const directory = new DataView(package_.buffer).getUint32(size - 6, true);
  assert.deepEqual(different, [directory + 16]);
});

Deno.test("replace_package swaps while the answer is being sent", async () => {
  await using hub = start();
  const next = buildZip([{ path: "sz000001.csv", content: content.toReversed(), method: 0 }]);
  const path = "/package/pro.zip";
  hub.faults.add({ name: "replace_package", after: 300, package: next, then: "new" });
  const mixed = await bytesOf(await get(hub, path));
  assert.deepEqual(mixed.slice(0, 300), package_.slice(0, 300));
  assert.deepEqual(mixed.slice(300), next.slice(300));
  const after = await get(hub, path);
  assert.match(after.headers.get("content-disposition") ?? "", /_061338\.zip"/);
  assert.deepEqual(await bytesOf(after), next);
});

Deno.test("expiring_redirect leads to a link that stops working", async () => {
  await using hub = start();
  hub.faults.add({ name: "expiring_redirect", uses: 1 });
  const first = await get(hub, "/package/pro.zip", { redirect: "manual" });
  await first.body?.cancel();
  const link = first.headers.get("location")!;
  assert.deepEqual(await bytesOf(await get(hub, link)), package_);
  assert.equal(await status(get(hub, link)), 403);
});

Deno.test("require_auth wants the token", async () => {
  await using hub = start();
  hub.faults.add({ name: "require_auth", token: "t0", path: "/" });
  assert.equal(await status(get(hub, "/api/datasets")), 401);
  const headers = { authorization: "Bearer t0" };
  assert.equal(await status(get(hub, "/api/datasets", { headers })), 200);
});

Deno.test("content_length faults promise more or fewer bytes than are sent", async () => {
  await using hub = start({ kind: "modern" });
  hub.faults.add({ name: "content_length_long" }, { name: "content_length_short" });
  await assert.rejects(get(hub, "/package/pro.zip").then(bytesOf));
  const short = await bytesOf(await get(hub, "/package/pro.zip"));
  assert.equal(short.length, size - 1000);
});

Deno.test("FaultyHub closes while an answer stalls", async () => {
  const hub = start();
  hub.faults.add({ name: "stall", after: 10 });
  const answer = await get(hub, "/package/pro.zip");
  await hub.close();
  await assert.rejects(bytesOf(answer));
});
