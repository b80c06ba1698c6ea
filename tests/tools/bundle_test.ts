/** Joined modules behave as the sources do, with their names in stacks. */
import assert from "node:assert/strict";
import { bundle, urlsFromRoot } from "../../tools/bundle.ts";
import { outcomeOf } from "../support/command.ts";
import { tempDir } from "../support/temp.ts";

/** A tree with one worker and one command. */
async function treeWith(files: Record<string, string>) {
  const temp = await tempDir();
  for (const folder of ["src/room", "node_modules/p"]) {
    await Deno.mkdir(temp.at(folder), { recursive: true });
  }
  await Deno.writeTextFile(temp.at("node_modules/p/package.json"), '{"main": "p.js"}');
  for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(temp.at(path), text);
  return temp;
}

/** What `main.js` prints. */
async function printed(folder: string): Promise<string> {
  const flags = ["--no-prompt", "--no-config", "--no-remote", `--allow-read=${folder}`];
  const { stdout, stderr } = await outcomeOf(Deno.execPath(), ["run", ...flags, "main.js"], {
    cwd: folder,
    env: { NO_COLOR: "1" },
  });
  return stdout + stderr;
}

Deno.test("bundle() joins modules that find their files and workers as before", async () => {
  await using temp = await treeWith({
    "main.ts": 'const { run } = await import("./src/room/command.ts"); await run();',
    "src/room/command.ts": `import p from "p";
export async function run(): Promise<void> {
  const worker = new Worker(new URL("./echo_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<string>();
  worker.onmessage = ({ data }) => resolve(data);
  const file = Deno.readTextFileSync(new URL("../note.txt", import.meta.url));
  console.log(p, file, await promise);
  worker.terminate();
}
`,
    "src/room/echo_worker.ts": 'postMessage("hello");',
    "src/note.txt": "a note",
    "node_modules/p/p.js": 'module.exports = "a package";',
  });
  const { maps } = await bundle({ root: temp.path, workers: ["src/room/echo_worker.ts"] });
  assert(maps.includes("main.js.map"), maps.join());
  await Deno.remove(temp.at("src/room"), { recursive: true });
  assert.equal(await printed(temp.path), "a package a note hello\n");
});

Deno.test("bundle() keeps the sources' names and lines in stacks", async () => {
  await using temp = await treeWith({
    "main.ts": 'import { fail } from "./src/room/fail.ts";\nfail();',
    "src/room/fail.ts": "// A comment.\n\nexport function fail(): void {\n  null!.x;\n}\n",
  });
  await bundle({ root: temp.path, workers: [] });
  assert.match(
    await printed(temp.path),
    /at fail \(file:\/\/\/datahubsync\/src\/room\/fail\.ts\S*:4\b/,
  );
});

Deno.test("bundle() refuses a package that asks for the runtime with require()", async () => {
  await using temp = await treeWith({
    "main.ts": 'import "p";',
    "node_modules/p/p.js": 'module.exports = require("node:fs");',
  });
  await assert.rejects(bundle({ root: temp.path, workers: [] }), /p\.js: require\("node:fs"\)/);
});

Deno.test("bundle() says what is missing", async () => {
  await using temp = await treeWith({ "main.ts": 'import "./src/not_there.ts";' });
  await assert.rejects(bundle({ root: temp.path, workers: [] }), /src\/not_there\.ts/);
});

Deno.test("urlsFromRoot() bases URLs on the root, and refuses what it can't move", () => {
  const moved = urlsFromRoot('read(new URL("../a.json", import.meta.url))', "src/cli/x.ts");
  assert.equal(moved, 'read(new URL("./src/a.json", import.meta["url"]))');
  assert.equal(
    urlsFromRoot("if (import.meta.main) run();", "x.ts"),
    "if (import.meta.main) run();",
  );
  for (const other of ["import.meta.dirname", "new URL(name, import.meta.url)"]) {
    assert.throws(() => urlsFromRoot(other, "src/x.ts"), /src\/x\.ts: expected new URL/);
  }
});
