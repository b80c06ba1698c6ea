/** Which of a package's files are on the disk, asked for in the cheapest way. */
import assert from "node:assert/strict";
import { Presence } from "../../src/store/folder_state.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("Presence finds plain files, asked for one by one or by the folder", async () => {
  await using dir = await tempDir();
  const root = dir.at("data");
  const many = Array.from({ length: 20 }, (_, n) => `many/f${n}.csv`);
  const wanted = [
    ...many,
    "few/a.csv",
    "few/b.csv",
    "top.csv",
    "gone/x/y.csv",
    "top.csv/below.csv",
  ];
  assert.equal(new Presence(root, wanted).stat("top.csv"), undefined, "no folder at all");
  await Deno.mkdir(`${root}/many`, { recursive: true });
  await Deno.mkdir(`${root}/few/b.csv`, { recursive: true });
  await Deno.writeTextFile(`${root}/many/f3.csv`, "12345");
  await Deno.symlink(`${root}/many/f3.csv`, `${root}/many/f4.csv`);
  await Deno.writeTextFile(`${root}/few/a.csv`, "1");
  await Deno.writeTextFile(`${root}/top.csv`, "12");
  const present = new Presence(root, wanted);
  for (const isLikely of [false, true]) {
    const found = wanted.map((path) => [path, present.stat(path, isLikely)?.size] as const)
      .filter(([, size]) => size !== undefined);
    assert.deepEqual(found, [["many/f3.csv", 5], ["few/a.csv", 1], ["top.csv", 2]]);
  }
});

Deno.test("Presence looks behind a data folder that is a link", async () => {
  await using dir = await tempDir();
  await Deno.mkdir(dir.at("version"));
  await Deno.writeTextFile(dir.at("version/a.csv"), "1");
  await Deno.symlink(dir.at("version"), dir.at("data"));
  assert.equal(new Presence(dir.at("data"), ["a.csv"]).stat("a.csv")?.size, 1);
});
