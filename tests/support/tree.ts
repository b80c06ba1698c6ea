/**
 * Folders as values: read them, write them, compare them, and ask another program what a package
 * holds.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";

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

/** Which program can say what a package holds; `undefined` = none is installed. */
export async function unzipOracle(): Promise<"unzip" | "python3" | undefined> {
  for (const [program, flag] of [["unzip", "-v"], ["python3", "-V"]] as const) {
    const output = await run(program, [flag]).catch(() => undefined);
    if (output?.success) return program;
  }
  return undefined;
}

/**
 * What a package holds, as `unzip` (else Python) extracts it.
 *
 * @throws {Error} with the program's words, when it refuses, or when neither is installed.
 */
export async function unzipTree(zip: string | Uint8Array): Promise<Tree> {
  const dir = await Deno.makeTempDir({ prefix: "oracle_" });
  try {
    let path = zip;
    if (typeof path !== "string") {
      path = join(dir, "package.zip");
      await Deno.writeFile(path, zip as Uint8Array);
    }
    const out = join(dir, "out");
    const program = await unzipOracle();
    if (program === undefined) throw new Error("neither unzip nor python3 is installed");
    const output = program === "unzip"
      ? await run("unzip", ["-qq", "-o", path, "-d", out])
      : await run("python3", ["-m", "zipfile", "-e", path, out]);
    // unzip's 1 is a warning: everything was extracted.
    if (output.code > (program === "unzip" ? 1 : 0)) {
      throw new Error(`${program}: ${new TextDecoder().decode(output.stderr).trim()}`);
    }
    return await readTree(out);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Whether `unzip -t` finds nothing wrong; its words otherwise. */
export async function unzipTest(zip: Uint8Array): Promise<string | undefined> {
  const path = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(path, zip);
    const output = await run("unzip", ["-tqq", path]);
    const words = new TextDecoder().decode(output.stdout) + new TextDecoder().decode(output.stderr);
    return output.success ? undefined : words.trim() || `exit code ${output.code}`;
  } finally {
    await Deno.remove(path);
  }
}

function run(program: string, args: string[]): Promise<Deno.CommandOutput> {
  // A UTF-8 locale, else unzip writes Chinese names as "#U4e00".
  return new Deno.Command(program, { args, env: { LC_ALL: "C.UTF-8" } }).output();
}
