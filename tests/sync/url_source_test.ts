/**
 * A dataset with an address of its own: what tells that there is something new, and what hides it.
 *
 * Longer than 250 lines because each thing that a server may say of a file's age is a case.
 */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { type FileServer, startFileServer } from "../support/file_server.ts";
import { judge } from "../support/judge.ts";
import { RawServer, write, writeAllBytes } from "../hub/raw_server.ts";
import { syncUrl } from "../support/url_sync.ts";
import { assertSameTree } from "../support/tree.ts";
import { treeOf, zipOf } from "./watched.ts";

const WEEK = 7 * 24 * 3_600_000;
const LONG_AGO = "Sun, 22 Nov 2026 06:02:38 GMT";
const LATER = "Mon, 23 Nov 2026 06:02:38 GMT";

const day = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    zipOf(treeOf({ "a.csv": `${text}\n`, "d/b.csv": "2\n".repeat(500), "c.txt": "c" })),
  );
const [ONE, TWO] = [day("one"), day("two")];

async function assertHolds(rig: EngineRig, bytes: Uint8Array): Promise<void> {
  assertSameTree(await rig.tree(), judge(bytes));
}

/** What was asked since the last call. */
function asked(server: FileServer): string[] {
  return server.asked.splice(0).map(({ method, status, headers }) =>
    `${method} ${headers.get("range") === null ? "all" : "range"} ${status}`
  );
}

const KINDS: Record<string, Partial<FileServer["state"]>> = {
  "an ETag and 304": { etag: '"v1"', lastModified: LONG_AGO },
  "an ETag that is ignored with a range": { etag: '"v1"', conditional: false },
  "a Last-Modified only": { lastModified: LONG_AGO },
  "one range per request": { etag: '"v1"', ranges: 1 },
  "no ranges": { etag: '"v1"', ranges: 0, conditional: false },
};

for (const [kind, state] of Object.entries(KINDS)) {
  Deno.test(`a url dataset costs one request without news, and follows what changes: ${kind}`, async () => {
    await using server = startFileServer({ bytes: ONE, ...state });
    await using rig = await EngineRig.make();
    const first = await syncUrl(rig, server.url);
    assert.equal(first.status, "success", first.error);
    await assertHolds(rig, ONE);
    asked(server);
    const second = await syncUrl(rig, server.url);
    assert.equal(second.status, "up_to_date", second.error);
    assert.equal(server.asked.length, 1);
    assert.equal(server.asked[0]?.headers.get("if-modified-since"), null);
    const etag = state.etag ?? null;
    assert.equal(server.asked[0]?.headers.get("if-none-match"), etag);
    Object.assign(server.state, { bytes: TWO, lastModified: LATER });
    if (etag !== null) server.state.etag = '"v2"';
    asked(server);
    const third = await syncUrl(rig, server.url);
    assert.equal(third.status, "success", third.error);
    await assertHolds(rig, TWO);
    assert.equal(await rig.recorded(), "2026-11-23T06:02:38Z");
    assert(server.asked.every(({ method }) => method === "GET"));
    for (const { headers } of server.asked) assert.doesNotMatch(headers.get("range") ?? "", /=-/);
  });
}

Deno.test("a wrong 304 hides a change for a week and no longer", async () => {
  await using server = startFileServer({ bytes: ONE, etag: '"v1"', conditional: "always" });
  await using rig = await EngineRig.make();
  const now = Date.now();
  assert.equal((await syncUrl(rig, server.url, { now })).status, "success");
  server.state.bytes = TWO;
  assert.equal((await syncUrl(rig, server.url, { now: now + WEEK - 1 })).status, "up_to_date");
  await assertHolds(rig, ONE);
  assert.equal((await syncUrl(rig, server.url, { now: now + WEEK })).status, "success");
  await assertHolds(rig, TWO);
  // The same for a clock that was set back.
  server.state.bytes = ONE;
  assert.equal((await syncUrl(rig, server.url, { now: now - WEEK })).status, "success");
  await assertHolds(rig, ONE);
});

Deno.test("a 304 that names another ETag is no proof", async () => {
  await using server = startFileServer({ bytes: ONE, etag: '"v1"' });
  await using rig = await EngineRig.make();
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  server.state.bytes = TWO;
  server.state.answer = (request) =>
    request.headers.has("if-none-match")
      ? new Response(null, { status: 304, headers: { etag: '"v2"' } })
      : undefined;
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  await assertHolds(rig, TWO);
});

for (const [kind, etag] of [["a weak", 'W/"v1"'], ["an empty", '""']] as const) {
  Deno.test(`${kind} ETag is never sent, nor believed alone`, async () => {
    await using server = startFileServer({ bytes: ONE, etag, conditional: "always" });
    await using rig = await EngineRig.make();
    assert.equal((await syncUrl(rig, server.url)).status, "success");
    server.state.bytes = day("uno"); // as long as ONE
    assert.equal(server.state.bytes.length, ONE.length);
    server.asked.length = 0;
    assert.equal((await syncUrl(rig, server.url)).status, "success");
    assert(server.asked.every(({ headers }) => !headers.has("if-none-match")));
    await assertHolds(rig, server.state.bytes);
  });
}

Deno.test("a file that was restored, and is older, is fetched", async () => {
  await using server = startFileServer({ bytes: TWO, lastModified: LATER });
  await using rig = await EngineRig.make();
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  Object.assign(server.state, { bytes: ONE, lastModified: LONG_AGO });
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  await assertHolds(rig, ONE);
  assert.match(rig.warnings.join(), /is older than the recorded/);
});

Deno.test("a file that is replaced in the second of its Last-Modified is noticed", async () => {
  const written = new Date().toUTCString();
  const second = Math.floor(Date.parse(written) / 1000).toString(16);
  for (const etag of [undefined, `"${second}-1f4"`]) {
    await using server = startFileServer({ bytes: ONE, lastModified: written, etag });
    await using rig = await EngineRig.make();
    assert.equal((await syncUrl(rig, server.url)).status, "success");
    server.state.bytes = day("uno");
    const second = await syncUrl(rig, server.url);
    assert.equal(second.status, "success");
    await assertHolds(rig, server.state.bytes);
    // Another content never has the version text of an earlier one: a mirror's clients go by that.
    assert.notEqual(second.version, second.versionBefore);
  }
});

Deno.test("a farm whose servers have validators of their own costs the directory, and nothing more", async () => {
  await using server = startFileServer({ bytes: ONE, lastModified: LONG_AGO });
  await using rig = await EngineRig.make();
  let turn = 0;
  server.state.answer = () => void (server.state.etag = `"server-${turn++ % 2}"`);
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  for (let run = 0; run < 3; run++) {
    turn++;
    server.asked.length = 0;
    const result = await syncUrl(rig, server.url);
    assert.equal(result.status, "up_to_date", result.error);
    assert(server.asked.length <= 2, `${server.asked.length} requests`);
    assert.equal(result.version, "2026-11-22T06:02:38Z");
    await assertHolds(rig, ONE);
  }
});

Deno.test("without any validator the directory decides, and the state keeps when it was taken", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using rig = await EngineRig.make();
  const now = Date.parse("2026-11-26T02:00:00Z");
  const first = await syncUrl(rig, server.url, { now });
  assert.equal(first.version, "2026-11-26T02:00:00.000Z");
  const second = await syncUrl(rig, server.url, { now: now + 1000 });
  assert.deepEqual([second.status, second.version], ["up_to_date", first.version]);
  server.state.bytes = TWO;
  const third = await syncUrl(rig, server.url, { now: now + 2000 });
  assert.deepEqual([third.status, third.version], ["success", "2026-11-26T02:00:02.000Z"]);
  await assertHolds(rig, TWO);
});

Deno.test("mirrors are tried in their order, and a file's own name is nobody's business", async () => {
  await using server = startFileServer({ bytes: ONE, etag: '"v1"' });
  server.state.answer = (request) => {
    if (new URL(request.url).pathname !== "/download") return undefined;
    return new Response(null, { status: 302, headers: { location: "/file.zip?signed=1" } });
  };
  await using rig = await EngineRig.make();
  const gone = `${server.origin}/gone.zip`;
  const result = await syncUrl(rig, [gone, `${server.origin}/download`]);
  assert.equal(result.status, "success", result.error);
  assert.equal(result.hub, `${server.origin}/download`);
  // Each request begins at the address that was given: what it leads to expires.
  const starts = server.asked.filter(({ path }) => path === "/download").length;
  assert.equal(starts, server.asked.filter(({ path }) => path === "/file.zip").length);
  server.state.answer = () => undefined;
  const named = startFileServer({ bytes: ONE });
  named.state.answer = () =>
    new Response(ONE, {
      headers: { "content-disposition": "attachment; filename=x_20260101_000000.zip" },
    });
  assert.equal((await syncUrl(rig, named.url)).error, undefined);
  await named[Symbol.asyncDispose]();
});

Deno.test("a token, a login and headers go to the address's own origin, User-Agent to all", async () => {
  await using other = startFileServer({ bytes: ONE });
  await using server = startFileServer({ bytes: ONE });
  server.state.answer = () => new Response(null, { status: 302, headers: { location: other.url } });
  await using rig = await EngineRig.make();
  const headers = { "X-Key": "k", "User-Agent": "example.org research@example.org" };
  const result = await syncUrl(rig, server.url, { headers, token: "t" });
  assert.equal(result.status, "success", result.error);
  assert(server.asked.every(({ headers }) => headers.get("authorization") === "Bearer t"));
  assert(server.asked.every(({ headers }) => headers.get("x-key") === "k"));
  assert(other.asked.length > 0);
  for (const { headers } of other.asked) {
    assert.deepEqual([headers.get("authorization"), headers.get("x-key")], [null, null]);
  }
  for (const { headers } of [...server.asked, ...other.asked]) {
    assert.equal(headers.get("user-agent"), "example.org research@example.org");
  }
  const login = server.url.replace("http://", "http://me:p%40ss@");
  server.asked.length = 0;
  await syncUrl(rig, login);
  assert.equal(server.asked[0]?.headers.get("authorization"), `Basic ${btoa("me:p@ss")}`);
});

const bytesOf = (...bytes: number[]) => new Uint8Array([...bytes, ...new Array(600).fill(7)]);
const tar = bytesOf();
tar.set(new TextEncoder().encode("ustar"), 257);
const text = (words: string) => new TextEncoder().encode(words) as Uint8Array<ArrayBuffer>;

for (
  const [what, bytes, type, found] of [
    ["a page", text("<!doctype html><p>Log in"), "text/html", /is a page, not a ZIP: Log in$/],
    ["a page after a mark", text("\ufeff\n <p>Log in"), "application/zip", /a page, .*: Log in$/],
    ["JSON", text('{"files":[]}'), "application/json", /is JSON, not a ZIP/],
    ["a list", text('[{"a":1}]'), "application/octet-stream", /is JSON, not a ZIP/],
    ["a gzip", bytesOf(0x1f, 0x8b, 8), "application/octet-stream", /is a gzip file/],
    ["a tar", tar, "application/x-tar", /is a tar archive/],
    ["a 7z", bytesOf(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), "", /is a 7z archive/],
    ["an empty file", new Uint8Array(0), "", /is an empty file|bytes/],
  ] as const
) {
  Deno.test(`an address that has ${what} in place of a ZIP says so, and isn't asked again and again`, async () => {
    await using server = startFileServer({ bytes, type });
    await using rig = await EngineRig.make();
    const result = await syncUrl(rig, server.url);
    assert.equal(result.status, "download_failed");
    assert.match(result.error ?? "", found);
    assert(asked(server).length <= 3);
    assert.deepEqual([...await rig.tree()], []);
  });
}

const long = (beginning: string) =>
  new Uint8Array([...text(beginning), ...new Array(400_000).fill(0x31)]);

for (
  const [what, bytes, said, help] of [
    ["a table", long("date,open\n1,2\n"), /isn't a ZIP file, or it is cut short/, /in a browser/],
    [
      "the first of several parts",
      long("PK\x07\x08PK\x03\x04"),
      /one part of several/,
      /not to split/,
    ],
    ["a ZIP that is cut", long("PK\x03\x04"), /^The package is cut short/, /try again later/],
  ] as const
) {
  for (const ranges of [Infinity, 0]) {
    Deno.test(`an address that has ${what}, too long for one look, says so (${ranges} ranges)`, async () => {
      await using server = startFileServer({ bytes, ranges });
      await using rig = await EngineRig.make();
      const { error, hint } = await syncUrl(rig, server.url);
      assert.match(error ?? "", said);
      assert.match(hint ?? "", help);
      assert(asked(server).length <= 6);
    });
  }
}

Deno.test("an address that names a part of a ZIP, as 7-Zip makes them, says so", async () => {
  const whole = zipOf(treeOf({ "a.csv": "1\n", "b.csv": "2\n".repeat(50_000) }));
  // Where release assets are, each address leads to another.
  const answer = (request: Request) =>
    request.url.endsWith(".zip")
      ? undefined
      : new Response(null, { status: 302, headers: { location: "/file.zip" } });
  await using server = startFileServer({ bytes: ONE, answer });
  await using rig = await EngineRig.make();
  for (const [start, end] of [[0, 90], [90, -9], [90, undefined], [whole.length - 22, undefined]]) {
    server.state.bytes = new Uint8Array(whole.slice(start, end));
    const { error, hint } = await syncUrl(rig, `${server.url}.001`);
    assert.match(error ?? "", /one part of several/, `${start}`);
    assert.match(hint ?? "", /not to split/);
    assert.doesNotMatch((await syncUrl(rig, server.url)).error ?? "", /one part of several/);
  }
  // One part that is all is a package.
  server.state.bytes = ONE;
  assert.equal((await syncUrl(rig, `${server.url}.001`)).status, "success");
});

Deno.test("a hub's root as url is said to be a hub", async () => {
  await using server = startFileServer({ bytes: ONE });
  server.state.answer = (request) => {
    const { pathname } = new URL(request.url);
    return pathname.endsWith("/api/datasets") ? Response.json({ datasets: [] }) : undefined;
  };
  await using rig = await EngineRig.make();
  for (
    const url of [`${server.origin}/`, `${server.origin}/data/`, `${server.origin}/api/datasets`]
  ) {
    const { error, hint } = await syncUrl(rig, url);
    assert.match(error ?? "", /looks like a hub/);
    const root = url.replace(/\/(api\/datasets)?$/, "");
    const command = `datahubsync init --hub-url ${root}`;
    assert.equal(hint, `follow it as a hub: ${command}; or in a configuration: hub.url: ${root}`);
  }
});

Deno.test("a ZIP with a program before it isn't taken for something else", async () => {
  const bytes = new Uint8Array([...text("#!/bin/sh\nexit\n"), ...ONE]);
  await using server = startFileServer({ bytes });
  await using rig = await EngineRig.make();
  const result = await syncUrl(rig, server.url);
  assert.doesNotMatch(result.error ?? "", /not a ZIP/);
});

Deno.test("a server that closes after some bytes of each answer is read to its end", async () => {
  // Its directory alone is longer than what one answer brings.
  const files = Array.from({ length: 900 }, (_, index) => [`${"n".repeat(100)}${index}.csv`, "1"]);
  const bytes = new Uint8Array(zipOf(treeOf(Object.fromEntries(files))));
  const most = 30_000;
  let etag = "one";
  let changeAt = Infinity;
  await using server = new RawServer(async (connection, head, index) => {
    const [, from = "0", to = `${bytes.length - 1}`] = /range: bytes=(\d+)-(\d+)/i.exec(head) ?? [];
    const [start, end] = [Number(from), Number(to) + 1];
    if (index === changeAt) etag = "two";
    await write(
      connection,
      `HTTP/1.1 206 Partial Content\r\nETag: "${etag}"\r\nContent-Length: ${end - start}\r\n` +
        `Content-Range: bytes ${start}-${end - 1}/${bytes.length}\r\nConnection: close\r\n\r\n`,
    );
    await writeAllBytes(connection, bytes.subarray(start, Math.min(end, start + most)));
  });
  for (const change of [Infinity, 3]) {
    server.heads.length = 0;
    [etag, changeAt] = ["one", change];
    await using rig = await EngineRig.make();
    const result = await syncUrl(rig, `${server.url}/file.zip`);
    assert.equal(result.status, "success", result.error);
    await assertHolds(rig, bytes);
    const least = Math.ceil(bytes.length / most);
    assert(server.heads.length >= least, `${server.heads.length} requests`);
    // Nothing is fetched twice but what a change made worthless.
    assert(server.heads.length <= least + 8, `${server.heads.length} requests of ${least}`);
  }
});
