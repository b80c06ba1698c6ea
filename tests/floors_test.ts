/** The house keeps its floors: who may import whom, how long a file is, what it is called. */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { findCircle, foldersOf, listSources, readGraph } from "./support/import_graph.ts";
import { ROOT } from "./support/sources.ts";

/** A file imports its own folder or a lower floor. Folders of one floor never import each other. */
const FLOORS: Record<string, number> = {
  "main.ts": 7,
  "src/cli": 7,
  "src/mod.ts": 7,
  "src/client": 6,
  "src/sync": 5,
  "src/owners": 5,
  "src/hub": 3,
  "src/zip": 3,
  "src/store": 3,
  "src/monitoring": 3,
  "src/demo": 5,
  "src/site": 4,
  "src/pack": 5,
  "src/serve": 5,
  "src/grown": 2,
  "src/patch": 2,
  "src/trust": 2,
  "src/deflate": 1,
  "src/fs": 1,
  "src/schedule": 1,
  "src/config": 0,
  "src/messages": 0,
};

/** A room of which other rooms import only these files. */
const DOORS: Record<string, string[]> = {
  "src/grown": ["estimate.ts", "memory.ts", "rebuild.ts"],
};

/** Folders whose own files are both: what the folders below share, and what joins them. */
const BOTH_ENDS = ["src/cli/check", "src/config", "src/site", "src/store", "src/sync"];

/** Files directly in src/ are words that everyone shares; with src/config they make one room. */
const SHARED = 0;

/** Read once, by the test that comes first. */
let graphRead: Promise<Map<string, string[]>> | undefined;
const readOnce = (): Promise<Map<string, string[]>> => graphRead ??= readGraph();

Deno.test("every source file has its place in the house", async () => {
  for (const file of (await readOnce()).keys()) {
    assert.notEqual(floorOf(file), undefined, `${file}: no floor is known for ${roomOf(file)}`);
  }
});

Deno.test("no test sets a variable of the process, which test files that run beside it share", async () => {
  const own = ["tests/hub/proxy_forms.ts", "tests/cli/check/schedule_runs_test.ts"];
  const found: string[] = [];
  for (const file of await listSources(join(ROOT, "tests"))) {
    const text = await Deno.readTextFile(join(ROOT, file));
    if (/Deno\.env\.(set|delete)\(/.test(text)) found.push(file);
  }
  // The first is a program of its own, the second sets one that no other names.
  assert.deepEqual(found.filter((file) => file !== "tests/floors_test.ts").sort(), own.sort());
});

Deno.test("no path is made of a module's address in a way that a blank in it breaks", async () => {
  const found: string[] = [];
  for (const room of ["src", "tests", "tools", "bench"]) {
    for (const file of await listSources(join(ROOT, room))) {
      const text = await Deno.readTextFile(join(ROOT, file));
      if (/import\.meta\.url\)\.pathname/.test(text)) found.push(file);
    }
  }
  assert.deepEqual(found, [], "fileURLToPath() decodes what is percent-encoded in it");
});

Deno.test("a file imports its own room or a lower floor", async () => {
  const wrong: string[] = [];
  for (const [file, imports] of await readOnce()) {
    for (const imported of imports) {
      if (!mayImport(file, imported)) wrong.push(`${file} imports ${imported}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("a room with doors is entered by its doors", async () => {
  const beside: string[] = [];
  for (const [file, imports] of await readOnce()) {
    for (const imported of imports) {
      const doors = roomOf(file) === roomOf(imported) ? undefined : DOORS[roomOf(imported)];
      if (doors?.some((door) => imported.endsWith(`/${door}`)) === false) {
        beside.push(`${file} imports ${imported}`);
      }
    }
  }
  assert.deepEqual(beside, []);
});

Deno.test("mayImport() refuses an upper floor and a neighbour", () => {
  assert.equal(mayImport("src/hub/request/http_get.ts", "src/zip/directory/limits.ts"), false);
  assert.equal(mayImport("src/hub/request/http_get.ts", "src/sync/plan/plan.ts"), false);
  assert.equal(mayImport("src/errors.ts", "src/fs/walk.ts"), false);
  assert.equal(mayImport("src/sync/plan/plan.ts", "src/hub/request/http_get.ts"), true);
  assert.equal(mayImport("src/config/config.ts", "src/errors.ts"), true);
  assert.equal(mayImport("main.ts", "src/cli/program.ts"), true);
  assert.equal(mayImport("src/mod.ts", "src/cli/program.ts"), false);
});

Deno.test("folders beside each other never import each other in a circle", async () => {
  assert.deepEqual(findCircle(foldersOf(await readOnce())), []);
});

Deno.test("a folder's own files are either above the folders in it or below them", async () => {
  const isBoth = (file: string): boolean => BOTH_ENDS.some((one) => file.startsWith(`${one}/`));
  const folders = new Map<string, string[]>();
  for (const [file, imports] of await readOnce()) {
    const others = imports.filter((one) => roomOf(one) === roomOf(file) && !isBoth(one));
    const found = others.map((one) => dirname(one)).filter((one) => one !== dirname(file));
    folders.set(dirname(file), [...folders.get(dirname(file)) ?? [], ...found]);
  }
  folders.delete("src");
  assert.deepEqual(findCircle(folders), []);
});

Deno.test("foldersOf() takes a folder with all below it, and joins only what lies side by side", () => {
  const files = new Map([
    ["src/sync/plan/plan.ts", ["src/sync/step.ts", "src/sync/look/deep/look.ts"]],
    ["src/sync/look/look.ts", ["src/sync/plan/plan.ts", "src/hub/retry/retry.ts"]],
  ]);
  const folders = foldersOf(files);
  assert.deepEqual(folders.get("src/sync/plan"), ["src/sync/look"]);
  assert.deepEqual(folders.get("src/sync/look"), ["src/sync/plan"]);
  assert.deepEqual(folders.get("src/sync"), ["src/hub"]);
});

Deno.test("imports never go in a circle", async () => {
  assert.deepEqual(findCircle(await readOnce()), []);
});

Deno.test("findCircle() names the files of a circle", () => {
  const files = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
  assert.deepEqual(findCircle(files), ["b", "c", "b"]);
});

Deno.test("a file of more than 250 lines says why in its first comment", async () => {
  const silent: string[] = [];
  for (const { file, text, comment } of await firstComments()) {
    const lines = text.split("\n").length - 1;
    const words = comment.replace(/\n \* ?/g, " ");
    if (lines > 250 && !/longer than 250 lines because/i.test(words)) {
      silent.push(`${file}: ${lines} lines`);
    }
  }
  assert.deepEqual(silent, []);
});

Deno.test("a test begins by saying what it shows, and a tool what it does", async () => {
  const silent = (await firstComments()).filter(({ comment }) => comment === "");
  assert.deepEqual(silent.map(({ file }) => file), []);
});

Deno.test("a source file begins by saying what it guarantees", async () => {
  const silent: string[] = [];
  for (const file of (await readOnce()).keys()) {
    const text = await Deno.readTextFile(join(ROOT, file));
    const comment = /^(#![^\n]*\n|\/\/\/[^\n]*\n|\/\/ deno-lint[^\n]*\n|\s)*\/\*\*[\s\S]*?\*\//
      .exec(text);
    if (!comment?.[0].includes("@module")) silent.push(file);
  }
  assert.deepEqual(silent, []);
});

Deno.test("what a source file exports is named in a file that imports it", async () => {
  const texts = new Map((await firstComments()).map(({ file, text }) => [file, text]));
  // The words of all files that import one of this name.
  const importing = new Map<string, Set<string>>();
  for (const text of texts.values()) {
    const words = text.match(/\w+/g) ?? [];
    for (const [, name] of text.matchAll(/\/(\w+\.ts)"/g)) {
      const known = importing.get(name!) ?? new Set();
      importing.set(name!, known);
      for (const word of words) known.add(word);
    }
  }
  const unshared: string[] = [];
  for (const file of (await readOnce()).keys()) {
    const exported =
      /^export (?:async )?(?:abstract )?(?:class|const|function\*?|interface|type) (\w+)/gm;
    for (const [, name] of texts.get(file)!.matchAll(exported)) {
      if (!importing.get(basename(file))?.has(name!)) unshared.push(`${file}: ${name}`);
    }
  }
  assert.deepEqual(unshared, []);
});

Deno.test("names are snake_case, and nothing is exported as the default", async () => {
  const wrong: string[] = [];
  for (const file of (await readOnce()).keys()) {
    if (!file.split("/").every((part) => /^[a-z0-9_]+(\.ts)?$/.test(part))) wrong.push(file);
    if (/(^|\/)(index|.*(utils?|helpers?|manager))\.ts$/.test(file)) wrong.push(file);
    const text = await Deno.readTextFile(join(ROOT, file));
    if (/^export default\b/m.test(text)) wrong.push(`${file} has a default export`);
  }
  assert.deepEqual(wrong, []);
});

function mayImport(file: string, imported: string): boolean {
  const [from, to] = [floorOf(file), floorOf(imported)];
  if (from === undefined || to === undefined) return false;
  if (roomOf(file) === roomOf(imported) || to < from) return true;
  // main.ts opens the door that stands on its own floor.
  if (file === "main.ts") return to === from;
  return from === SHARED && to === SHARED;
}

function roomOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}

function floorOf(file: string): number | undefined {
  const shared = /^src\/[^/]+\.ts$/.test(file) ? SHARED : undefined;
  return FLOORS[roomOf(file)] ?? shared;
}

/** Every file that people wrote, with its first comment; none is "". */
async function firstComments(): Promise<{ file: string; text: string; comment: string }[]> {
  const rooms = ["src", "tests", "tools", "bench"].map((room) => listSources(join(ROOT, room)));
  const files = ["main.ts", ...(await Promise.all(rooms)).flat()];
  return await Promise.all(files.map(async (file) => {
    const text = await Deno.readTextFile(join(ROOT, file));
    const [, comment = ""] = /^(?:#![^\n]*\n|\/\/[^\n]*\n|\s)*(\/\*\*[^]*?\*\/)/.exec(text) ?? [];
    return { file, text, comment };
  }));
}
