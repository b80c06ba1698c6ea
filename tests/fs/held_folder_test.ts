/** Changing names in a folder that somebody exchanges for a link, at whatever moment. */
import assert from "node:assert/strict";
import { writeFileAtomic } from "../../src/fs/atomic_write.ts";
import { HeldFolders, removeInPlace, renameInPlace } from "../../src/fs/held_folder.ts";
import { removeIfThere } from "../../src/fs/if_there.ts";
import { openOwn, setOwnMode } from "../../src/fs/own_file.ts";
import { orElse } from "../../src/or_else.ts";
import { TempFolder } from "../support/temp.ts";

/** A file of somebody's, and the same name in a folder that is exchanged for a link to it. */
function prepared(temp: TempFolder): { folder: string; prey: string } {
  const [folder, prey] = [temp.at("folder"), temp.at("prey")];
  Deno.chmodSync(temp.path, 0o777); // anybody may exchange what lies in it
  for (const path of [folder, prey]) Deno.mkdirSync(`${path}/deep/er`, { recursive: true });
  for (const path of [folder, prey]) Deno.writeTextFileSync(`${path}/file`, path);
  return { folder, prey };
}

/** Puts a link in a folder's place; what was there is `aside`. */
function swap(temp: TempFolder, { folder, prey }: { folder: string; prey: string }): void {
  Deno.renameSync(folder, temp.at("aside"));
  Deno.symlinkSync(prey, folder);
}

const ignore = Deno.build.os !== "linux";

/** What is changed by way of a folder that is held while it is exchanged. */
const CHANGES: Record<string, (at: (name: string) => string) => void> = {
  "a rename": (at) => Deno.renameSync(at("file"), at("other")),
  "a removal": (at) => Deno.removeSync(at("file")),
  "the removal of a tree": (at) => Deno.removeSync(at("deep"), { recursive: true }),
  "a link": (at) => Deno.linkSync(at("file"), at("other")),
  "a folder": (at) => Deno.mkdirSync(at("other")),
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test({
    name: `${what} is made in the folder that was held, wherever its path leads by then`,
    ignore,
    fn() {
      using temp = new TempFolder();
      const { folder, prey } = prepared(temp);
      using held = new HeldFolders();
      const at = (name: string): string => held.at(`${folder}/${name}`);
      at("file");
      const before = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      swap(temp, { folder, prey });
      change(at);
      assert.deepEqual([...Deno.readDirSync(prey)].map(({ name }) => name).sort(), before);
      assert.equal(Deno.readTextFileSync(`${prey}/file`), prey);
      assert.notDeepEqual([...Deno.readDirSync(temp.at("aside"))].map(({ name }) => name), before);
    },
  });
}

/** What is refused once a link has taken a folder's place. */
const REFUSED: Record<string, (path: string, temp: TempFolder) => void | Promise<void>> = {
  "renameInPlace() to it": (path, temp) => {
    Deno.writeTextFileSync(temp.at("new"), "new");
    renameInPlace(temp.at("new"), path);
  },
  "renameInPlace() from it": (path, temp) => renameInPlace(path, temp.at("new")),
  "removeInPlace()": (path) => removeInPlace(path),
  "removeIfThere()": (path) => removeIfThere({ path, to: "remove it" }, { recursive: true }),
  "writeFileAtomic() in place": (path) => writeFileAtomic(path, "new", { inPlace: true }),
  "setOwnMode() in place": (path) => {
    using held = new HeldFolders();
    setOwnMode(path, 0o777, { place: held.at(path) });
  },
  "openOwn() in place": (path) => openOwn(path, { access: "write", inPlace: true }).close(),
};

for (const [what, act] of Object.entries(REFUSED)) {
  for (const above of ["the folder", "one above it"]) {
    Deno.test({
      name: `${what} is refused where a link has taken the place of ${above}`,
      ignore,
      async fn() {
        using temp = new TempFolder();
        const { folder, prey } = prepared(temp);
        const below = above === "the folder" ? "" : "/deep/er";
        for (const path of [folder, prey]) Deno.writeTextFileSync(`${path}${below}/file`, path);
        swap(temp, { folder, prey });
        await assert.rejects(async () => await act(`${folder}${below}/file`, temp), /swapped|link/);
        assert.equal(Deno.readTextFileSync(`${prey}${below}/file`), prey);
        assert.deepEqual([...Deno.readDirSync(`${prey}${below}`)].length, below === "" ? 2 : 1);
      },
    });
  }
}

Deno.test({
  name: "HeldFolders hold only the latest few folders, and none once disposed of",
  ignore,
  fn() {
    using temp = new TempFolder();
    Deno.chmodSync(temp.path, 0o777); // what lies in it has to be held
    // Tests of other files run in this process, too.
    const isOurs = ({ name }: Deno.DirEntry): boolean =>
      orElse(() => Deno.readLinkSync(`/proc/self/fd/${name}`), "").startsWith(temp.path);
    const open = (): number => [...Deno.readDirSync("/proc/self/fd")].filter(isOurs).length;
    const before = open();
    {
      using held = new HeldFolders();
      for (let index = 0; index < 100; index++) {
        Deno.mkdirSync(temp.at(`${index}`));
        Deno.writeTextFileSync(temp.at(`${index}/file`), "");
        Deno.renameSync(held.at(temp.at(`${index}/file`)), held.at(temp.at(`${index}/other`)));
      }
      assert(open() - before <= 10, `${open() - before} folders are open`);
    }
    assert.equal(open(), before);
    for (let index = 0; index < 100; index++) {
      assert(Deno.statSync(temp.at(`${index}/other`)).isFile);
    }
  },
});

Deno.test({
  name: "a folder that may only be written to can be held",
  ignore: ignore || Deno.uid() === 0,
  fn() {
    using temp = new TempFolder();
    Deno.mkdirSync(temp.at("drop"), { mode: 0o300 });
    Deno.writeTextFileSync(temp.at("file"), "");
    renameInPlace(temp.at("file"), temp.at("drop/file"));
    Deno.chmodSync(temp.at("drop"), 0o700);
    assert(Deno.statSync(temp.at("drop/file")).isFile);
  },
});
