/**
 * The faults that hub_test.ts doesn't show: what a client sees of each.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FaultName } from "./fault.ts";
import { FAULT_TABLE } from "./fault_table.ts";
import { type Fault, FaultyHub, type FaultyHubOptions } from "./hub.ts";

const package_ = new Uint8Array(5000).map((_, index) => index % 251);

function start(fault: Fault, options: FaultyHubOptions = {}): FaultyHub {
  const hub = new FaultyHub({ datasets: { a: { version: null, package: package_ } }, ...options });
  hub.faults.add(fault);
  return hub;
}

/** The whole answer as a client's socket gets it. */
async function rawGet(hub: FaultyHub, range = ""): Promise<{ head: string; body: Uint8Array }> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(hub.url).port),
  });
  const field = range && `Range: ${range}\r\n`;
  const request = `GET /package/a.zip HTTP/1.1\r\nConnection: close\r\n${field}\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(await new Response(connection.readable).arrayBuffer());
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, end), body: bytes.subarray(end + 4) };
}

const heads: [Fault, RegExp][] = [
  [{ name: "status_429", retryAfter: "Sun, 22 Nov 2026 12:00:00 GMT" }, /429[^]*Retry-After: Sun/],
  [{ name: "status_503", retryAfter: "soon" }, /^HTTP\/1\.0 503[^]*Retry-After: soon/],
  [{ name: "status_500" }, /^HTTP\/1\.0 500/],
  [{ name: "html" }, /^HTTP\/1\.0 200[^]*text\/html/],
  [
    { name: "redirect", to: "http://other.example" },
    /Location: http:\/\/other\.example\/package\/a/,
  ],
  [{ name: "redirect", to: "/elsewhere" }, /Location: \/elsewhere/],
  [{ name: "redirect_loop" }, /Location: \/package\/a\.zip/],
  [{ name: "require_auth" }, /^HTTP\/1\.0 401/],
];

for (const [fault, expected] of heads) {
  Deno.test(`${fault.name} answers ${expected.source}`, async () => {
    await using hub = start(fault);
    assert.match((await rawGet(hub)).head, expected);
  });
}

Deno.test("garbage_after sends bytes behind the promised ones", async () => {
  await using hub = start({ name: "garbage_after", bytes: 9 });
  const { head, body } = await rawGet(hub);
  assert.match(head, /Content-Length: 5000/);
  assert.equal(body.length, 5009);
});

Deno.test("no_length sends the body without its length", async () => {
  await using hub = start({ name: "no_length" });
  const { head, body } = await rawGet(hub);
  assert.doesNotMatch(head, /Content-Length/);
  assert.deepEqual(body, package_);
});

Deno.test("trickle and slow_first_byte send everything in the end", async () => {
  await using hub = start({ name: "trickle", after: 4990, ms: 1 });
  hub.faults.add({ name: "slow_first_byte", ms: 1 });
  assert.deepEqual((await rawGet(hub)).body, package_);
  assert.deepEqual((await rawGet(hub)).body, package_);
  assert.deepEqual(hub.requests.map(({ faults }) => faults), [["trickle"], ["slow_first_byte"]]);
});

Deno.test("reset before any answer sends nothing", async () => {
  await using hub = start({ name: "reset", after: -1 });
  assert.equal((await rawGet(hub)).body.length, 0);
});

Deno.test("weak_etag and etag_change change the validator only", async () => {
  await using hub = start({ name: "weak_etag", times: 1 }, { kind: "modern" });
  hub.faults.add({ name: "etag_change", etag: '"other"' });
  assert.match((await rawGet(hub)).head, /ETag: W\/"/);
  const { head, body } = await rawGet(hub);
  assert.match(head, /ETag: "other"/);
  assert.deepEqual(body, package_);
});

Deno.test("replace_package cuts the open answer, or lets the old bytes finish", async () => {
  const next = package_.toReversed();
  await using hub = start({ name: "replace_package", after: 100, package: next });
  assert.deepEqual((await rawGet(hub)).body, package_.slice(0, 100));
  const third = package_.slice(0, 50);
  hub.faults.add({ name: "replace_package", after: 100, package: third, then: "old" });
  assert.deepEqual((await rawGet(hub, "bytes=1000-")).body, next.slice(1000));
  assert.deepEqual((await rawGet(hub)).body, third);
});

Deno.test("expiring_redirect expires by the hub's clock", async () => {
  let now = 0;
  await using hub = start({ name: "expiring_redirect", ms: 1000 }, { clock: () => now });
  const { head } = await rawGet(hub);
  const link = hub.url + /Location: (\S+)/.exec(head)![1]!;
  const status = async () => {
    const answer = await fetch(link);
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await status(), 200);
  now = 1000;
  assert.equal(await status(), 403);
});

Deno.test("lasting faults are met by every request, beside the counted ones", async () => {
  await using hub = start({ name: "wrong_package" });
  hub.faults.add({ name: "reset", after: 10 });
  assert.equal((await rawGet(hub)).body.length, 10);
  assert.match((await rawGet(hub)).head, /another-dataset_/);
  hub.faults.clear("wrong_package");
  assert.doesNotMatch((await rawGet(hub)).head, /another-dataset_/);
});

Deno.test("range faults leave requests without a range alone", async () => {
  const names: FaultName[] = ["full_for_range", "other_range", "wrong_content_range", "status_416"];
  for (const name of names) {
    await using hub = start({ name });
    assert.deepEqual((await rawGet(hub)).body, package_);
    assert.equal(hub.faults.list.length, 1);
  }
});

Deno.test("every fault says what it does", () => {
  for (const [name, { summary, ...behaviour }] of Object.entries(FAULT_TABLE)) {
    assert(summary.length > 0, name);
    assert(["instead", "package", "answer", "wire"].some((stage) => stage in behaviour), name);
  }
});
