/**
 * The tree that is compiled: the program's modules, joined, beside their sources and the files that it
 * reads, all with the same modification time, since `deno compile` embeds those.
 *
 * Guarantees that two checkouts of one commit give the same binary, wherever they lie and whenever
 * their files were written (for the same runtime and target).
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { BuiltFrom } from "../src/version.ts";
import { bundle, bundledWorker } from "./bundle.ts";
import { type Embedded, type EmbeddedPackage, packageFolder } from "./embedded.ts";

/** The time that every file in the tree bears; the oldest that ZIP and tar both know. */
const MTIME = new Date("1980-01-02T00:00:00Z");

/** What goes into the tree. */
export interface BuildTreeOptions {
  /** The checkout. */
  root: string;
  /** An empty folder for it. */
  target: string;
  /** Deno's cache, where the npm packages are. */
  denoDir: string;
  embedded: Embedded;
  info: BuiltFrom;
  /** The licences of what is embedded, which have to go where the binary goes. */
  licenses: string;
}

/**
 * Makes the tree, whose entry is `main.js`, and returns what else belongs in the binary. Throws when
 * Deno's cache lacks a package, or the program can't be joined.
 */
export async function makeBuildTree(options: BuildTreeOptions): Promise<string[]> {
  const { root, target, denoDir, embedded, info } = options;
  await copyFolder(join(root, "src"), join(target, "src"));
  for (const name of ["main.ts", "CHANGELOG.md"]) {
    await Deno.copyFile(join(root, name), join(target, name));
  }
  const config = await readJson(join(root, "deno.json"));
  // All that the program reads of it: a test's new dependency leaves the binary as it is.
  await writeJson(join(target, "deno.json"), { version: config.version });
  await placePackages({ npm: join(denoDir, "npm"), folder: target, config, embedded });
  const { maps } = await bundle({ root: target, workers: embedded.workers });
  await writeJson(join(target, "src", "build.json"), info);
  await Deno.writeTextFile(join(target, "src", "licenses.txt"), options.licenses);
  await setTimes(target);
  const read = ["src/build.json", "src/licenses.txt", "CHANGELOG.md"];
  return [...embedded.workers.map(bundledWorker), ...maps, ...read];
}

// deno-lint-ignore no-explicit-any
type Json = any;

/** Gives each package its place in `node_modules`, also under the name that `deno.json` calls it by. */
async function placePackages({ npm, folder, config, embedded }: {
  npm: string;
  folder: string;
  config: Json;
  embedded: Embedded;
}): Promise<void> {
  const placed = new Set<string>();
  for (const one of embedded.packages) {
    for (const name of namesOf(one, config.imports)) {
      if (placed.has(name)) throw new Error(`the program has two versions of ${name}`);
      placed.add(name);
      await copyFolder(packageFolder(npm, one), join(folder, "node_modules", name));
    }
  }
}

/** What a package is called by: its own name, for other packages, and the program's for it. */
export function namesOf(
  { name, version }: EmbeddedPackage,
  imports: Readonly<Record<string, string>>,
): string[] {
  const given = Object.keys(imports).filter((key) => imports[key] === `npm:${name}@${version}`);
  return [...new Set([name, ...given])];
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function setTimes(folder: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory) await setTimes(join(folder, name));
    else if (isFile) await Deno.utime(join(folder, name), MTIME, MTIME);
  }
  await Deno.utime(folder, MTIME, MTIME);
}

async function readJson(path: string): Promise<Json> {
  return JSON.parse(await Deno.readTextFile(path));
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}
