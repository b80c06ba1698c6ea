/** A temporary folder goes, even while somebody still writes into it. */
import assert from "node:assert/strict";
import { removeFolder, tempDir } from "./temp.ts";

/** A shell that writes into a folder until the folder is gone or it is ended. */
function writer(path: string, rounds: string): Deno.ChildProcess {
  const loop = `n=0; while [ $n != ${rounds} ]; do n=$((n+1)); : >"$1/d/f$n" || exit 0; done`;
  return new Deno.Command("sh", {
    args: ["-c", `echo begun; { ${loop}; } 2>/dev/null`, "sh", path],
    stdout: "piped",
  }).spawn();
}

Deno.test("removeFolder() outlasts a writer that is about to end", async () => {
  const temp = await tempDir();
  await Deno.mkdir(temp.at("d"));
  const child = writer(temp.path, "3000");
  const output = child.stdout.getReader();
  await output.read();
  await removeFolder(temp.path);
  await assert.rejects(Deno.lstat(temp.path), Deno.errors.NotFound);
  await output.cancel();
  await child.status;
});

Deno.test("removeFolder() fails for what it can't remove, and for what isn't there", async () => {
  const temp = await tempDir();
  await assert.rejects(removeFolder(temp.at("none")), Deno.errors.NotFound);
  await temp[Symbol.asyncDispose]();
});
