/**
 * Folders as values: read them, write them, compare them, and ask another program what a package
 * holds.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { outcomeOf } from "./command.ts";
import { tempDir } from "./temp.ts";

/** Path (with `/`) → content; links are `→ target` as text. */
export type Tree = Map<string, Uint8Array>;

/** Reads everything below a folder; a folder that isn't there is empty. */
export async function readTree(
  dir: string,
  keep: (path: string) => boolean = () => true,
): Promise<Tree> {
  const tree: Tree = new Map();
  const walk = async (below: string): Promise<void> => {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(join(dir, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      if (!keep(path)) continue;
      const here = join(dir, path);
      if (isSymlink) tree.set(path, Buffer.from(`→ ${await Deno.readLink(here)}`));
      else if (isDirectory) await walk(path);
      else tree.set(path, await Deno.readFile(here));
    }
  };
  await walk("").catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return new Map([...tree].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Writes a tree below a folder. */
export async function writeTree(dir: string, tree: Iterable<[string, Uint8Array]>): Promise<void> {
  for (const [path, content] of tree) {
    await Deno.mkdir(dirname(join(dir, path)), { recursive: true });
    await Deno.writeFile(join(dir, path), content);
  }
}

/** The differences between two trees, a line each; none = the same. */
export function compareTrees(actual: Tree, expected: Tree): string[] {
  const lines: string[] = [];
  for (const [path, content] of expected) {
    const found = actual.get(path);
    if (found === undefined) lines.push(`missing: ${path}`);
    else if (Buffer.compare(found, content) !== 0) {
      const at = content.findIndex((byte, index) => byte !== found[index]);
      const where = at < 0 ? Math.min(found.length, content.length) : at;
      lines.push(
        `different: ${path} from byte ${where} (${found.length} bytes, expected ${content.length})`,
      );
    }
  }
  for (const path of actual.keys()) if (!expected.has(path)) lines.push(`extra: ${path}`);
  return lines;
}

/** Fails, with the first ten differences, unless two trees are the same. */
export function assertSameTree(actual: Tree, expected: Tree): void {
  const lines = compareTrees(actual, expected);
  const more = lines.length > 10 ? [`… and ${lines.length - 10} more`] : [];
  assert.equal([...lines.slice(0, 10), ...more].join("\n"), "");
}

/**
 * What a package holds, as `unzip` extracts it; for what the tests' own `judge()` doesn't know.
 *
 * @throws {Error} with its words, when it refuses.
 */
export async function unzipTree(zip: string | Uint8Array): Promise<Tree> {
  await using temp = await tempDir();
  const path = typeof zip === "string" ? zip : temp.at("package.zip");
  if (typeof zip !== "string") await Deno.writeFile(path, zip);
  const { code, stderr } = await unzip(["-qq", "-o", path, "-d", temp.at("out")]);
  // 1 is a warning: everything was extracted.
  if (code > 1) throw new Error(`unzip: ${stderr.trim()}`);
  return await readTree(temp.at("out"));
}

/** Whether `unzip -t` finds nothing wrong; its words otherwise. */
export async function unzipTest(zip: Uint8Array): Promise<string | undefined> {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("package.zip"), zip);
  const { code, stdout, stderr } = await unzip(["-tqq", temp.at("package.zip")]);
  return code === 0 ? undefined : `${stdout}${stderr}`.trim() || `exit code ${code}`;
}

/** In a UTF-8 locale, else it writes Chinese names as "#U4e00". */
const unzip = (args: string[]) => outcomeOf("unzip", args, { env: { LC_ALL: "C.UTF-8" } });

/** The tree by its paths' order. */
export function sorted(tree: Tree): Tree {
  return new Map([...tree].sort(([a], [b]) => a < b ? -1 : 1));
}
