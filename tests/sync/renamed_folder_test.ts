/** Archives whose one folder has another name in each version: what stayed the same isn't fetched. */
import assert from "node:assert/strict";
import { commonFolder, formerPaths } from "../../src/sync/on_disk/renamed.ts";
import { type EngineOptions, EngineRig } from "../support/engine.ts";
import { startFileServer } from "../support/file_server.ts";
import { judge } from "../support/judge.ts";
import { seededRandom } from "../support/random.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { treeOf, zipOf } from "./watched.ts";

const random = seededRandom(29);
const noise = (length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join("");
const BULK = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`src/${index}/f.txt`, noise(40_000)]),
);
const LOG = Array.from({ length: 9000 }, () => `${noise(12)}\n`).join("");

/** A version's files, in the folder that it puts them in. */
function versionIn(folder: string, more: Record<string, string> = {}): Tree {
  const files = { ...BULK, "README.md": "# repo\n", "log.csv": LOG, ...more };
  return treeOf(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [folder + path, text])),
  );
}

const bytesOf = (tree: Tree) => new Uint8Array(zipOf(tree));

/** What a tree has of another's paths. */
const partOf = (tree: Tree, other: Tree): Tree =>
  new Map([...tree].filter(([path]) => other.has(path)));

/** The end of a package with the directory, which is asked for at once. */
const DIRECTORY = 70_000;

interface Renaming {
  what: string;
  from: string;
  to: string;
  dataset?: EngineOptions["dataset"];
  /** What else is new. */
  more?: Record<string, string>;
}

const RENAMINGS: Renaming[] = [
  { what: "its only folder", from: "repo-1.2/", to: "repo-1.3/" },
  {
    what: "its only folder, and a file changed",
    from: "r-1/",
    to: "r-2/",
    more: { "README.md": "2\n" },
  },
  { what: "a folder below one that stays", from: "export/2026-01-01/", to: "export/2026-01-02/" },
  { what: "the folder above one that stays", from: "v1/data/", to: "v2/data/" },
  {
    what: "its only folder, as a snapshot",
    from: "a/",
    to: "b/",
    dataset: { publish: "snapshot" },
  },
];

for (const { what, from, to, dataset, more = {} } of RENAMINGS) {
  for (const deleteRemoved of [true, false]) {
    Deno.test(`a package that renamed ${what} costs what is new (delete_removed: ${deleteRemoved})`, async () => {
      const [before, after] = [versionIn(from), versionIn(to, more)];
      await using server = startFileServer({ bytes: bytesOf(before), etag: '"1"', ranges: 1 });
      await using rig = await EngineRig.make({
        dataset: { stripPrefix: "", deleteRemoved, ...dataset },
      });
      assert.equal((await syncUrl(rig, server.url)).status, "success");
      Object.assign(server.state, { bytes: bytesOf(after), etag: '"2"' });
      const result = await syncUrl(rig, server.url);
      assert.equal(result.status, "success", result.error);
      assert(result.bytesDownloaded < DIRECTORY, `${result.bytesDownloaded} bytes`);
      assert.deepEqual(rig.warnings, []);
      const there = judge(server.state.bytes);
      assertSameTree(await rig.tree(), deleteRemoved ? there : new Map([...before, ...there]));
      // Each day's folder follows from the last one's, whatever of it stayed.
      const third = versionIn(to.replace(/[0-9a-z](?=\/)/, "9"), more);
      Object.assign(server.state, { bytes: bytesOf(third), etag: '"3"' });
      const last = await syncUrl(rig, server.url);
      assert.equal(last.status, "success", last.error);
      assert(last.bytesDownloaded < DIRECTORY, `${last.bytesDownloaded} bytes`);
      assertSameTree(partOf(await rig.tree(), third), judge(server.state.bytes));
    });
  }
}

Deno.test("a file that grew while its folder was renamed costs its tail", async () => {
  const [before, after] = [versionIn("d-1/"), versionIn("d-2/", { "log.csv": `${LOG}more\n` })];
  await using server = startFileServer({ bytes: bytesOf(before), etag: '"1"' });
  await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
  assert.equal((await syncUrl(rig, server.url)).status, "success");
  Object.assign(server.state, { bytes: bytesOf(after), etag: '"2"' });
  const result = await syncUrl(rig, server.url);
  assert.equal(result.status, "success", result.error);
  assert(result.bytesDownloaded < DIRECTORY + 40_000, `${result.bytesDownloaded} bytes`);
  assertSameTree(await rig.tree(), judge(server.state.bytes));
});

for (
  const [what, spoil] of [
    ["changed", (path: string) => Deno.writeTextFile(path, "mine")],
    ["changed, and of the same size", async (path: string) => {
      const bytes = await Deno.readFile(path);
      bytes[7]! ^= 1;
      await Deno.writeFile(path, bytes);
    }],
    ["removed", (path: string) => Deno.remove(path)],
    ["replaced by a link", async (path: string) => {
      await Deno.remove(path);
      await Deno.symlink("/etc/passwd", path);
    }],
  ] as const
) {
  Deno.test(`of a folder that was renamed a file that somebody had ${what} is fetched`, async () => {
    const [before, after] = [versionIn("d-1/"), versionIn("d-2/")];
    await using server = startFileServer({ bytes: bytesOf(before), etag: '"1"' });
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "", deleteRemoved: false } });
    assert.equal((await syncUrl(rig, server.url)).status, "success");
    await spoil(`${rig.dataset.localDir}/d-1/src/3/f.txt`);
    Object.assign(server.state, { bytes: bytesOf(after), etag: '"2"' });
    const result = await syncUrl(rig, server.url);
    assert.equal(result.status, "success", result.error);
    assert(result.bytesDownloaded < DIRECTORY + 40_000, `${result.bytesDownloaded} bytes`);
    assertSameTree(partOf(await rig.tree(), after), judge(server.state.bytes));
  });
}

Deno.test("commonFolder() is the deepest folder above all paths", () => {
  const cases: [string[], string][] = [
    [[], ""],
    [["a"], ""],
    [["a/b"], "a/"],
    [["a/b/c", "a/b/d/e"], "a/b/"],
    [["a/b/c", "a/bb/c"], "a/"],
    [["a/b", "c"], ""],
  ];
  for (const [paths, folder] of cases) assert.equal(commonFolder(paths), folder, paths.join());
});

Deno.test("formerPaths() exchanges the one folder that was renamed", () => {
  const cases: [before: string, now: string, path: string, former: string | undefined][] = [
    ["r-1/", "r-2/", "r-2/a/b", "r-1/a/b"],
    ["r-1/a/", "r-2/", "r-2/c/d", "r-1/c/d"],
    ["r-1/", "r-2/a/", "r-2/a/b", "r-1/a/b"],
    ["x/1/", "x/2/", "x/2/a", "x/1/a"],
    ["1/x/", "2/x/", "2/x/a", "1/x/a"],
    ["r/", "r/", "r/a", undefined],
    ["r/", "r/s/", "r/s/a", undefined],
    ["r/s/", "r/", "r/a", undefined],
    ["", "r/", "r/a", undefined],
    ["r/", "", "a", undefined],
  ];
  for (const [before, now, path, former] of cases) {
    assert.equal(formerPaths(before, now)?.(path), former, `${before} ${now}`);
  }
});
