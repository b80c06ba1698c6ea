/** What is said of a dataset with an address of its own, and by `get`: no hub, and settings that are theirs. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { Destinations } from "../../src/hub/request/destinations.ts";
import { RemotePackage } from "../../src/hub/remote_package.ts";
import { openTransport } from "../../src/hub/request/open_transport.ts";
import { BufferPool } from "../../src/hub/request/body_reader.ts";
import type { Section } from "../../src/config/setting_names.ts";
import { TimeLimit } from "../../src/hub/request/time_limit.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { AREAS } from "../../src/messages/areas.ts";
import { readBack } from "../../src/messages/read_back.ts";
import { failure } from "./client_fixture.ts";
import { RawServer } from "./raw_server.ts";

const CLOSE = "Content-Length: 0\r\nConnection: close\r\n\r\n";

/** What a person reads of an error. */
function words(error: unknown): string {
  assert(error instanceof HubError, String(error));
  return [error.message, error.evidence.expected, error.hint].filter(Boolean).join("\n");
}

/** The error of a package's request to a server that always answers so. */
async function answered(answer: string, section: Section): Promise<unknown> {
  await using server = new RawServer(answer);
  using owned = createFetch({ direct: true, idleConnections: 0 });
  const url = new URL(`${server.url}/bulk/a.zip`);
  const transport = openTransport(url, {
    section,
    closed: new AbortController().signal,
    options: {
      fetch: owned.fetch,
      clock: () => 0,
      random: () => 0.5,
      sleep: () => Promise.resolve(),
      timeoutMs: 20_000,
      timezone: "Asia/Shanghai",
      retries: 0,
      userAgent: "DataHubSync/test",
    },
  });
  const remote = new RemotePackage(url.href, {
    name: "a",
    anyName: section !== "hub",
    transport,
    timezone: "Asia/Shanghai",
    buffers: new BufferPool(),
    throttle: undefined,
  });
  const request = { ranges: [{ start: 0, end: 9 }], allowFull: false };
  return await failure(remote.fetch(request, { head() {}, bytes() {} }));
}

async function refused(address: string, to: string, section: Section): Promise<unknown> {
  const lookUp = () => Promise.resolve(["93.184.216.34"]);
  return await failure(new Destinations(new URL(address), { lookUp }, section).check(new URL(to)));
}

async function tooLong(section: Section): Promise<unknown> {
  using limit = new TimeLimit({ ms: 1, section }, "no answer");
  const { promise, resolve } = Promise.withResolvers<void>();
  limit.signal.addEventListener("abort", () => resolve());
  await promise;
  return limit.signal.reason;
}

const CASES: Record<string, (section: Section) => Promise<unknown>> = {
  "an answer that takes too long": tooLong,
  "a redirect from https to http": (section) =>
    refused("https://a.example/a.zip", "http://b.example/a.zip", section),
  "a redirect to a private address": (section) =>
    refused("https://a.example/a.zip", "https://10.0.0.7/a.zip", section),
  "a circle of redirects with a cookie": (section) =>
    answered(`HTTP/1.1 302 Found\r\nLocation: /bulk/a.zip\r\nSet-Cookie: a=b\r\n${CLOSE}`, section),
  "a range that isn't there": (section) =>
    answered(`HTTP/1.1 416 Range Not Satisfiable\r\n${CLOSE}`, section),
  "an answer that is compressed on its way": (section) =>
    answered(`HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\n${CLOSE}`, section),
};

for (const [name, fail] of Object.entries(CASES)) {
  Deno.test(`${name}: of an address it is said without a hub, in both languages`, async () => {
    for (const section of ["datasets[]", "get"] as const) {
      const english = words(await fail(section));
      // What all downloads share stands in the section `hub`.
      const own = english.replaceAll("hub.allow_hosts", "");
      assert.doesNotMatch(own, /\bhub\b|\/package\//i);
      const chinese = english.split("\n").map((line) => readBack(line, "zh")).join("\n");
      assert.notEqual(chinese, english);
      assert.doesNotMatch(chinese, /数据中心/);
    }
  });
}

Deno.test("an answer that takes too long names the setting of its source, or none where none helps", async () => {
  const hintOf = async (section: Section) => (await tooLong(section) as HubError).hint!;
  assert.match(await hintOf("hub"), /^hub\.timeout sets /);
  assert.match(await hintOf("datasets[]"), /^datasets\[\]\.timeout sets /);
  assert.match(await hintOf("get"), /^datasets\[\]\.timeout in a configuration sets /);
  using limit = new TimeLimit({ ms: 1 }, "no answer");
  const { promise, resolve } = Promise.withResolvers<void>();
  limit.signal.addEventListener("abort", () => resolve());
  await promise;
  assert.equal((limit.signal.reason as HubError).hint, undefined);
});

/** Said only where a hub's catalog, its digests or its signature are at hand. */
const OF_HUBS_ALONE = new Set([
  "sync.not_ready",
  "sync.version_older",
  "sync.not_the_package",
  "sync.wrong_digest",
  "sync.digest_unchecked",
  "sync.not_listed",
  "sync.package_older",
  "sync.not_signed_for",
  "sync.pack_signed_again",
  "sync.signature_not_yet",
  "sync.signature_not",
  "zip.wrong_digest",
]);

Deno.test("what is said of packages, archives and folders names a hub only where there is one", () => {
  const named = (["sync", "zip", "disk"] as const).flatMap((area) =>
    Object.entries(AREAS[area]!)
      .filter(([, { en }]) => /\bhubs?\b/i.test(en))
      .map(([key]) => `${area}.${key}`)
  ).filter((key) => key !== "disk.memory_of_hubs");
  assert.deepEqual(named.sort(), [...OF_HUBS_ALONE].sort());
});
