/**
 * What strangers may send to `serve`, as bytes: nothing but the site's tree is shown, nobody else is
 * held up, and it still ends when it is stopped. One test per row of the table in `docs/security.md`.
 *
 * Longer than 250 lines because each row of that table is a test.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/command.ts";
import { judge } from "../support/judge.ts";
import { serve, type Served } from "../support/served.ts";

const SECRET = "the-secret-text";

/** Sends bytes, and reads what comes until the other side ends or is silent for a while. */
async function send(
  { url }: { url: string },
  text: string | Uint8Array,
  { patienceMs = 5000 } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const sending = (async () => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  })().catch(() => {});
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), patienceMs));
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(1 << 16);
  for (;;) {
    const count = await Promise.race([connection.read(buffer).catch(() => null), late]);
    if (count === null) break;
    chunks.push(buffer.slice(0, count));
  }
  clearTimeout(timer);
  await Promise.race([sending, late]);
  const decoder = new TextDecoder("latin1");
  return chunks.map((chunk) => decoder.decode(chunk)).join("");
}

const get = (target: string, ...headers: string[]) =>
  [`GET ${target} HTTP/1.1`, "Host: h", "Connection: close", ...headers, "", ""].join("\r\n");

const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);

/** A site with secrets around it. */
async function guarded(options: Parameters<typeof serve>[0] = {}): Promise<Served> {
  const hub = await serve(options);
  await Deno.writeTextFile(join(hub.temp.path, "secret"), SECRET);
  await Deno.writeTextFile(join(hub.site, "secret"), SECRET);
  await Deno.writeTextFile(join(hub.site, ".datahubsync", "secret"), SECRET);
  return hub;
}

/** It still answers, and answers right. */
async function assertAlive({ url, bytes }: Served): Promise<void> {
  const response = await fetch(`${url}/package/daily.zip`);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
}

Deno.test("serve shows nothing outside of the tree, however a path is spelt", async () => {
  await using hub = await guarded();
  const up = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "%c0%ae%c0%ae", "．．"];
  const slash = ["/", "//", "%2f", "%2F", "\\", "%5c", "/./", "%252f", "%c0%af"];
  const targets = up.flatMap((up) =>
    slash.flatMap((slash) => [
      `/${up}${slash}secret`,
      `/package/${up}${slash}secret`,
      `/package/${up}${slash}${up}${slash}secret`,
      `/package${slash}${up}${slash}.datahubsync${slash}secret`,
    ])
  );
  targets.push(
    `/package/${"a".repeat(300)}.zip`,
    `/package/${"%C3%A9".repeat(130)}.zip`,
    "/.datahubsync/secret",
    "/%2edatahubsync/secret",
    "/.DATAHUBSYNC/secret",
    "/secret",
    "/secret?x=/api/datasets",
    "/secret#/api/datasets",
    "/api/datasets/../../secret",
    "/package/daily.zip/../../secret",
    "/package/daily.zip%00.zip",
    "http://other/secret",
    "http://user:pass@other/../secret",
    "file:///etc/passwd",
    "//etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "*",
    "secret",
    "?",
    "/CON",
    `/package/${"a/".repeat(3000)}daily.zip`,
  );
  for (let at = 0; at < targets.length; at += 20) {
    await Promise.all(
      targets.slice(at, at + 20).map(async (target) => {
        const answer = await send(hub, get(target));
        assert(!answer.includes(SECRET) && !answer.includes("root:"), target);
        assert([400, 404].includes(statusOf(answer)), `${target}: ${answer.slice(0, 80)}`);
      }),
    );
  }
  await assertAlive(hub);
});

Deno.test("serve takes what a path's query or an absolute form adds for nothing", async () => {
  await using hub = await guarded();
  for (const target of ["/api/datasets?x=../secret", "http://elsewhere/api/datasets"]) {
    const answer = await send(hub, get(target));
    assert.equal(statusOf(answer), 200, target);
    assert.match(answer, /"daily"/);
  }
});

Deno.test("serve answers every method but GET and HEAD with 405, and echoes nothing", async () => {
  await using hub = await guarded();
  const methods = [
    "OPTIONS",
    "TRACE",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "PROPFIND",
    "get",
    "QUERY",
  ];
  for (const method of methods) {
    const answer = await send(hub, get("/api/datasets", "X-Echo: mirrored").replace("GET", method));
    assert.equal(statusOf(answer), 405, method);
    assert.match(answer, /allow: GET, HEAD/i);
    assert(!answer.includes("mirrored") && !answer.includes("daily"), method);
  }
  assert([400, 404, 405].includes(statusOf(await send(hub, get("*").replace("GET", "OPTIONS")))));
  assert(
    [400, 404, 405].includes(statusOf(await send(hub, get("h:443").replace("GET", "CONNECT")))),
  );
  const head = await send(hub, get("/package/daily.zip").replace("GET", "HEAD"));
  assert.equal(statusOf(head), 200);
  assert.equal(head.split("\r\n\r\n")[1], "", "no body");
  assert.match(head, new RegExp(`content-length: ${hub.bytes.length}`, "i"));
  await assertAlive(hub);
});

Deno.test("serve gives at most the file for whatever ranges", async () => {
  await using hub = await guarded();
  const { length } = hub.bytes;
  const many = (count: number, part: string) => `bytes=${Array(count).fill(part).join(",")}`;
  const ranges = [
    many(256, "0-"),
    many(200, "0-99999"),
    many(1000, "0-0"),
    many(1300, "0-"),
    "bytes=0-99999999999999999999",
    "bytes=99999999999999999999-",
    "bytes=9007199254740993-9007199254740995",
    "bytes=-99999999999999",
    "bytes=-0",
    "bytes=5-4",
    "bytes=--5",
    "bytes=0x0-0xff",
    "bytes=1e3-2e3",
    "bytes= 0 - 5 ",
    "bytes=,,,,",
    "bytes=",
    "lines=0-5",
    "bytes=0-5;q=1",
    `bytes=${"0".repeat(5000)}-5`,
  ];
  for (const range of ranges) {
    const answer = await send(hub, get("/package/daily.zip", `Range: ${range}`));
    const shown = range.slice(0, 40);
    assert([200, 206, 416].includes(statusOf(answer)), `${shown}: ${answer.slice(0, 60)}`);
    assert(answer.length <= length + 256 * 200, `${shown}: ${answer.length} bytes`);
  }
  const two = await send(hub, get("/package/daily.zip", "Range: bytes=0-1", "Range: bytes=2-3"));
  assert([200, 206, 400].includes(statusOf(two)));
  await assertAlive(hub);
});

Deno.test("serve isn't led by headers, and too many or too long ones end the connection", async () => {
  await using hub = await guarded();
  const same = [
    "Host: evil.example",
    "X-Forwarded-For: 127.0.0.1",
    "X-Original-URL: /secret",
    "X-Rewrite-URL: /secret",
    "X-HTTP-Method-Override: DELETE",
    "Forwarded: for=127.0.0.1",
    "Accept: text/html",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "Expect: 100-continue",
    'If-None-Match: """"",,,,W/',
    "If-Modified-Since: yesterday",
    'If-Range: "x',
  ];
  for (const header of same) {
    const answer = await send(hub, get("/api/datasets", header));
    assert([200, 400].includes(statusOf(answer)), `${header}: ${answer.slice(0, 80)}`);
    assert(!answer.includes(SECRET) && !/content-encoding|evil/i.test(answer), header);
  }
  const packed = await send(hub, get("/package/daily.zip", "Accept-Encoding: gzip, br"));
  assert(!/^content-encoding/im.test(packed.split("\r\n\r\n")[0]!), "packages go as they are");
  const refused = [
    get("/api/datasets", `X-Long: ${"a".repeat(2 << 20)}`),
    get("/api/datasets", ...Array.from({ length: 5000 }, (_, index) => `X-${index}: 1`)),
    get(`/${"a".repeat(1 << 20)}`),
    "GET /api/datasets HTTP/9.9\r\nHost: h\r\n\r\n",
    "GET /api/datasets\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET /api/datasets HTTP/1.1\r\nHost: h\r\nX-Bad\x00: 1\r\n\r\n",
    "GET /api/datasets HTTP/1.1\r\nHost : h\r\n\r\n",
    "GET /api/datasets HTTP/1.1\r\nHost: h\r\nX: 1\r\n folded\r\n\r\n",
  ];
  for (const host of ["a b", "h/package/daily.zip?", "h#", "u@h", "h\\x", "%", "h\r\nHost: i"]) {
    const answer = await send(hub, `GET /x HTTP/1.1\r\nConnection: close\r\nHost: ${host}\r\n\r\n`);
    assert.equal(statusOf(answer), 400, host);
  }
  for (const text of refused) {
    const answer = await send(hub, text);
    const status = statusOf(answer);
    assert(status === 0 || status >= 400 && status < 500, `${text.slice(0, 60)}: ${status}`);
  }
  await assertAlive(hub);
});

Deno.test("serve takes no second request out of the body of a first", async () => {
  await using hub = await guarded();
  const inner = "GET /api/datasets HTTP/1.1\r\nHost: h\r\n\r\n";
  const attacks = [
    `GET /health HTTP/1.1\r\nHost: h\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    `POST /health HTTP/1.1\r\nHost: h\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    `POST /health HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n` +
    `0\r\n\r\n${inner}`,
    `GET /health HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n` +
    `0\r\n\r\n${inner}`,
    `GET /health HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n${inner}`,
    `GET /health HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n${inner}`,
    `GET /health HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n${inner}`,
    `GET /health HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 2\r\n\r\n${inner}`,
  ];
  for (const text of attacks) {
    hub.requests.length = 0;
    const answer = await send(hub, text, { patienceMs: 500 });
    assert(!answer.includes('"daily"'), `${text}\n${answer}`);
    assert(!hub.requests.some(({ path }) => path === "/api/datasets"), text);
  }
  await assertAlive(hub);
});

Deno.test("serve asks for its token whatever is brought in its place", async () => {
  await using hub = await guarded({ token: "right-token" });
  const wrong = [
    [],
    ["Authorization:"],
    ["Authorization: Bearer"],
    ["Authorization: Bearer "],
    ["Authorization: right-token"],
    ["Authorization: Bearer right-toke"],
    ["Authorization: Bearer right-token2"],
    ["Authorization: Bearer RIGHT-TOKEN"],
    ["Authorization: Basic cmlnaHQtdG9rZW4="],
    ["Authorization: Bearer undefined"],
    [`Authorization: Bearer ${"a".repeat(8000)}`],
    ["Authorization: Bearer x", "Authorization: Bearer right-token"],
    ["Cookie: token=right-token"],
  ];
  const answers = new Set<string>();
  for (const headers of wrong) {
    for (
      const target of ["/api/datasets", "/package/daily.zip", "/secret", "/x?token=right-token"]
    ) {
      const answer = await send(hub, get(target, ...headers));
      assert.equal(statusOf(answer), 401, `${target} ${headers}`);
      answers.add(answer.replace(/^date: .*$/im, ""));
    }
  }
  assert.equal(answers.size, 1, "what is there can't be told from what isn't");
  const right = await send(hub, get("/api/datasets", "Authorization: Bearer right-token"));
  assert.equal(statusOf(right), 200);
});

Deno.test("serve follows no link and opens no pipe that is put into the site meanwhile", async () => {
  await using hub = await guarded();
  const path = join(hub.site, "package", "daily.zip");
  const aside = join(hub.site, "aside");
  await Deno.rename(path, aside);
  const secret = join(hub.temp.path, "secret");
  const kinds: [string, () => Promise<unknown>][] = [
    ["a link to a file", () => Deno.symlink(secret, path)],
    ["a link to itself", () => Deno.symlink(path, path)],
    ["a link to a device", () => Deno.symlink("/dev/zero", path)],
    ["a pipe", () => run("mkfifo", [path])],
    ["a folder", () => Deno.mkdir(path)],
    ["nothing", () => Promise.resolve()],
  ];
  for (const [kind, make] of kinds) {
    await make();
    const answer = await send(hub, get("/package/daily.zip"));
    assert.equal(statusOf(answer), 404, kind);
    await Deno.remove(path).catch(() => {});
  }
  // Swapped all the time: whatever the moment, it is the package or nothing.
  const link = join(hub.site, "link");
  let swapping = true;
  const swaps = (async () => {
    while (swapping) {
      await Deno.symlink(secret, link);
      await Deno.rename(link, path);
      await Deno.link(aside, link);
      await Deno.rename(link, path).catch(() => {});
      await Deno.remove(link).catch(() => {});
    }
  })();
  for (let i = 0; i < 150; i++) {
    const answer = await send(hub, get("/package/daily.zip", "Range: bytes=0-99"));
    assert(!answer.includes(SECRET));
    assert([206, 404].includes(statusOf(answer)), answer.slice(0, 80));
  }
  swapping = false;
  await swaps;
});

Deno.test("serve sends one file to its end when it is replaced, and breaks off when it is written to", async () => {
  // More than the machine buffers on the way.
  await using hub = await serve({}, 24_000_000);
  const { site, url, bytes } = hub;
  const path = join(site, "package", "daily.zip");
  const response = await fetch(`${url}/package/daily.zip`);
  const reader = response.body!.getReader();
  const first = (await reader.read()).value!;
  await Deno.writeFile(`${path}.new`, new Uint8Array(bytes.length).fill(7));
  await Deno.rename(`${path}.new`, path);
  const parts = [first];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
  }
  judge(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));

  for (const write of [() => Deno.writeFile(path, bytes), () => Deno.truncate(path, 10)]) {
    const broken = await fetch(`${url}/package/daily.zip`);
    const slow = broken.body!.getReader();
    await slow.read();
    await write();
    await assert.rejects(async () => {
      for (let next = await slow.read(); !next.done;) next = await slow.read();
    });
  }
});

Deno.test("serve isn't held up by half-sent headers, and stops in time all the same", async () => {
  const hub = await guarded();
  const { hostname, port } = new URL(hub.url);
  const half: Deno.Conn[] = [];
  for (let i = 0; i < 200; i++) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode("GET /api/datasets HTTP/1.1\r\nHos"));
    half.push(connection);
  }
  await assertAlive(hub);
  const began = Date.now();
  await hub[Symbol.asyncDispose]();
  assert(Date.now() - began < 5000, `${Date.now() - began} ms`);
  half.forEach((connection) => connection.close());
});
