/** What a hub may answer to a request for ranges, and what is refused of it. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import type { FetchOutcome, PackageRequest } from "../../src/hub/answer/package_request.ts";
import { RecordingSink, testClient } from "./client_fixture.ts";
import { RawServer } from "./raw_server.ts";

/** Asks a server that answers exactly so. */
async function ask(
  head: string,
  body: string,
  ranges: PackageRequest["ranges"] = [{ start: 10, end: 13 }, { start: 20, end: 23 }],
): Promise<{ code: string; outcome?: FetchOutcome; sink: RecordingSink }> {
  await using server = new RawServer(`HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n${body}`);
  using client = testClient(server.url);
  const sink = new RecordingSink();
  try {
    const request = { ranges, allowFull: true };
    return { code: "", outcome: await client.package({ name: "a" }).fetch(request, sink), sink };
  } catch (error) {
    assert(error instanceof HubError, String(error));
    return { code: error.code, sink };
  }
}

const MULTI = "206 Partial\r\nContent-Type: multipart/byteranges; boundary=B";
const part = (range: string, data: string) =>
  `--B\r\nContent-Range: bytes ${range}\r\n\r\n${data}\r\n`;

Deno.test("RemotePackage.fetch() takes the parts in whatever order they come", async () => {
  const body = `${part("20-22/99", "def")}${part("10-12/99", "abc")}--B--\r\n`;
  const { outcome, sink } = await ask(MULTI, body);
  assert.equal(outcome?.kind, "multipart");
  assert.equal(sink.text, "20:def 10:abc");
  assert.equal(sink.heads.length, 1);
});

Deno.test("RemotePackage.fetch() refuses parts that nobody asked for, that repeat, or of two totals", async () => {
  const first = part("10-12/99", "abc");
  for (const second of [part("30-32/99", "xyz"), first, part("20-22/98", "def")]) {
    const { code, sink } = await ask(MULTI, `${first}${second}--B--\r\n`);
    assert.equal(code, "wrong_range");
    assert.equal(sink.text, "10:abc");
  }
});

Deno.test("RemotePackage.fetch() says cut_short when parts break off, and wrong_range when there are none", async () => {
  assert.equal((await ask(MULTI, part("10-12/99", "abc"))).code, "cut_short");
  assert.equal((await ask(MULTI, "--B--\r\n")).code, "wrong_range");
});

Deno.test("RemotePackage.fetch() takes one of several ranges as a plain 206", async () => {
  const { outcome, sink } = await ask("206 Partial\r\nContent-Range: bytes 20-22/99", "def");
  assert.equal(outcome?.kind, "range");
  assert.equal(sink.text, "20:def");
});

Deno.test("RemotePackage.fetch() takes a range whose end was cut to the package's", async () => {
  const ranges = [{ start: 10, end: 50 }];
  const { outcome, sink } = await ask("206 P\r\nContent-Range: bytes 10-12/13", "abc", ranges);
  assert.equal(outcome?.bytes, 3);
  assert.equal(sink.heads[0]?.total, 13);
  const cut = await ask("206 P\r\nContent-Range: bytes 10-12/99", "abc", ranges);
  assert.equal(cut.outcome?.bytes, 3, "what it holds is taken, the rest is the next request's");
  assert.equal(cut.outcome?.unlabelled, undefined);
});

Deno.test("RemotePackage.fetch() counts the bytes of a range where no Content-Length does", async () => {
  const head = "206 Partial\r\nContent-Range: bytes 10-12/99";
  const ranges = [{ start: 10, end: 13 }];
  assert.equal((await ask(head, "ab", ranges)).code, "cut_short");
  const long = await ask(head, "abcdef", ranges);
  assert.equal(long.code, "wrong_range");
  assert.equal(long.sink.text, "10:abc");
});

Deno.test("RemotePackage.fetch() refuses a coding that it can't undo, and a 206 without its range", async () => {
  const coded = (coding: string) =>
    ask(`206 P\r\nContent-Range: bytes 10-12/99\r\nContent-Encoding: ${coding}`, "abc", [
      { start: 10, end: 13 },
    ]);
  for (const coding of ["zstd", "X-GZIP", "deflate", "aws-chunked, zstd"]) {
    assert.equal((await coded(coding)).code, "encoded", coding);
  }
  for (
    const coding of ["", "none", "UTF-8", "aws-chunked", "zip", "application/zip", "identity, 8bit"]
  ) {
    assert.equal((await coded(coding)).sink.text, "10:abc", coding);
  }
  assert.equal((await ask("206 Partial\r\nContent-Length: 3", "abc")).code, "wrong_range");
  assert.equal(
    (await ask("206 P\r\nContent-Range: bytes 0-2/9", "abc", "all")).code,
    "wrong_range",
  );
});

Deno.test("RemotePackage.fetch() sees a page in place of a package without its Content-Type", async () => {
  for (
    const page of ["<html>Bad Gateway", "\ufeff<html>Bad Gateway", "\r\n\t <html>", ' {"a":1}']
  ) {
    const { code, sink } = await ask("200 OK", page, "all");
    assert.equal(code, "http_status", page);
    assert.equal(sink.text, "");
  }
});

/** The hint that a package's answer leads to. */
async function hintOf(status: number, page = "", headers = ""): Promise<string> {
  const head = `HTTP/1.1 ${status} X\r\nConnection: close\r\n${headers}`;
  await using server = new RawServer(`${head}Content-Length: ${page.length}\r\n\r\n${page}`);
  using client = testClient(server.url);
  const request = { ranges: "all", allowFull: true } as const;
  const error = await client.package({ name: "a" }).fetch(request, new RecordingSink())
    .catch((error: unknown) => error);
  assert(error instanceof HubError, `${status}: ${error}`);
  return error.hint ?? "";
}

Deno.test("an answer that is no package has a hint, whatever its status", async () => {
  const statuses = [202, 204, 207, 226, 300, 304, 400, 401, 402, 403, 404, 405, 406, 407, 409, 410]
    .concat([411, 412, 413, 414, 415, 418, 422, 423, 426, 429, 431, 451, 499, 500, 501, 502, 503])
    .concat([504, 505, 507, 508, 511, 520, 530, 600, 999]);
  for (const status of statuses) assert.notEqual(await hintOf(status), "", `${status}`);
  assert.match(await hintOf(511), /login first/);
  assert.match(await hintOf(418), /why it refuses/);
  assert.match(await hintOf(999), /why it refuses/, "no server says of itself that it failed so");
  assert.match(await hintOf(304), /no plain file/);
});

Deno.test("a hub that wants to be asked again much later says when, by its own clock", async () => {
  const retryAt = (ms: number) => `Retry-After: ${new Date(ms).toUTCString()}\r\n`;
  const tomorrow = Date.now() + 86_400_000;
  assert.match(
    await hintOf(429, "", retryAt(tomorrow)),
    /^the hub asks not to be asked again before/,
  );
  assert.match(await hintOf(503, "", "Retry-After: 301\r\n"), /before 20\d\d-.*:\d\dZ: the first/);
  assert.match(await hintOf(503, "", "Retry-After: 300\r\n"), /^the hub is busy/);
  const itsTime = `Date: ${new Date(tomorrow).toUTCString()}\r\n`;
  assert.match(await hintOf(503, "", retryAt(tomorrow + 30_000) + itsTime), /^the hub is busy/);
});

Deno.test("a port that speaks https says so: the hint has the address to ask", async () => {
  for (
    const page of [
      "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>", // nginx
      "Client sent an HTTP request to an HTTPS server.", // Go, Caddy
      "<p>You're speaking plain HTTP to an SSL-enabled server port.</p>", // Apache
    ]
  ) {
    assert.match(
      await hintOf(400, page),
      /^this port speaks https: change hub\.url to https:\/\/127\.0\.0\.1:\d+$/,
    );
  }
  assert.match(await hintOf(400, "no"), /why it refuses/);
});

Deno.test("a server that wants a certificate of the client is said to, also where it is nginx that says so", async () => {
  const page = "<html><title>400 No required SSL certificate was sent</title></html>";
  assert.match(await hintOf(400, page), /has none to show: ask those who run the hub for a token/);
});

Deno.test("a server that sends programs a puzzle for browsers blames no token", async () => {
  const page = "<title>Just a moment...</title>";
  assert.match(await hintOf(403, page, "cf-mitigated: challenge\r\n"), /^it lets browsers in only/);
  assert.match(await hintOf(403, page), /^check hub\.token/);
});

Deno.test("a login that a token isn't has its own remedy", async () => {
  const asked = (challenges: string[]) =>
    hintOf(401, "", challenges.map((text) => `WWW-Authenticate: ${text}\r\n`).join(""));
  for (
    const challenges of [
      ['Basic realm="members, Bearer of cards"'],
      ["basic"],
      ['Digest realm="a", nonce="b, Bearer c", qop="auth"', 'Basic realm="a"'],
      ['Negotiate, Basic realm = "a"'],
    ]
  ) assert.match(await asked(challenges), /^it wants a user and a password: .* hub\.url, before/);
  for (
    const [challenges, kinds] of [
      [['Digest realm="Basic", nonce="a\\", Basic", algorithm=MD5, qop="auth"'], "Digest"],
      [["Negotiate", "NTLM"], "Negotiate, NTLM"],
      [["NTLM TlRMTVNTUAACAAAA=="], "NTLM"],
    ] as const
  ) {
    assert(
      (await asked([...challenges])).startsWith(`it wants a login of another kind (${kinds})`),
    );
  }
  for (
    const challenge of [
      "Bearer",
      "Token",
      "Digest a=b, ApiKey",
      'Basic realm="a", Bearer realm="b"',
      'realm="a"',
      "",
      ",",
    ]
  ) {
    assert.match(await asked([challenge]), /^check hub\.token and hub\.headers$/, challenge);
  }
});
