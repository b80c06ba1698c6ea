/** Everything on the way to a location is examined, each folder once for all that are judged together. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { PathPart } from "../../src/owners/rule.ts";
import { wayTo } from "../../src/owners/way.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("wayTo() sees the same with and without what was examined before", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("real/deep"), { recursive: true });
  await Deno.writeTextFile(temp.at("real/deep/file"), "");
  await Deno.symlink("real", temp.at("relative"));
  await Deno.symlink(temp.at("relative/deep"), temp.at("absolute"));
  const examined = new Map<string, PathPart>();
  const names = ["real", "relative/deep/file", "absolute/file", "absolute/../deep", "real/gone/x"];
  for (const name of [...names, ...names.toReversed()]) {
    const path = join(temp.path, ".") + `/${name}`;
    assert.deepEqual(wayTo(path, examined), wayTo(path), name);
  }
  const paths = [...examined.keys()];
  assert.equal(paths.includes(temp.at("real/gone")), false, "what isn't there may come");
  assert.equal(wayTo(temp.at("relative/deep"), examined).at(-1)!.kind, "folder");
});
