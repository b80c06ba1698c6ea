/**
 * Every fault on the wire, by name, crossed with every kind of hub and with the whole engine: a first
 * sync and an update each end in the hub's tree, or in a clear error with everything as it was.
 *
 * Longer than 250 lines because every fault is a row.
 *
 * @module
 */
import assert from "node:assert/strict";
import { offer } from "../support/faulty_hub/dataset_package.ts";
import { buildZip } from "../support/zip_builder.ts";
import type { FaultName } from "../support/faulty_hub/fault.ts";
import { FAULT_TABLE } from "../support/faulty_hub/fault_table.ts";
import type { Fault } from "../support/faulty_hub/fault.ts";
import type { HubKind } from "../support/faulty_hub/hub.ts";
import { pro } from "../../src/demo/profiles.ts";
import { demoContent } from "../support/demo_content.ts";
import type { DemoDataset } from "../../src/demo/dataset.ts";
import type { Status } from "../../src/types.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { assertHonestManifest, EngineRig, type RunOptions } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

const KINDS: HubKind[] = ["deployed", "modern", "no_ranges"];
const PROFILE = pro({ scale: 0.003, rows: (random) => 20 + Math.floor(random() * 60) });

/** A fault, and what a sync that meets it ends with; `success` unless said. */
interface Case {
  name: FaultName;
  /** Its members. */
  fault?: Omit<Fault, "name">;
  /** For the test's name. */
  what?: string;
  ends?: Status;
  /** What the error says, where it fails. */
  says?: RegExp;
  run?: RunOptions;
  kinds?: HubKind[];
  turns?: ["first"];
  /** The waits that the hub asked for are kept, in ms. */
  waits?: (ms: number) => boolean;
  /** The package is stored, not deflated. */
  stored?: true;
  /** The hub holds another package afterwards: this is made of its dataset. */
  replacedBy?: (next: DemoDataset) => Pick<Fault, "package" | "version" | "other"> & { tree: Tree };
}

const quick: RunOptions = { client: { timeoutMs: 150 } };
/** With retries enough for a machine that is too busy to answer in time now and then. */
const stubborn: RunOptions = { client: { timeoutMs: 300, retries: 40 }, context: { retries: 40 } };
const always = { times: Infinity };
const ranges: HubKind[] = ["deployed", "modern"];
/** The deployed hub is busy with the slow answer and serves nobody else meanwhile. */
const concurrent: HubKind[] = ["modern", "no_ranges"];

const CASES: Case[] = [
  { name: "reset" },
  { name: "reset", what: "before any answer", fault: { after: -1 } },
  {
    name: "reset",
    what: "of every answer, each of which brings something",
    fault: { after: 4000, ...always },
    kinds: ["deployed", "modern"],
  },
  {
    name: "reset",
    what: "of every answer, and no ranges",
    fault: { after: 100, ...always },
    kinds: ["no_ranges"],
    ends: "download_failed",
    says: /cut off/,
  },
  {
    name: "reset",
    what: "of every answer before its first byte",
    fault: { after: 0, ...always },
    ends: "download_failed",
    says: /cut off/,
  },
  { name: "stall", fault: { after: 1000 }, run: stubborn },
  {
    name: "stall",
    what: "for ever",
    fault: { after: 0, ...always },
    run: quick,
    ends: "download_failed",
    says: /no byte came/,
  },
  { name: "trickle", what: "that moves", fault: { after: 5000, ms: 0 } },
  {
    name: "trickle",
    what: "slower than hub.timeout",
    fault: { after: 1000, ms: 1000 },
    run: stubborn,
    kinds: concurrent,
  },
  { name: "slow_first_byte", fault: { ms: 100 } },
  {
    name: "slow_first_byte",
    what: "beyond hub.timeout",
    fault: { ms: 60_000 },
    run: stubborn,
    kinds: concurrent,
  },
  { name: "garbage_after" },
  { name: "garbage_after", what: "every answer", fault: always },
  { name: "no_length" },
  { name: "no_length", what: "in every answer", fault: always },
  { name: "content_length_long" },
  { name: "content_length_short" },
  { name: "content_length_long", what: "in every answer", fault: always, ends: "download_failed" },
  { name: "content_length_short", what: "in every answer", fault: always, ends: "download_failed" },
  { name: "wrong_content_range" },
  // The package is asked for whole then.
  { name: "wrong_content_range", what: "in every answer", fault: always, kinds: ranges },
  {
    name: "wrong_content_range",
    what: "of another total",
    fault: { contentRange: "bytes 0-9/10" },
  },
  { name: "full_for_range" },
  { name: "full_for_range", what: "in every answer", fault: always },
  { name: "full_for_if_range" },
  { name: "other_range" },
  // The package is asked for whole then.
  { name: "other_range", what: "in every answer", fault: always, kinds: ranges },
  { name: "status_416" },
  // The package is asked for whole then.
  { name: "status_416", what: "in every answer", fault: always, kinds: ranges },
  { name: "gzip" },
  { name: "html" },
  {
    name: "html",
    what: "for ever",
    fault: always,
    ends: "download_failed",
    says: /502 Bad Gateway/,
  },
  { name: "html", what: "instead of the catalog", fault: { path: "/api/" } },
  { name: "not_found", what: "then found" },
  { name: "not_found", what: "for ever", fault: always, ends: "download_failed", says: /404/ },
  { name: "status_429", fault: { retryAfter: 7 }, waits: (ms) => ms >= 7000 && ms < 8000 },
  {
    name: "status_503",
    fault: { retryAfter: new Date(Date.now() + 240_000).toUTCString() },
    what: "until a date",
    waits: (ms) => ms > 60_000 && ms <= 300_000,
  },
  {
    name: "status_503",
    what: "for an absurd time",
    fault: { retryAfter: 1e12 },
    ends: "download_failed",
    says: /503/,
    waits: (ms) => ms === 0,
  },
  { name: "status_503", what: "for no time at all", fault: { retryAfter: "soon" } },
  { name: "status_429", what: "for ever", fault: always, ends: "download_failed", says: /429/ },
  { name: "status_500" },
  {
    name: "redirect",
    what: "to a page that isn't there",
    fault: { to: "/nowhere" },
    ends: "download_failed",
    says: /nowhere answered 404/,
  },
  { name: "redirect_loop", ends: "download_failed", says: /redirect/ },
  { name: "expiring_redirect" },
  { name: "expiring_redirect", what: "after one use", fault: { uses: 1 } },
  {
    name: "expiring_redirect",
    what: "before its first use",
    fault: { uses: 0 },
    ends: "download_failed",
  },
  { name: "require_auth", ends: "download_failed", says: /401/ },
  { name: "require_auth", what: "that we have", run: { client: { token: "secret" } } },
  { name: "replace_package", what: "by one of another length", replacedBy: nextDay },
  {
    name: "replace_package",
    what: "by one of another length, the open answer going on with the new bytes",
    fault: { then: "new" },
    replacedBy: nextDay,
  },
  {
    name: "replace_package",
    what: "by one of the same length",
    fault: { then: "new" },
    stored: true,
    replacedBy: sameLength,
  },
  {
    name: "replace_package",
    what: "by the same bytes under another name",
    replacedBy: (dataset) => ({
      other: "stock-trading-data-pro_20300101_000000.zip",
      tree: treeOf(dataset),
    }),
  },
  { name: "stale_package", ends: "success" },
  { name: "wrong_package", ends: "download_failed", says: /another-dataset/ },
  { name: "cut_package", ends: "download_failed" },
  { name: "bit_flip" },
  {
    name: "bit_flip",
    what: "in every answer",
    fault: { ...always, offset: 60 },
    ends: "extract_failed",
    turns: ["first"],
  },
  { name: "bit_flip_directory" },
  { name: "bit_flip_directory", what: "in every answer", fault: always, ends: "extract_failed" },
  { name: "weak_etag" },
  { name: "etag_change" },
  { name: "etag_change", what: "in every answer", fault: always },
];

for (const one of CASES) {
  for (const kind of one.kinds ?? KINDS) {
    const { name, what, ends = "success" } = one;
    const about = what === undefined ? name : `${name} ${what}`;
    Deno.test(`syncAll() ends in ${ends} when ${kind} has ${about}`, () => meet(one, kind));
  }
}

const tls = { ignore: !hasOpenssl() };

for (
  const [what, server, trusted, ends] of [
    ["a certificate of an unknown authority", "right", false, "download_failed"],
    ["a certificate for another host", "wrongName", true, "download_failed"],
    ["hub.ca_file", "right", true, "success"],
  ] as const
) {
  Deno.test(`syncAll() ends in ${ends} over TLS with ${what}`, tls, async () => {
    const certificates = await makeCertificates();
    await using rig = await EngineRig.make();
    await Deno.writeTextFile(rig.at("ca.pem"), certificates.ca);
    await using hub = startHub({ profile: PROFILE, tls: certificates[server] });
    using owned = createFetch({ direct: true, ...(trusted && { caFile: rig.at("ca.pem") }) });
    const result = await rig.sync(hub.url, { client: { fetch: owned.fetch } });
    assert.equal(result.status, ends, result.error);
    assertSameTree(await rig.tree(), ends === "success" ? hub.tree() : new Map());
    if (ends !== "success") {
      assert.match(result.error!, /certificate/i);
      assert.match(result.hint ?? "", /ca_file|certificate|name/);
      assert.equal(rig.waits.length, 0, "asking again can't help");
    }
  });
}

Deno.test("syncAll() is tried with every fault by name", () => {
  const tried = new Set(CASES.map(({ name }) => name));
  assert.deepEqual(Object.keys(FAULT_TABLE).filter((name) => !tried.has(name as FaultName)), []);
});

/** A first sync and an update, each meeting the fault; then each without it. */
async function meet(one: Case, kind: HubKind): Promise<void> {
  const { name, ends = "success" } = one;
  await using hub = startHub({ kind, profile: PROFILE, ...one.stored && { zip: { level: 0 } } });
  await using rig = await EngineRig.make();
  for (const turn of one.turns ?? ["first", "update"]) {
    if (turn === "update") hub.nextDay({ rewritten: 2, removed: 1, added: 1 });
    const before = { tree: await rig.tree(), version: await rig.recorded() };
    const { tree: replaced, ...replacement } = one.replacedBy?.(hub.dataset) ?? {};
    hub.hub.faults.add({ name, ...one.fault, ...replacement });
    const result = await rig.sync(hub.url, one.run);
    const about = `${turn}: ${result.status}: ${result.error}`;
    await assertHonestManifest(rig.dataset.localDir);
    if (ends === "success") {
      assert(result.success, about);
      assertSameTree(await rig.tree(), replaced ?? hub.tree());
      if (name !== "stale_package") assert.equal(await rig.recorded(), result.version, about);
    } else {
      assert.equal(result.status, ends, about);
      assert((result.error ?? "").length > 10, about);
      if (one.says) assert.match(result.error!, one.says);
      assertSameTree(await rig.tree(), before.tree);
      assert.equal(await rig.recorded(), before.version);
    }
    if (one.waits) {
      const longest = Math.max(0, ...rig.waits.map(([, ms]) => ms));
      assert(one.waits(longest), `waited ${longest} ms`);
    }
    hub.hub.reset();
    const after = await rig.sync(hub.url);
    assert(after.success, `${turn}, without the fault: ${after.error}`);
    assertSameTree(await rig.tree(), replaced ?? hub.tree());
    await assertHonestManifest(rig.dataset.localDir);
  }
}

/** The next day's package, with what a client's folder must hold then. */
function nextDay(dataset: DemoDataset): { package: Uint8Array; version: string; tree: Tree } {
  const next = dataset.nextDay({ rewritten: 3, added: 1 });
  return { package: offer(next).package, version: later(dataset), tree: treeOf(next) };
}

/** What a folder must hold that follows this dataset. */
function treeOf(dataset: DemoDataset): Tree {
  return new Map(dataset.files.map((file) => [file.path, demoContent(file)]));
}

/** A package of the same length in which every file has another content of the same size. */
function sameLength(dataset: DemoDataset): { package: Uint8Array; version: string; tree: Tree } {
  const tree: Tree = new Map();
  for (const [path, content] of treeOf(dataset)) {
    const turned = content.slice();
    turned[turned.length - 3]! ^= 1;
    tree.set(path, turned);
  }
  const files = [...tree].map(([path, content]) => ({ path, content, level: 0 }));
  return { package: buildZip(files), version: later(dataset), tree };
}

/** A version five minutes later: a replaced package is built after that. */
function later({ version }: DemoDataset): string {
  return version.replace("20:15:00", "20:20:00");
}
