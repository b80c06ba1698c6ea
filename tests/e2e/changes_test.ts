/**
 * What changed, for the next program: the list, its numbers and what confirms them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { binaryPath, configFor, runBinary, type Workplace, workplace } from "../support/binary.ts";
import { codeBlock, replaceOnce } from "../docs/code_block.ts";
import { run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { PackedSite } from "../support/site.ts";
import type { Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const LISTED = { dataset: ["changes: true", "delete_removed: true"] };

function treeOf(files: Record<string, string>): Tree {
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

type Line = {
  path: string;
  kind: string;
  from_byte: number;
  size: number;
  number: number;
  dataset: string;
  version: string;
};

async function unread(place: Workplace, ...args: string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await place.run("changes", ...args);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

const short = (lines: Line[]): unknown[] =>
  lines.map(({ path, kind, from_byte, size, number }) => [path, kind, from_byte, size, number]);

Deno.test("changes lists each day's changes until they are confirmed, and joins unread days", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], LISTED));
  const rows = "d,c\n" + "2026-11-23,1.00\n".repeat(200);
  await site.publish(treeOf({ "a.csv": rows, "b.csv": rows, "c.csv": rows }));
  assert.equal((await place.run("-q")).code, 0);
  const size = rows.length;
  assert.deepEqual(short(await unread(place)), [
    ["a.csv", "new", 0, size, 1],
    ["b.csv", "new", 0, size, 1],
    ["c.csv", "new", 0, size, 1],
  ]);
  assert.equal((await place.run("changes", "--last")).stdout, "1\n");
  assert.equal((await place.run("changes", "--done", "1")).code, 0);
  assert.deepEqual(await unread(place), []);

  const monday = rows + "2026-11-24,2.00\n";
  const other = rows.replace("1.00", "9.00");
  await site.publish(treeOf({ "a.csv": monday, "b.csv": other, "d.csv": "d,c\n" }));
  const report = JSON.parse((await place.run("--json", "--exit-code")).stdout).results[0];
  assert.deepEqual(report.changes, { new: 1, appended: 1, replaced: 1, removed: 1 });
  const tuesday = monday + "2026-11-25,3.00\n";
  await site.publish(treeOf({ "a.csv": tuesday, "b.csv": other, "d.csv": "d,c\n2026,1\n" }));
  assert.equal((await place.run("-q", "--exit-code")).code, 10);
  assert.equal((await place.run("-q", "--exit-code")).code, 0);
  const lines = await unread(place);
  assert.deepEqual(short(lines), [
    ["a.csv", "appended", size, tuesday.length, 3],
    ["b.csv", "replaced", 0, size, 2],
    ["c.csv", "removed", 0, 0, 2],
    ["d.csv", "new", 0, 11, 3],
  ]);
  assert.deepEqual([lines[0]!.dataset, lines[0]!.version], [NAME, (await place.state())[NAME]]);
  assert.equal((await place.run("changes", "--exit-code")).code, 10);
  assert.equal((await place.run("changes", "--done", "2")).code, 0);
  assert.deepEqual(short(await unread(place)), [
    ["a.csv", "appended", monday.length, tuesday.length, 3],
    ["d.csv", "appended", 4, 11, 3],
  ]);
  const wrong = await place.run("changes", "--done", "4");
  assert.deepEqual([wrong.code, /a number up to 3, found 4/.test(wrong.stderr)], [2, true]);
});

for (const kind of ["modern", "deployed", "no_ranges"] as const) {
  Deno.test(`from_byte is where the appended rows begin, with a ${kind} hub`, async () => {
    await using hub = startHub({ kind });
    await using place = await workplace(configFor(hub.url, [NAME], LISTED));
    assert.equal((await place.run("-q")).code, 0);
    const before = await place.tree(NAME);
    hub.nextDay({ share: 0.5, rewritten: 3, added: 1, removed: 1 });
    assert.equal((await place.run("changes", "--done", "1")).code, 0);
    assert.equal((await place.run("-q")).code, 0);
    const after = await place.tree(NAME);
    const expected: unknown[] = [];
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(path), after.get(path)];
      if (now === undefined) expected.push([path, "removed", 0, 0, 2]);
      else if (old === undefined) expected.push([path, "new", 0, now.length, 2]);
      else if (old.length === now.length && old.every((byte, at) => byte === now[at])) continue;
      else if (old.every((byte, at) => byte === now[at])) {
        expected.push([path, "appended", old.length, now.length, 2]);
      } else expected.push([path, "replaced", 0, now.length, 2]);
    }
    const found = short(await unread(place));
    const order = (a: unknown, b: unknown): number => String(a) < String(b) ? -1 : 1;
    assert.deepEqual(found.sort(order), expected.sort(order));
    for (const word of ["appended", "replaced", "new", "removed"]) {
      assert(expected.some((row) => (row as string[])[1] === word), word);
    }
  });
}

Deno.test("verify --repair, --force and a file changed by hand are listed as replaced", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], LISTED));
  await site.publish(treeOf({ "a.csv": "d\n1\n", "b.csv": "d\n1\n", "c.csv": "d\n1\n" }));
  assert.equal((await place.run("-q")).code, 0);
  assert.equal((await place.run("changes", "--done", "1")).code, 0);
  await Deno.writeTextFile(place.at("data", NAME, "a.csv"), "d\n");
  assert.equal((await place.run("verify", "--repair")).code, 0);
  assert.deepEqual(short(await unread(place)), [["a.csv", "replaced", 0, 4, 2]]);
  await Deno.writeTextFile(place.at("data", NAME, "b.csv"), "d\n9\n");
  assert.equal((await place.run("--force", "-q")).code, 0);
  assert.deepEqual(short(await unread(place)).at(-1), ["b.csv", "replaced", 0, 4, 3]);
  await Deno.writeTextFile(place.at("data", NAME, "c.csv"), "d\n");
  await site.publish(treeOf({ "a.csv": "d\n1\n2\n", "b.csv": "d\n1\n", "c.csv": "d\n1\n2\n" }));
  assert.equal((await place.run("changes", "--done", "3")).code, 0);
  assert.equal((await place.run("--force", "-q")).code, 0);
  assert.deepEqual(short(await unread(place)), [
    ["a.csv", "appended", 4, 6, 4],
    ["c.csv", "replaced", 0, 6, 4],
  ]);
});

Deno.test("sync --changes and report --output replace no pipe, and say so before anything is done", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], LISTED));
  await site.publish(treeOf({ "a.csv": "1\n" }));
  const pipe = place.at("pipe");
  await run("mkfifo", [pipe]);
  const sync = await place.run("-q", "--changes", pipe);
  assert.equal(sync.code, 3, sync.stderr);
  assert.match(sync.stderr, /pipe was not replaced by a file: it is a pipe\n.*name a file/s);
  assert.deepEqual(await place.state().catch(() => ({})), {});
  const report = await place.run("report", "--output", pipe);
  assert.notEqual(report.code, 0);
  assert.equal((await Deno.lstat(pipe)).isFifo, true);
});

Deno.test("sync --changes begins a list, writes what is unread, and changes: false ends it", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME]));
  await site.publish(treeOf({ "a.csv": "1\n" }));
  assert.equal((await place.run("-q")).code, 0);
  const none = await place.run("changes");
  assert.deepEqual([none.code, none.stdout], [0, ""]);
  assert.match(none.stderr, /changes aren't kept; set `changes: true`/);
  await site.publish(treeOf({ "a.csv": "1\n2\n" }));
  const list = place.at("list.jsonl");
  assert.equal((await place.run("-q", "--changes", list)).code, 0);
  const written = (await Deno.readTextFile(list)).trim();
  assert.deepEqual(short([JSON.parse(written)]), [["a.csv", "appended", 2, 4, 1]]);
  await site.publish(treeOf({ "a.csv": "1\n2\n3\n" }));
  assert.equal((await place.run("-q")).code, 0);
  assert.deepEqual(short(await unread(place)), [["a.csv", "appended", 2, 6, 2]]);
  await place.configure(configFor(site.url, [NAME], { dataset: ["changes: false"] }));
  await site.publish(treeOf({ "a.csv": "1\n2\n3\n4\n" }));
  assert.equal((await place.run("-q")).code, 0);
  assert.equal((await place.run("changes", "--done", "2")).code, 0);
  assert.match((await place.run("changes")).stderr, /changes aren't kept/);
  const both = await place.run("--dry-run", "--changes", list);
  assert.deepEqual([both.code, /--changes doesn't go with --dry-run/.test(both.stderr)], [2, true]);
});

Deno.test("what `changes` asks for begins a list", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME]));
  await site.publish(treeOf({ "a.csv": "1\n" }));
  assert.equal((await place.run("-q")).code, 0);
  const said = /set `(.*)` for it in (.*)$/m.exec((await place.run("changes")).stderr);
  assert.equal(said?.[2], place.at("config.yaml"));
  await place.configure(configFor(site.url, [NAME], { dataset: [said![1]!] }));
  await site.publish(treeOf({ "a.csv": "1\n2\n" }));
  assert.equal((await place.run("-q")).code, 0);
  assert.deepEqual(short(await unread(place)), [["a.csv", "appended", 2, 4, 1]]);
});

const python = installed("python3");
Deno.test({
  name: "docs/changes.md loads only the appended rows into SQLite, and may be run twice",
  ignore: !python,
  async fn() {
    await using site = await PackedSite.make("bars");
    await using place = await workplace(configFor(site.url, ["bars"], LISTED));
    const recipe = await codeBlock("changes.md", { language: "python", holding: "sqlite3" });
    const own = (text: string): string =>
      [
        ['"datahubsync"', JSON.stringify(binaryPath())],
        ["/srv/sync/config.yaml", place.at("config.yaml")],
        ["/data/bars", place.at("data", "bars")],
        ["bars.db", place.at("bars.db")],
      ].reduce((text, [from, to]) => replaceOnce(text, from!, to!), text);
    await Deno.writeTextFile(place.at("load.py"), own(recipe));
    const load = (file = "load.py") => run("python3", [place.at(file)]);
    const table = async (): Promise<unknown[][]> => {
      const query = "import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1])" +
        ".execute('SELECT rowid, file, at, date, close FROM bars ORDER BY file, at').fetchall()))";
      return JSON.parse(await run("python3", ["-c", query, place.at("bars.db")]));
    };
    await site.publish(
      treeOf({ "a.csv": "date,close\n2026-11-23,1.5\n", "b.csv": "date,close\n" }),
    );
    assert.equal((await place.run("-q")).code, 0);
    await load();
    assert.deepEqual(await table(), [[1, "a.csv", 11, "2026-11-23", 1.5]]);
    await site.publish(
      treeOf({
        "a.csv": "date,close\n2026-11-23,1.5\n2026-11-24,2.5\n",
        "b.csv": "date,close\n2026-11-24,7\n",
      }),
    );
    assert.equal((await place.run("-q")).code, 0);
    // One that dies before it confirms: the next one reads the same.
    const dies = own(recipe).replace("if changes:\n", "raise SystemExit(0)\nif changes:\n");
    await Deno.writeTextFile(place.at("dies.py"), dies);
    await load("dies.py");
    const yesterday = [1, "a.csv", 11, "2026-11-23", 1.5];
    const [first, ...rest] = await table();
    // The same rowid: yesterday's row wasn't loaded a second time.
    assert.deepEqual(first, yesterday);
    const expected = [["a.csv", 26, "2026-11-24", 2.5], ["b.csv", 11, "2026-11-24", 7]];
    assert.deepEqual(rest.map(([_, ...row]) => row), expected);
    await load();
    const [again, ...others] = await table();
    assert.deepEqual(again, yesterday);
    assert.deepEqual(others.map(([_, ...row]) => row), expected);
    assert.equal((await runBinary(["changes", "-c", place.at("config.yaml")])).stdout, "");
  },
});
