/**
 * The program's own source files, for tests that hold something against all of them.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { run } from "./command.ts";

/** The repository. */
export const ROOT: string = resolve(import.meta.dirname!, "../..");

/** Every source file of the program but the catalogue, by its path from the root. */
export async function sources(): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      const shown = relative(ROOT, path);
      if (isDirectory) {
        if (shown !== "src/messages") await walk(path);
      } else if (name.endsWith(".ts")) {
        found.push({ path: shown, text: await Deno.readTextFile(path) });
      }
    }
  };
  await walk(join(ROOT, "src"));
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** A copy of some files of the repository in a folder of its own, with times of its own. */
export async function checkout(folder: string, names: readonly string[]): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  await run("cp", ["-R", ...names.map((name) => join(ROOT, name)), folder]);
  return folder;
}
