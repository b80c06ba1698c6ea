/**
 * `serve`: what it shows, what it doesn't, and what becomes of slow clients.
 *
 * Longer than 250 lines because each promise of `serve` is a test.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { readRange } from "../../src/serve/range_header.ts";
import { serveSite } from "../../src/serve/serve_site.ts";
import { siteFileOf } from "../../src/serve/site_file.ts";
import { packTree } from "../support/pack.ts";
import { serve } from "../support/served.ts";
import { tempDir } from "../support/temp.ts";
import { writeTree } from "../support/tree.ts";
import { until } from "../support/until.ts";

async function ask(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const body = new Uint8Array(await response.arrayBuffer());
  const header = (name: string) => response.headers.get(name);
  return { status: response.status, header, body };
}

const range = (range: string, more: Record<string, string> = {}) => ({
  headers: { range, ...more },
});

Deno.test("serveSite() answers ranges, conditions and HEAD as RFC 9110 says", async () => {
  await using hub = await serve();
  const url = `${hub.url}/package/daily.zip`;
  const { bytes } = hub;
  const whole = await ask(url);
  assert.equal(whole.status, 200);
  assert.deepEqual(whole.body, bytes);
  assert.equal(whole.header("accept-ranges"), "bytes");
  assert.equal(whole.header("content-type"), "application/zip");
  assert.equal(whole.header("content-encoding"), null);
  const [etag, modified] = [whole.header("etag")!, whole.header("last-modified")!];
  assert.match(etag, /^"/);

  const part = await ask(url, range("bytes=100-199"));
  assert.deepEqual([part.status, part.body], [206, bytes.subarray(100, 200)]);
  assert.equal(part.header("content-range"), `bytes 100-199/${bytes.length}`);
  assert.deepEqual((await ask(url, range("bytes=-22"))).body, bytes.subarray(-22));
  assert.deepEqual((await ask(url, range("bytes=10-"))).body, bytes.subarray(10));
  const beyond = await ask(url, range(`bytes=${bytes.length}-`));
  assert.deepEqual([beyond.status, beyond.header("content-range")], [
    416,
    `bytes */${bytes.length}`,
  ]);
  for (const odd of ["bytes=", "bytes=5-2", "lines=1-2", "bytes=a-b"]) {
    assert.equal((await ask(url, range(odd))).status, 200, odd);
  }

  assert.equal((await ask(url, { headers: { "if-none-match": etag } })).status, 304);
  assert.equal((await ask(url, { headers: { "if-none-match": `W/${etag}, "x"` } })).status, 304);
  assert.equal((await ask(url, { headers: { "if-none-match": '"x"' } })).status, 200);
  assert.equal((await ask(url, { headers: { "if-modified-since": modified } })).status, 304);
  assert.equal((await ask(url, range("bytes=0-9", { "if-range": etag }))).status, 206);
  assert.equal((await ask(url, range("bytes=0-9", { "if-range": modified }))).status, 206);
  assert.equal((await ask(url, range("bytes=0-9", { "if-range": '"x"' }))).status, 200);
  assert.equal((await ask(url, range("bytes=0-9", { "if-range": `W/${etag}` }))).status, 200);

  const [early, late] = ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"];
  const conditions: [Record<string, string>, number][] = [
    [{ "if-match": '"x"' }, 412],
    [{ "if-match": `"x", ${etag}` }, 200],
    [{ "if-match": "*" }, 200],
    [{ "if-match": `W/${etag}` }, 412], // only a strong one is the same file
    [{ "if-match": etag, "if-unmodified-since": early }, 200],
    [{ "if-match": etag, "if-none-match": etag }, 304],
    [{ "if-unmodified-since": early }, 412],
    [{ "if-unmodified-since": modified }, 200],
    [{ "if-unmodified-since": "yesterday" }, 200],
    [{ "if-modified-since": late }, 304],
    [{ "if-modified-since": late, "if-none-match": '"x"' }, 200],
  ];
  for (const [headers, status] of conditions) {
    assert.equal((await ask(url, { headers })).status, status, JSON.stringify(headers));
  }

  const head = await ask(url, { method: "HEAD" });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.header("content-length"), String(bytes.length));
  const post = await ask(url, { method: "POST", body: "x" });
  assert.deepEqual([post.status, post.header("allow")], [405, "GET, HEAD"]);
  assert.equal((await ask(`${hub.url}/health`)).status, 200);
});

Deno.test("serveSite() answers 256 ranges at once, and more with the whole file", async () => {
  await using hub = await serve();
  const url = `${hub.url}/package/daily.zip`;
  const ranges = (count: number) =>
    range(`bytes=${Array.from({ length: count }, (_, i) => `${i * 100}-${i * 100 + 9}`)}`);
  const many = await ask(url, ranges(256));
  assert.equal(many.status, 206);
  const boundary = /boundary=(.+)$/.exec(many.header("content-type")!)![1]!;
  const parts = new TextDecoder("latin1").decode(many.body).split(`\r\n--${boundary}`).slice(1, -1);
  assert.equal(parts.length, 256);
  const [head, ...rest] = parts[3]!.split("\r\n\r\n");
  assert(head!.includes(`Content-Range: bytes 300-309/${hub.bytes.length}`));
  assert.equal(
    rest.join("\r\n\r\n"),
    new TextDecoder("latin1").decode(hub.bytes.subarray(300, 310)),
  );
  assert.equal(many.header("content-length"), String(many.body.length));
  assert.equal((await ask(url, ranges(257))).status, 200);
});

Deno.test("serveSite() shows what the site's tree names, and nothing else", async () => {
  await using hub = await serve();
  const { site, temp } = hub;
  await Deno.writeTextFile(join(temp.path, "secret"), "secret");
  await Deno.writeTextFile(join(site, "secret.txt"), "secret");
  await Deno.writeTextFile(join(site, "package", ".hidden.zip"), "secret");
  await Deno.symlink(join(temp.path, "secret"), join(site, "package", "link.zip"));
  await Deno.symlink(temp.path, join(site, "package", "out"));
  await Deno.mkdir(join(site, "package", "folder.zip"));
  for (
    const path of [
      "/",
      "/secret.txt",
      "/package",
      "/package/",
      "/package/.hidden.zip",
      "/package/link.zip",
      "/package/folder.zip",
      "/package/out/0123456789abcdef.zip",
      "/.datahubsync/lock",
      "/package/..%2f.datahubsync%2flock",
      "/package/%2e%2e/secret.txt",
      "/package/..%5csecret.zip",
      "/api/datasets/",
      "/api/datasets%00",
      "/patch/daily/0123456789abcdef-0123456789abcdef.patch",
      "/digests/daily/0123456789abcdef.sha256",
      "/digests/../.datahubsync/lock",
      "/%ff",
      "//etc/passwd",
    ]
  ) {
    const { status, body } = await ask(`${hub.url}${path}`);
    assert.equal(status, 404, path);
    assert(!new TextDecoder().decode(body).includes("secret"), path);
  }
  const catalog = await ask(`${hub.url}/api/datasets`);
  const [{ package_url: url }] = JSON.parse(new TextDecoder().decode(catalog.body)).datasets;
  assert.equal(catalog.header("cache-control"), "no-cache");
  assert.match((await ask(`${hub.url}/${url}`)).header("cache-control")!, /immutable/);
});

Deno.test("serveSite() sends the headers of the table in the hub's page", async () => {
  await using hub = await serve();
  // Another day, so that there is a patch, and a signed catalog beside the plain one.
  await Deno.writeTextFile(join(hub.temp.at("data"), "0.bin"), "news");
  await packTree({ folder: hub.temp.at("data"), output: hub.site, name: "daily" });
  const api = join(hub.site, "api");
  await Deno.copyFile(join(api, "datasets"), join(api, "datasets.signed"));
  const [dataset] = JSON.parse(await Deno.readTextFile(join(api, "datasets"))).datasets;
  const urls: Record<string, string[]> = {
    "packages": [dataset.package_url],
    "patches": dataset.patches.map(({ url }: { url: string }) => url),
    "lists of digests": [dataset.digests.url],
    "the newest, for v2 clients": ["package/daily.zip"],
    "the catalogs": ["api/datasets", "api/datasets.signed"],
  };
  const page = await Deno.readTextFile(new URL("../../docs/hub.md", import.meta.url));
  const rows = [
    ...page.matchAll(
      /^\| ([^|`]+?) +\| `(?:package|patch|digests|api)\/[^|]*\| `(\w+\/[^`]+)` +\| `([^`]+)`/gm,
    ),
  ];
  assert.deepEqual(rows.map(([, what]) => what).sort(), Object.keys(urls).sort());
  for (const [, what, type, cache] of rows) {
    assert(urls[what!]!.length > 0, what);
    for (const url of urls[what!]!) {
      const { status, header } = await ask(`${hub.url}/${url}`);
      const sent = [status, header("content-type"), header("cache-control")];
      assert.deepEqual(sent, [200, type, cache], url);
    }
  }
});

Deno.test("siteFileOf() never names a file outside of the tree's four folders", () => {
  const part = fc.oneof(
    fc.constantFrom("api", "datasets", "package", "patch", "..", ".", "", "a.zip", "%2e%2e", "%2f"),
    fc.constantFrom("datasets.signed", "digests", "0123456789abcdef.sha256"),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const file = siteFileOf(`/${parts.join("/")}`);
      if (file === undefined) return;
      const path = join("/site", file.path);
      assert.match(path, /^\/site\/(api\/datasets(\.signed)?$|package\/|patch\/|digests\/)/);
      assert(!path.split("/").some((name) => name.startsWith(".")));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("readRange() gives ranges within the file, or what the RFC has instead", () => {
  const bound = fc.oneof(fc.nat(300).map(String), fc.constant(""));
  const header = fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(header, fc.nat(200), (ranges, size) => {
    const wanted = readRange(`bytes=${ranges.map((pair) => pair.join("-"))}`, size);
    if (!Array.isArray(wanted)) return;
    for (const { start, end } of wanted) assert(start >= 0 && start < end && end <= size);
  }));
});

Deno.test("serveSite() asks for a token where it has one, and never for the health", async () => {
  await using hub = await serve({ token: "s3cret" });
  const url = `${hub.url}/api/datasets`;
  const refused = await ask(url);
  assert.deepEqual([refused.status, refused.header("www-authenticate")], [401, "Bearer"]);
  for (const authorization of ["Bearer s3cre", "Bearer s3cret2", "s3cret", "Basic s3cret"]) {
    assert.equal((await ask(url, { headers: { authorization } })).status, 401, authorization);
  }
  assert.equal((await ask(url, { headers: { authorization: "Bearer s3cret" } })).status, 200);
  assert.equal((await ask(`${hub.url}/health`)).status, 200);
});

Deno.test("serveSite() sends clients away when there are too many, and drops slow ones", async () => {
  await using hub = await serve({ maxClients: 1, patienceMs: 300, leastSpeed: 1 }, 60_000_000);
  const url = `${hub.url}/package/daily.zip`;
  const { hostname, port } = new URL(url);
  const asking = async () => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const request = "GET /package/daily.zip HTTP/1.1\r\nhost: h\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    return connection;
  };
  using slow = await asking();
  await slow.read(new Uint8Array(20)); // it is being served, and reads no more
  using refused = await asking();
  const answer = await new Response(refused.readable).text(); // its connection ends
  assert.match(answer, /^HTTP\/1.1 503 .*\r\nretry-after: 5\r\n/s);
  // The kernel's buffers take some; then nothing moves, and the place is free again.
  const part = () => ask(url, range("bytes=0-9")).then(({ status }) => status, () => 0);
  await until(async () => await part() === 206);
  // Its connection has ended although it reads nothing: the kernel refuses what it sends.
  const line = new TextEncoder().encode("x");
  await until(() => slow.write(line).then(() => false, () => true));
  await until(async () => await part() === 206);
});

Deno.test("serveSite() lets a transfer finish when it is stopped, and ends one that doesn't", async () => {
  const temp = await tempDir();
  await writeTree(temp.at("data"), [["a.bin", crypto.getRandomValues(new Uint8Array(60_000))]]);
  await packTree({ folder: temp.at("data"), output: temp.at("site"), name: "daily" });
  const site = await Deno.realPath(temp.at("site"));
  const served = serveSite({ site, hostname: "127.0.0.1", port: 0 });
  const response = await fetch(`${served.url}/package/daily.zip`);
  const stopping = served.stop(5000);
  assert.equal((await response.arrayBuffer()).byteLength > 60_000, true);
  await stopping;
  await assert.rejects(fetch(`${served.url}/health`));
  await temp[Symbol.asyncDispose]();
});

Deno.test("serveSite() says what listens there already", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.throws(
    () => serveSite({ site: "/", hostname: "127.0.0.1", port }),
    /something else listens there already/,
  );
});

Deno.test("serveSite() notes each answer with its bytes", async () => {
  await using hub = await serve();
  await ask(`${hub.url}/package/daily.zip`, range("bytes=0-99"));
  await ask(`${hub.url}/nothing`);
  const told = hub.requests.map(({ method, path, status, bytes }) => [method, path, status, bytes]);
  assert.deepEqual(told, [["GET", "/package/daily.zip", 206, 100], ["GET", "/nothing", 404, 0]]);
});
