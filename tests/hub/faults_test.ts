/** Each fault on the wire ends as the right error of the hub's client, without the engine. */
import assert from "node:assert/strict";
import { type Fault, FaultyHub } from "../support/faulty_hub/hub.ts";
import { HubError, InterruptedError } from "../../src/errors.ts";
import type { HubClientOptions } from "../../src/hub/hub_client.ts";
import { speaksOldHttp } from "../../src/hub/answer/package_head.ts";
import type { FetchOutcome, PackageRequest } from "../../src/hub/answer/package_request.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { failure, RecordingSink, testClient } from "./client_fixture.ts";
import { equalBytes, NAME, PACKAGE } from "./conformance.ts";

const MIDDLE: PackageRequest = { ranges: [{ start: 100, end: 50_100 }], allowFull: false };
const WHOLE: PackageRequest = { ranges: "all", allowFull: true };

function demoHub(kind: "deployed" | "modern", ...faults: Fault[]): FaultyHub {
  const hub = new FaultyHub({
    kind,
    datasets: { [NAME]: { version: "2026-11-22T06:02:38.165365", package: PACKAGE } },
  });
  hub.faults.add(...faults);
  return hub;
}

async function ask(
  hub: FaultyHub,
  request: PackageRequest,
  options?: Partial<HubClientOptions>,
): Promise<{ outcome?: FetchOutcome; error?: unknown; sink: RecordingSink }> {
  using client = testClient(hub.url, options);
  const sink = new RecordingSink();
  try {
    return { outcome: await client.package({ name: NAME }).fetch(request, sink), sink };
  } catch (error) {
    return { error, sink };
  }
}

interface Case {
  fault: Fault;
  code: HubError["code"];
  retriable: boolean;
  request?: PackageRequest;
  options?: Partial<HubClientOptions>;
}

const cases: Case[] = [
  { fault: { name: "reset", after: 1000 }, code: "cut_short", retriable: true },
  // Deno itself sends a request again that got no answer at all.
  { fault: { name: "reset", after: -1, times: 9 }, code: "cut_short", retriable: true },
  {
    fault: { name: "stall", after: 1000 },
    code: "stalled",
    retriable: true,
    options: { timeoutMs: 200 },
  },
  {
    fault: { name: "slow_first_byte", ms: 60_000 },
    code: "stalled",
    retriable: true,
    options: { timeoutMs: 200 },
  },
  { fault: { name: "wrong_content_range" }, code: "wrong_range", retriable: false },
  { fault: { name: "other_range" }, code: "wrong_range", retriable: false },
  { fault: { name: "status_416" }, code: "wrong_range", retriable: false },
  { fault: { name: "content_length_long" }, code: "wrong_range", retriable: false },
  { fault: { name: "content_length_short" }, code: "cut_short", retriable: true },
  { fault: { name: "html" }, code: "http_status", retriable: true },
  { fault: { name: "html" }, code: "http_status", retriable: true, request: WHOLE },
  { fault: { name: "status_500" }, code: "http_status", retriable: true },
  { fault: { name: "status_429", retryAfter: 7 }, code: "rate_limited", retriable: true },
  { fault: { name: "not_found" }, code: "not_found", retriable: false },
  { fault: { name: "redirect_loop" }, code: "redirect", retriable: false },
  { fault: { name: "require_auth" }, code: "http_status", retriable: false },
  { fault: { name: "wrong_package" }, code: "wrong_package", retriable: false },
];

for (const { fault, code, retriable, request = MIDDLE, options } of cases) {
  for (const kind of ["deployed", "modern"] as const) {
    const what = request === WHOLE ? "the whole" : "a range";
    Deno.test(`RemotePackage.fetch() says ${code} when ${what} meets ${fault.name} (${fault.after ?? ""}) on ${kind}`, async () => {
      await using hub = demoHub(kind, fault);
      const { error, outcome } = await ask(hub, request, options);
      assert(error instanceof HubError, `${error} ${JSON.stringify(outcome)}`);
      assert.equal(error.code, code, error.message);
      assert.equal(isRetriable(error), retriable);
      if (fault.retryAfter !== undefined) assert.equal(error.retryAfterMs, 7000);
    });
  }
}

Deno.test("RemotePackage.fetch() hands nothing beyond the range on when a proxy gzips it", async () => {
  await using hub = demoHub("modern", { name: "gzip" });
  const { error, sink, outcome } = await ask(hub, MIDDLE);
  // Deno decodes it silently, so either the bytes are right or their count gives it away.
  if (error === undefined) assert.equal(outcome?.bytes, 50_000);
  for (const { offset, bytes } of sink.pieces) {
    assert(offset >= 100 && offset + bytes.length <= 50_100);
    assert(equalBytes(bytes, PACKAGE.subarray(offset, offset + bytes.length)));
  }
});

Deno.test("RemotePackage.fetch() keeps what came before the connection was cut", async () => {
  await using hub = demoHub("deployed", { name: "reset", after: 20_000 });
  const { sink } = await ask(hub, MIDDLE);
  assert.equal(sink.pieces[0]?.offset, 100);
  assert(equalBytes(sink.pieces[0]!.bytes, PACKAGE.subarray(100, 20_100)));
});

Deno.test("RemotePackage.fetch() is patient with a slow download that keeps moving", async () => {
  const request = { ranges: [{ start: 0, end: 10 }], allowFull: false };
  // A busy machine may itself be silent for as long as the limit: then all of it again, slower.
  for (const slowness of [1, 5, 25]) {
    await using hub = demoHub("deployed", { name: "trickle", after: 0, ms: 60 * slowness });
    const { outcome, error } = await ask(hub, request, { timeoutMs: 400 * slowness });
    if (error !== undefined && slowness < 25) continue;
    assert.equal(error, undefined);
    assert.equal(outcome?.bytes, 10);
    break;
  }
});

Deno.test("RemotePackage.fetch() reads the stamp and the kind of server", async () => {
  await using hub = demoHub("deployed", { name: "stale_package" });
  const { sink } = await ask(hub, MIDDLE);
  const [head] = sink.heads;
  assert.equal(head?.stampText, "2026-11-22T05:02:38");
  assert.equal(head?.stamp, Date.UTC(2026, 10, 21, 21, 2, 38));
  assert.equal(speaksOldHttp(head!), true);
});

Deno.test("RemotePackage.fetch() throws what the sink throws, and drops the answer", async () => {
  await using hub = demoHub("modern");
  using client = testClient(hub.url);
  const full = new Error("disk full");
  const remote = client.package({ name: NAME });
  const head = () => {};
  assert.equal(
    await failure(remote.fetch(WHOLE, {
      head,
      bytes() {
        throw full;
      },
    })),
    full,
  );
  assert.equal(
    await failure(remote.fetch(WHOLE, {
      head() {
        throw full;
      },
      bytes() {},
    })),
    full,
  );
});

Deno.test("RemotePackage.fetch() stops when its signal says so", async () => {
  await using hub = demoHub("modern", { name: "stall", after: 1000 });
  using client = testClient(hub.url);
  const stop = new AbortController();
  const error = await failure(
    client.package({ name: NAME }).fetch({ ...WHOLE, signal: stop.signal }, {
      head() {},
      bytes: () => stop.abort(),
    }),
  );
  assert(error instanceof InterruptedError, String(error));
});

Deno.test("HubClient sends its token to the hub's own origin only", async () => {
  await using target = demoHub("modern");
  await using hub = demoHub("deployed", { name: "redirect", to: target.url });
  const { outcome } = await ask(hub, WHOLE, { token: "s3cret", headers: { "x-key": "k" } });
  assert.equal(outcome?.bytes, PACKAGE.length);
  assert.equal(hub.requests[0]?.headers.get("authorization"), "Bearer s3cret");
  assert.equal(hub.requests[0]?.headers.get("x-key"), "k");
  assert.equal(target.requests[0]?.headers.has("authorization"), false);
  assert.equal(target.requests[0]?.headers.has("x-key"), false);
  assert.equal(target.requests[0]?.headers.get("accept-encoding"), "identity");
  assert.equal(target.requests[0]?.headers.get("user-agent"), "DataHubSync/test");
});

Deno.test("RemotePackage.fetch() goes through the original URL when a signed link expired", async () => {
  await using hub = demoHub("modern", { name: "expiring_redirect", uses: 1 });
  using client = testClient(hub.url);
  const remote = client.package({ name: NAME });
  for (let turn = 0; turn < 2; turn++) {
    assert.equal((await remote.fetch(MIDDLE, new RecordingSink())).kind, "range");
  }
  hub.faults.clear();
  hub.faults.add({ name: "expiring_redirect", uses: 0 });
  const error = await failure(remote.fetch(MIDDLE, new RecordingSink()));
  assert(
    error instanceof HubError && error.code === "redirect" && isRetriable(error),
    String(error),
  );
});

Deno.test("HubClient.catalog() tries again when a proxy's page comes first", async () => {
  const path = "/api/datasets";
  await using hub = demoHub(
    "deployed",
    { name: "html", path },
    { name: "status_503", retryAfter: 2, path },
  );
  const waits: [string, number][] = [];
  using client = testClient(hub.url, { onRetry: (cause, ms) => waits.push([cause, ms]) });
  assert.equal((await client.catalog()).datasets[0]?.name, NAME);
  assert.deepEqual(waits, [["not_json", 250], ["rate_limited", 2250]]);
});

Deno.test("HubClient.catalog() shows what a page says when it gives up on it", async () => {
  await using hub = demoHub("modern");
  hub.setCatalog("\n<html>502 Bad Gateway\n</html>");
  using client = testClient(hub.url);
  const error = await failure(client.catalog());
  assert(error instanceof HubError);
  assert.equal(error.code, "not_json");
  assert.match(error.message, /: 502 Bad Gateway$/);
});

Deno.test("HubClient.package() follows a package_url on its own origin only, unless told", () => {
  const entry = { name: "a", packageUrl: "https://cdn.example/a.zip" };
  using strict = testClient("http://hub.example/root");
  using loose = testClient("http://hub.example/root", { allowOtherOrigin: true });
  const at = (packageUrl: string) => strict.package({ ...entry, packageUrl } as never).url;
  assert.equal(at("/p/a.zip"), "http://hub.example/p/a.zip");
  assert.equal(at("p/a.zip"), "http://hub.example/root/p/a.zip");
  assert.equal(at("http://hub.example/p/a.zip"), "http://hub.example/p/a.zip");
  let refused: unknown;
  try {
    at(entry.packageUrl);
  } catch (error) {
    refused = error;
  }
  assert(refused instanceof HubError && refused.code === "redirect" && !isRetriable(refused));
  assert.equal(loose.package(entry as never).url, entry.packageUrl);
  assert.equal(
    strict.package({ name: "数 据/x" }).url,
    `http://hub.example/root/package/${encodeURIComponent("数 据/x")}.zip`,
  );
});
