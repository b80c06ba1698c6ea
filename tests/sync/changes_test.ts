/** What a publish moves, removes and leaves alone because somebody changed it. */
import assert from "node:assert/strict";
import { Manifest, type ManifestEntry } from "../../src/store/manifest.ts";
import { StagingNames } from "../../src/store/staging.ts";
import type { Gathered } from "../../src/sync/gather.ts";
import type { Look } from "../../src/sync/look/look.ts";
import { changesOf, countLeaving } from "../../src/sync/changes.ts";
import type { DiskFact } from "../../src/sync/on_disk/survey.ts";
import type { Entry } from "../../src/types.ts";

const entryOf = (path: string, crc: number, size = 10): Entry => ({
  path,
  crc,
  size,
  method: 8,
  flags: 0,
  compressedSize: 5,
  headerOffset: 0,
  index: 0,
  nameCrc: 0,
});

function gathered(
  entries: Entry[],
  has: { onDisk?: Record<string, DiskFact>; staged?: Record<string, DiskFact> },
  packagePaths = entries.map(({ path }) => path),
): Gathered {
  return {
    fingerprint: "f".repeat(64),
    total: 1000,
    entries,
    packagePaths: new Set(packagePaths),
    wants: (path: string) => entries.some((entry) => entry.path === path),
    onDisk: new Map(Object.entries(has.onDisk ?? {})),
    staged: new Map(Object.entries(has.staged ?? {})),
    names: new StagingNames(),
    fetched: 0,
  } as unknown as Gathered;
}

function manifestOf(entries: Record<string, ManifestEntry>): Manifest {
  const manifest = new Manifest();
  for (const [path, entry] of Object.entries(entries)) manifest.set(path, entry);
  return manifest;
}

/** The look that such a package begins with. */
const lookOf = ({ entries, packagePaths, wants }: Gathered): Look =>
  ({ located: entries.map((entry) => ({ entry })), packagePaths, wants }) as unknown as Look;

const asIs = { deleteRemoved: true, version: "v2", selection: "5e1ec7" };
const known = (crc: number, mtimeMs = 1): ManifestEntry => ({ size: 10, crc, mtimeMs });

Deno.test("changesOf() moves what is staged and keeps what is right in the folder", () => {
  const entries = [entryOf("kept", 1), entryOf("new", 2), entryOf("grown", 3)];
  const block = { bit: 77, out: 5 };
  const package_ = gathered(entries, {
    onDisk: { kept: { ...known(1, 5), block }, grown: known(9, 6) },
    staged: { new: known(2, 7), grown: { ...known(3, 8), block } },
  });
  const changes = changesOf(package_, manifestOf({ kept: known(1, 5), grown: known(9, 6) }), asIs);
  assert.deepEqual(
    changes.moves.map(({ path, crc, mtimeMs }) => [path, crc, mtimeMs]),
    [["new", 2, 7], ["grown", 3, 8]],
  );
  assert.deepEqual(changes.deletes, []);
  assert.deepEqual(changes.overwritten, []);
  const { manifest } = changes;
  assert.equal(manifest.version, "v2");
  assert.equal(manifest.total, 1000);
  assert.equal(manifest.fingerprint, "f".repeat(64));
  assert.deepEqual(Object.fromEntries(manifest.entries()), {
    kept: { ...known(1, 5), block },
    new: known(2, 7),
    grown: { ...known(3, 8), block },
  });
});

Deno.test("changesOf() removes only what the manifest names and isn't wanted any more", () => {
  const before = manifestOf({ gone: known(1, 2), filtered: known(3, 4), stays: known(5, 6) });
  const package_ = gathered(
    [entryOf("stays", 5)],
    { onDisk: { stays: known(5, 6) } },
    ["stays", "filtered"],
  );
  const { deletes, manifest } = changesOf(package_, before, asIs);
  assert.deepEqual(deletes, [
    { path: "gone", ...known(1, 2) },
    { path: "filtered", ...known(3, 4) },
  ]);
  assert.deepEqual([...manifest.entries()].map(([path]) => path), ["stays"]);
  assert.equal(manifest.selection, "5e1ec7");
  const kept = changesOf(package_, before, { ...asIs, deleteRemoved: false });
  assert.deepEqual(kept.deletes, []);
  assert.deepEqual(kept.manifest.get("gone"), known(1, 2), "still ours, should it be asked for");
  assert.equal(kept.manifest.get("filtered"), undefined, "left to the user");
  assert.equal(countLeaving(before, lookOf(package_)), 2);
  assert.equal(countLeaving(undefined, lookOf(package_)), 0);
  const empty = gathered([], {}, []);
  const emptied = changesOf(empty, before, asIs);
  assert.deepEqual(emptied.deletes, [], "a package without entries removes nothing");
  assert.equal(emptied.manifest.size, 3);
  assert.equal(countLeaving(before, lookOf(empty)), 0, "nor does a dry run say so");
  const none = gathered([], {}, ["stays", "filtered"]);
  const left = changesOf(none, before, asIs).deletes.map(({ path }) => path);
  assert.deepEqual(left, ["gone"], "settings that leave nothing remove nothing of what is there");
  assert.equal(countLeaving(before, lookOf(none)), 1);
});

Deno.test("changesOf() names files that somebody changed after us", () => {
  const entries = [
    entryOf("read", 2),
    entryOf("unread", 2),
    entryOf("ours", 2),
    entryOf("theirs", 2),
  ];
  const staged = Object.fromEntries(entries.map(({ path }) => [path, known(2, 9)]));
  const before = manifestOf({ read: known(1, 1), unread: known(1, 1), ours: known(1, 1) });
  const package_ = gathered(entries, {
    onDisk: {
      read: known(7, 3), // read meanwhile: another content than we left
      unread: { size: 11, mtimeMs: 3 }, // not read, but its size tells
      ours: known(1, 3), // touched, the content is ours
      theirs: known(7, 3), // was never ours
    },
    staged,
  });
  assert.deepEqual(changesOf(package_, before, asIs).overwritten, ["read", "unread"]);
});
