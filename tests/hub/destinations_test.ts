/**
 * A hub that sends us where it has no business: by redirect and by `package_url`, in every spelling.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { HubError } from "../../src/errors.ts";
import { proxyFor } from "../../src/hub/route/proxy.ts";
import { Destinations } from "../../src/hub/request/destinations.ts";
import type { LookUp } from "../../src/hub/route/addresses.ts";
import type { HubClientOptions } from "../../src/hub/hub_client.ts";
import type { Fetch, ListedDataset } from "../../src/types.ts";
import { RecordingSink, testClient } from "./client_fixture.ts";

const NAMES: Record<string, string[]> = {
  "hub.example": ["93.184.215.14"],
  "cdn.example": ["2606:4700::1111", "104.16.0.1"],
  "metadata.example": ["169.254.169.254"],
  "half.example": ["93.184.215.14", "10.0.0.7"],
  "inside.example": ["10.0.0.7"],
  "other.inside.example": ["192.168.7.7"],
  "fake-ip.example": ["198.18.0.9"],
};
const lookUp: LookUp = (name) =>
  NAMES[name] === undefined
    ? Promise.reject(new Error("no such name"))
    : Promise.resolve(NAMES[name]);

/** Hosts that a public hub may not lead to. */
const INTERNAL = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f000001",
  "0177.0.0.1",
  "0",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[64:ff9b::a9fe:a9fe]",
  "169.254.169.254",
  "10.0.0.7",
  "192.168.1.1",
  "[fd00:ec2::254]",
  "localhost",
  "LOCALHOST.",
  "x.localhost",
  "metadata.example",
  "METADATA.example.",
  "half.example",
  "inside.example",
];

async function refused(hub: string, url: string, options = {}): Promise<string | undefined> {
  try {
    await new Destinations(new URL(hub), { lookUp, ...options }).check(new URL(url));
    return undefined;
  } catch (error) {
    assert(error instanceof HubError && error.code === "redirect", String(error));
    return error.message;
  }
}

Deno.test("Destinations keep a public hub from leading inside, in whatever spelling", async () => {
  for (const host of INTERNAL) {
    assert.match(
      await refused("https://hub.example", `https://${host}/x`) ?? "followed",
      /isn't asked/,
      host,
    );
  }
  for (
    const host of [
      "cdn.example",
      "8.8.8.8",
      "fake-ip.example",
      "unknown.example",
      "hub.example:444",
    ]
  ) {
    assert.equal(await refused("https://hub.example", `https://${host}/x`), undefined, host);
  }
});

Deno.test("Destinations let a hub lead to its own kind of address, and to no other", async () => {
  assert.equal(await refused("http://inside.example", "http://other.inside.example/"), undefined);
  assert.equal(await refused("http://10.0.0.1", "http://[fd00::1]/"), undefined);
  assert.equal(await refused("http://127.0.0.1:8000", "http://localhost:9000/"), undefined);
  assert.match(await refused("http://10.0.0.1", "http://127.0.0.1/") ?? "", /loopback/);
  assert.match(await refused("http://127.0.0.1", "http://169.254.169.254/") ?? "", /link-local/);
  assert.match(
    await refused("http://inside.example", "http://169.254.169.254/") ?? "",
    /link-local/,
  );
});

Deno.test("Destinations know hub.allow_hosts, proxies, and never go from https to http", async () => {
  const allowHosts = ["inside.example", "10.0.0.7"];
  for (const host of ["inside.example", "INSIDE.example.", "10.0.0.7"]) {
    assert.equal(
      await refused("https://hub.example", `https://${host}/`, { allowHosts }),
      undefined,
      host,
    );
  }
  assert(await refused("https://hub.example", "https://metadata.example/", { allowHosts }));
  const proxyOf = (url: URL) => proxyFor(url.href, () => "http://proxy:3128");
  assert.equal(
    await refused("https://hub.example", "https://inside.example/", { proxyOf }),
    undefined,
  );
  assert(await refused("https://hub.example", "https://10.0.0.7/", { proxyOf }));
  for (const options of [{}, { allowHosts: ["cdn.example"] }]) {
    assert.match(
      await refused("https://hub.example", "http://cdn.example/", options) ?? "",
      /https/,
    );
  }
});

/** A client of hub.example with what it asks for; `answer` says what comes. */
function client(
  answer: (url: URL) => Response,
  options: Partial<HubClientOptions> = {},
): { hub: ReturnType<typeof testClient>; asked: string[] } {
  const asked: string[] = [];
  const fetch: Fetch = (input) => {
    const url = new URL(String(input));
    asked.push(url.hostname);
    return Promise.resolve(answer(url));
  };
  return {
    hub: testClient("https://hub.example/", { fetch, lookUp, retries: 0, ...options }),
    asked,
  };
}

Deno.test("HubClient asks no internal address, neither by redirect nor by package_url", async () => {
  for (const host of INTERNAL) {
    const target = `https://${host}/latest/meta-data`;
    const redirect = client(() =>
      new Response(null, { status: 302, headers: { location: target } })
    );
    using hub = redirect.hub;
    const request = { ranges: "all" as const, allowFull: true };
    const refusal = { code: "redirect", name: "HubError" };
    await assert.rejects(hub.catalog(), refusal, host);
    await assert.rejects(
      hub.package({ name: "a" }).fetch(request, new RecordingSink()),
      refusal,
      host,
    );
    assert.equal(new Set(redirect.asked).size, 1, "nobody but the hub is asked");

    const named = client(() => new Response("secret"), { allowOtherOrigin: true });
    using other = named.hub;
    const entry = { name: "a", packageUrl: target } as ListedDataset;
    await assert.rejects(other.package(entry).fetch(request, new RecordingSink()), refusal, host);
    assert.equal(named.asked.length, 0);
  }
});

Deno.test("HubClient quotes no page of another server", async () => {
  const SECRET = "AKIA-very-secret";
  const location = "https://cdn.example/x";
  const pages = [
    () => new Response(SECRET, { status: 500 }),
    () => new Response(`<html>${SECRET}`, { headers: { "content-type": "text/html" } }),
    () => Response.json({ secret: SECRET }),
    () => new Response(`{"datasets": [{"x": ${SECRET}`),
  ];
  for (const page of pages) {
    const { hub } = client(({ hostname }) =>
      hostname === "hub.example"
        ? new Response(null, { status: 302, headers: { location } })
        : page()
    );
    using one = hub;
    const asks = [
      () => one.catalog(),
      () =>
        one.package({ name: "a" }).fetch({ ranges: "all", allowFull: true }, new RecordingSink()),
    ];
    for (const ask of asks) {
      const error = await ask().then(() => undefined, (thrown: unknown) => thrown);
      if (!(error instanceof HubError)) continue;
      const shown = JSON.stringify([error.message, { ...error.evidence, cause: undefined }]);
      assert(!shown.includes(SECRET), shown);
    }
  }
});

Deno.test("HubClient follows a hub on this machine to this machine", async () => {
  await using elsewhere = new FaultyHub({ kind: "modern" });
  await using hub = new FaultyHub({ kind: "modern" });
  hub.faults.add({ name: "redirect", path: "/api/", to: elsewhere.url });
  using one = testClient(hub.url);
  assert.equal((await one.catalog()).datasets.length, 0);
});
