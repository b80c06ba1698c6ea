/**
 * Pings as healthchecks.io documents them, against a monitor on loopback that does what it may.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ping } from "../../src/monitoring/ping.ts";
import { emptyResult } from "../../src/sync/running_result.ts";
import type { DatasetResult } from "../../src/types.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { until } from "../support/until.ts";

interface Call {
  path: string;
  query: string;
  body: string;
}

/** A monitor: the calls in the order in which they were answered. */
function monitor(
  answer: (path: string) => Response | Promise<Response> = () => new Response("OK"),
) {
  const calls: Call[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    assert.equal(request.method, "POST");
    assert.match(request.headers.get("content-type") ?? "", /^text\/plain/);
    calls.push({ path: pathname, query: search, body: await request.text() });
    return await answer(pathname);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/ping/5d1a`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function pinging(url: string, { timeout = 60, signal = new AbortController().signal } = {}) {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  return {
    ping: new Ping({ url, timeout }, { fetch, signal, secrets: ["t0ken"], warn }),
    warnings,
  };
}

function ended(status: DatasetResult["status"], more: Partial<DatasetResult> = {}): DatasetResult {
  return { ...emptyResult(more.dataset ?? "股票", 0), status, ...more };
}

Deno.test("Ping calls start, and then the address itself when all went well", async () => {
  await using there = monitor();
  const { ping, warnings } = pinging(`${there.url}?create=1`);
  ping.start();
  await until(() => there.calls.length > 0);
  await ping.end([ended("success"), ended("up_to_date", { dataset: "etf" }), ended("locked")]);
  assert.deepEqual(there.calls.map(({ path }) => path), ["/ping/5d1a/start", "/ping/5d1a"]);
  assert.deepEqual(there.calls.map(({ query }) => query), ["?create=1", "?create=1"]);
  assert.equal(there.calls[1]!.body, "股票: success\netf: up_to_date");
  assert.deepEqual(warnings, []);
});

Deno.test("Ping calls fail with the reasons of what failed, and without secrets", async () => {
  await using there = monitor();
  const { ping } = pinging(there.url);
  const error = `refused t0ken at ${there.url}\nX: y`;
  await ping.end([ended("success"), ended("rejected", { error, hint: "look" })]);
  const [{ path, body }] = there.calls as [Call];
  assert.equal(path, "/ping/5d1a/fail");
  assert.match(body, /^股票: rejected: refused \*\*\* at .* \(hint: look\)$/);
  assert.doesNotMatch(body, /t0ken|5d1a/);
});

Deno.test("Ping keeps its body short, whatever failed", async () => {
  await using there = monitor();
  const { ping } = pinging(there.url);
  const all = Array.from(
    { length: 500 },
    (_, n) => ended("error", { error: "很".repeat(200 + n) }),
  );
  await ping.end(all);
  assert.ok(new TextEncoder().encode(there.calls[0]!.body).length <= 10_000);
});

Deno.test("Ping says nothing of runs that were interrupted or locked out", async () => {
  await using there = monitor();
  const stopped = new AbortController();
  await pinging(there.url).ping.end([ended("locked"), ended("interrupted")]);
  stopped.abort();
  await pinging(there.url, { signal: stopped.signal }).ping.end([ended("success")]);
  assert.deepEqual(there.calls, []);
});

Deno.test("Ping tries again within its time, but not where the answer is final", async () => {
  let times = 0;
  await using there = monitor(() => new Response("", { status: times++ === 0 ? 503 : 200 }));
  const { ping, warnings } = pinging(there.url);
  await ping.end([ended("success")]);
  assert.deepEqual([there.calls.length, warnings], [2, []]);
  await using gone = monitor(() => new Response("not found", { status: 404 }));
  const other = pinging(gone.url);
  await other.ping.end([ended("success")]);
  assert.equal(gone.calls.length, 1);
  assert.match(other.warnings.join(), /^can't ping 127\.0\.0\.1:\d+: answered 404$/);
});

Deno.test("Ping follows no redirect", async () => {
  await using elsewhere = monitor();
  await using there = monitor(() =>
    new Response("", { status: 302, headers: { location: elsewhere.url } })
  );
  const { ping, warnings } = pinging(there.url);
  await ping.end([ended("success")]);
  assert.deepEqual(elsewhere.calls, []);
  assert.equal(warnings.length, 1);
});

Deno.test("Ping gives up a monitor that is silent or dead, with a warning", async () => {
  const never = Promise.withResolvers<Response>();
  await using there = monitor(() => never.promise);
  const silent = pinging(there.url, { timeout: 0.2 });
  silent.ping.start();
  await silent.ping.end([ended("success")]);
  assert.match(silent.warnings.join(), /^can't ping 127\.0\.0\.1:\d+: no answer within 0.2 s$/);
  const dead = pinging(`http://127.0.0.1:${CLOSED_PORT}/x`, { timeout: 0.2 });
  dead.ping.start();
  await dead.ping.end([ended("success")]);
  assert.match(dead.warnings.join(), /^can't ping 127\.0\.0\.1:\d+: tcp connect error: /);
  never.resolve(new Response());
});

Deno.test("Ping's start never arrives after the end", async () => {
  const first = Promise.withResolvers<Response>();
  const taken: string[] = [];
  await using there = monitor(async (path) => {
    const answer = path.endsWith("/start") ? await first.promise : new Response();
    taken.push(path);
    return answer;
  });
  const { ping } = pinging(there.url);
  ping.start();
  await until(() => there.calls.length > 0);
  await ping.end([ended("success")]);
  assert.deepEqual(there.calls.map(({ path }) => path), ["/ping/5d1a/start", "/ping/5d1a"]);
  first.resolve(new Response());
});
