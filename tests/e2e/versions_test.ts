/**
 * The versions that a snapshot keeps: listed, gone back to, pinned, and kept by age.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, type Workplace, workplace } from "../support/binary.ts";
import { PackedSite } from "../support/site.ts";
import type { Tree } from "../support/tree.ts";

const NAME = "bars";
const SNAPSHOT = ["publish: snapshot", "keep_versions: 3", "changes: true", "delete_removed: true"];

function treeOf(files: Record<string, string>): Tree {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
}

/** Three days: a file that grows, one that is rewritten, one that comes, one that goes. */
const DAYS = [
  { "a.csv": "1\n", "b.csv": "1\n", "gone.csv": "g\n" },
  { "a.csv": "1\n2\n", "b.csv": "1\n", "gone.csv": "g\n" },
  { "a.csv": "1\n2\n3\n", "b.csv": "9\n", "c.csv": "c\n" },
];

async function threeDays(site: PackedSite, place: Workplace): Promise<void> {
  for (const day of DAYS) {
    await site.publish(treeOf(day));
    assert.equal((await place.run("-q")).code, 0);
  }
  assert.equal((await place.run("changes", "--done", "3")).code, 0);
}

async function live(place: Workplace): Promise<Record<string, string>> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    [...await place.tree(NAME)].map(([path, bytes]) => [path, decoder.decode(bytes)]),
  );
}

async function unread(place: Workplace): Promise<unknown[]> {
  const { stdout } = await place.run("changes");
  return stdout.trim().split("\n").map((line) => JSON.parse(line)).map((
    { path, kind, from_byte, size },
  ) => [path, kind, from_byte, size]);
}

Deno.test("a folder that was converted is a version like any other: with its text, and verified", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME]));
  await site.publish(treeOf(DAYS[0]!));
  assert.equal((await place.run("-q")).code, 0);
  const first = (await place.state())[NAME];
  await place.configure(configFor(site.url, [NAME], { dataset: SNAPSHOT }));
  assert.equal((await place.run("convert", NAME)).code, 0);
  await site.publish(treeOf(DAYS[1]!));
  assert.equal((await place.run("-q")).code, 0);
  const back = await place.run("rollback", NAME);
  assert.equal(back.stdout.slice(0, 60).includes(`000001 (${first})`), true, back.stdout);
  assert.equal((await place.state())[NAME], first);
  const verified = await place.run("verify", "--offline");
  assert.equal(verified.code, 0, verified.stdout);
  assert.deepEqual(await live(place), DAYS[0]);
});

Deno.test("a package that is announced again with the same files makes no version", async () => {
  await using site = await PackedSite.make(NAME);
  const dataset = ["publish: snapshot", "keep_versions: 2"];
  await using place = await workplace(configFor(site.url, [NAME], { dataset }));
  for (const index of [0, 1, 1, 1]) {
    await site.publish(treeOf(DAYS[index]!));
    assert.equal((await place.run("-q")).code, 0);
  }
  const { versions } = JSON.parse((await place.run("versions", NAME, "--json")).stdout);
  assert.deepEqual(versions.map(({ name }: { name: string }) => name), ["000001", "000002"]);
  // It is the one that was announced last.
  assert.equal(versions[1].version, (await place.state())[NAME]);
  assert.equal((await place.run("rollback", NAME)).code, 0);
  assert.deepEqual(await live(place), DAYS[0]);
});

Deno.test("rollback goes back a version, pins it and lists what that changes; pin --off goes on", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], { dataset: SNAPSHOT }));
  await threeDays(site, place);
  const { stdout } = await place.run("versions", NAME, "--json");
  const { versions } = JSON.parse(stdout);
  assert.deepEqual(
    versions.map((one: Record<string, unknown>) => [one.name, one.live, one.pinned]),
    [["000001", false, false], ["000002", false, false], ["000003", true, false]],
  );
  const [, second, third] = versions;
  assert.equal(third.version, (await place.state())[NAME]);

  const back = await place.run("rollback", NAME);
  assert.equal(back.code, 0, back.stderr);
  assert.match(back.stdout, /^bars: 000002 \(.*\) is live and pinned \(4 files changed\); for /);
  assert.deepEqual(await live(place), DAYS[1]);
  assert.equal((await place.state())[NAME], second.version);
  assert.deepEqual(await unread(place), [
    ["a.csv", "replaced", 0, 4],
    ["b.csv", "replaced", 0, 2],
    ["c.csv", "removed", 0, 0],
    ["gone.csv", "new", 0, 2],
  ]);
  assert.match((await place.run("versions", NAME)).stdout, /^000002 .* live {2}pinned$/m);

  // Syncs don't touch it, with --force neither; status and the result say why.
  for (const args of [["--json"], ["--json", "--force"]]) {
    const [result] = JSON.parse((await place.run(...args)).stdout).results;
    assert.deepEqual([result.status, result.error], [
      "up_to_date",
      "pinned to version 000002: not synced",
    ]);
  }
  assert.deepEqual(await live(place), DAYS[1]);
  const [row] = JSON.parse((await place.run("status", "--json")).stdout).datasets;
  assert.equal(row.pinned, "000002");
  assert.match((await place.run("status")).stdout, /pinned to version 000002, and not synced/);
  // Its files are as they were recorded, though the hub has newer ones.
  assert.match((await place.run("verify")).stdout, /^✓ bars: .*0 missing, 0 damaged/m);
  await Deno.writeTextFile(place.at("data", NAME, "b.csv"), "oops");
  const repair = await place.run("verify", "--repair");
  assert.deepEqual([repair.code, /bars is pinned to version 000002/.test(repair.stdout)], [
    3,
    true,
  ]);
  await Deno.writeTextFile(place.at("data", NAME, "b.csv"), "1\n");

  assert.equal((await place.run("changes", "--done", "4")).code, 0);
  assert.match((await place.run("pin", NAME, "--off")).stdout, /not pinned: the next sync goes on/);
  assert.equal((await place.run("-q")).code, 0);
  assert.deepEqual(await live(place), DAYS[2]);
  assert.equal((await place.state())[NAME], third.version);
  assert.deepEqual((await unread(place))[0], ["a.csv", "appended", 4, 6]);
});

Deno.test("pin keeps the live version or takes a named one, and says which there are", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], { dataset: SNAPSHOT }));
  await threeDays(site, place);
  assert.match((await place.run("pin", NAME)).stdout, /000003 \(.*\) is live and pinned \(0 files/);
  await site.publish(treeOf({ "z.csv": "z\n" }));
  assert.equal((await place.run("-q")).code, 0);
  assert.deepEqual(await live(place), DAYS[2]);
  assert.equal((await place.run("pin", NAME, "1")).code, 0);
  assert.deepEqual(await live(place), DAYS[0]);
  const none = await place.run("rollback", NAME);
  assert.match(none.stderr, /No version before the live one is kept of bars/);
  const unknown = await place.run("rollback", NAME, "17");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no version "17" of bars\nhint: kept are: 000001 \(.*000003 /);
  const off = await place.run("pin", NAME, "1", "--off");
  assert.deepEqual([off.code, /leave the version out/.test(off.stderr)], [2, true]);
});

Deno.test("versions are kept by age as well as by number", async () => {
  await using site = await PackedSite.make(NAME);
  const kept = async (lines: string[]): Promise<string[]> => {
    await using place = await workplace(configFor(site.url, [NAME], { dataset: lines }));
    for (const day of DAYS) {
      await site.publish(treeOf(day));
      assert.equal((await place.run("-q")).code, 0);
    }
    const { stdout } = await place.run("versions", NAME, "--json");
    return JSON.parse(stdout).versions.map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await kept(["publish: snapshot", "keep_versions: 1"]), ["000003"]);
  const aged = ["publish: snapshot", "keep_versions: 1", "keep_age: 2d"];
  assert.deepEqual(await kept(aged), ["000001", "000002", "000003"]);
});

Deno.test("versions, rollback and pin say that a plain folder has no versions", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME]));
  await site.publish(treeOf(DAYS[0]!));
  assert.equal((await place.run("-q")).code, 0);
  for (const command of ["versions", "rollback", "pin"]) {
    const { code, stderr } = await place.run(command, NAME);
    assert.equal(code, 3, command);
    assert.match(
      stderr,
      /There are no versions of .*\nhint: versions are kept with `publish: snap/,
    );
  }
});

Deno.test("versions, rollback, pin and changes speak Chinese", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(
    configFor(site.url, [NAME], { dataset: ["publish: snapshot"] }),
  );
  await site.publish(new Map([["a.csv", new TextEncoder().encode("1\n")]]));
  assert.equal((await place.run("-q")).code, 0);
  const none = await place.run("rollback", NAME, "--lang", "zh");
  assert.match(
    none.stderr,
    /^错误：.*没有保留比当前更早的版本\n提示：keep_versions 和 keep_age 决定/,
  );
  const wrong = await place.run("pin", NAME, "9", "--lang", "zh");
  assert.match(wrong.stderr, /^错误：bars 没有版本 "9"\n提示：保留的有：000001/);
  const pin = await place.run("pin", NAME, "--lang", "zh");
  assert.match(pin.stdout, /^bars：当前版本已固定为 000001 .*0 个文件有变化/);
  const off = await place.run("pin", NAME, "--off", "--lang", "zh");
  assert.equal(off.stdout, "bars：没有固定：下次同步会继续更新\n");
  assert.match((await place.run("changes", "--lang", "zh")).stderr, /^bars：没有保留变化；请在 /);
});
