/** Who could exchange what a path leads to. */
import assert from "node:assert/strict";
import { OwnWays } from "../../src/fs/own_way.ts";
import { has } from "../support/installed.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { TempFolder } from "../support/temp.ts";

const isOwn = (path: string): boolean => new OwnWays().includes(path);
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
const STRANGER = 54321;

/** A folder two levels down. */
function deep(temp: TempFolder): string {
  Deno.mkdirSync(temp.at("a/b"), { recursive: true });
  return temp.at("a/b");
}

Deno.test("a way of folders that only root and this user write to is one's own", () => {
  using temp = new TempFolder();
  const folder = deep(temp);
  assert(isOwn(folder));
  assert(isOwn("/"));
  // Who may write to the last one can't exchange it.
  Deno.chmodSync(folder, 0o777);
  assert(isOwn(folder));
  assert(!isOwn(`${folder}/nothing`));
});

Deno.test("a way isn't one's own where a group or everybody may write above the folder", () => {
  for (const mode of [0o775, 0o757, 0o2775]) {
    using temp = new TempFolder();
    const folder = deep(temp);
    Deno.chmodSync(temp.at("a"), mode);
    assert(!isOwn(folder), mode.toString(8));
    assert(isOwn(temp.at("a")));
    Deno.mkdirSync(`${folder}/c`);
    assert(!isOwn(`${folder}/c`), "farther down");
  }
});

Deno.test("a way with a link on it isn't one's own", () => {
  using temp = new TempFolder();
  deep(temp);
  Deno.symlinkSync(temp.at("a"), temp.at("link"));
  for (const path of ["link", "link/b"]) assert(!isOwn(temp.at(path)), path);
});

Deno.test({
  name: "a way isn't root's own where a stranger owns a folder above, or one in a sticky folder",
  ignore: !has(isRoot, "root"),
  fn() {
    using temp = new TempFolder();
    const folder = deep(temp);
    Deno.chownSync(folder, STRANGER, STRANGER);
    assert(isOwn(folder), "its owner can't rename it");
    Deno.chmodSync(temp.at("a"), 0o1777);
    assert(!isOwn(folder), "sticky, and theirs");
    Deno.chownSync(folder, 0, 0);
    assert(isOwn(folder), "sticky, and root's");
    Deno.chownSync(temp.at("a"), STRANGER, STRANGER);
    assert(!isOwn(folder), "below theirs");
  },
});

Deno.test({
  name: "no way is one's own in a file system in user space",
  ignore: !canBeFaulty(),
  fn: async () => {
    await using fs = await mountFaulty();
    Deno.mkdirSync(fs.at("folder"));
    assert(!isOwn(fs.at("folder")));
  },
});
