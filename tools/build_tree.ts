/**
 * A copy of the tree made for compiling: only what belongs in the binary, every file with the same
 * modification time, since `deno compile` embeds those.
 *
 * Guarantees that two checkouts of one commit give the same binary, wherever they lie and whenever
 * their files were written (for the same runtime and target).
 *
 * @module
 */

import { dirname, join, relative } from "node:path";
import type { BuiltFrom } from "../src/version.ts";
import { type Embedded, type EmbeddedPackage, packageFolder } from "./embedded.ts";

/** The time that every file in the copy bears; the oldest that ZIP and tar both know. */
const MTIME = new Date("1980-01-02T00:00:00Z");

/**
 * The parts of npm packages that are read at run time: a third of their size. Deno takes every other
 * file for a script, licences too, and embeds its failure to parse them, with the path of the copy.
 */
const READ = /\.([cm]?js|json|wasm)$/i;

/**
 * Where a script says its source map lies. The runtime looks for one that isn't embedded on the real
 * disk, below the temporary folder, where anybody may have put a file or a pipe of that name.
 */
const MAP_COMMENT = /^\/\/[#@] sourceMappingURL=.*$/gm;

/** What goes into the copy. */
export interface BuildTreeOptions {
  /** The checkout. */
  root: string;
  /** An empty folder for the copy. */
  target: string;
  /** Deno's cache, where the npm packages are. */
  denoDir: string;
  embedded: Embedded;
  info: BuiltFrom;
  /** The licences of what is embedded, which have to go where the binary goes. */
  licenses: string;
}

/** A finished copy. */
export interface BuildTree {
  /** The copy of the program. */
  root: string;
  /** A cache for Deno that holds the program's packages and nothing else. */
  denoDir: string;
}

/** Copies the program and its packages. Throws when Deno's cache lacks a package. */
export async function makeBuildTree(options: BuildTreeOptions): Promise<BuildTree> {
  const { root, denoDir, embedded, info } = options;
  const tree = { root: join(options.target, "tree"), denoDir: join(options.target, "deno_dir") };
  await copyFolder(join(root, "src"), join(tree.root, "src"));
  for (const name of ["main.ts", "CHANGELOG.md"]) {
    await Deno.copyFile(join(root, name), join(tree.root, name));
  }
  await writeJson(join(tree.root, "src", "build.json"), info);
  await Deno.writeTextFile(join(tree.root, "src", "licenses.txt"), options.licenses);
  await writeJson(
    join(tree.root, "deno.json"),
    pruneConfig(await readJson(join(root, "deno.json")), embedded.packages),
  );
  await writeJson(
    join(tree.root, "deno.lock"),
    pruneLock(await readJson(join(root, "deno.lock")), embedded.packages),
  );
  await copyPackages(join(denoDir, "npm"), join(tree.denoDir, "npm"), embedded.packages);
  await linkRuntimes(denoDir, tree.denoDir);
  await setTimes(options.target);
  return tree;
}

// deno-lint-ignore no-explicit-any
type Json = any;

/** `deno.json` with only the imports that the program has. */
export function pruneConfig(config: Json, packages: readonly EmbeddedPackage[]): Json {
  const imports = Object.entries(config.imports as Record<string, string>).filter(([, target]) =>
    packages.some(({ name, version }) => target === `npm:${name}@${version}`)
  );
  const { name, version, exports, nodeModulesDir, lock, compilerOptions } = config;
  return {
    name,
    version,
    exports,
    nodeModulesDir,
    lock,
    imports: Object.fromEntries(imports),
    compilerOptions,
  };
}

/** `deno.lock` with only the packages that the program has. */
export function pruneLock(lock: Json, packages: readonly EmbeddedPackage[]): Json {
  const ids = new Set(packages.map(({ id }) => id));
  const specifiers = Object.entries(lock.specifiers as Record<string, string>).filter(
    ([specifier, version]) => {
      const name = specifier.slice("npm:".length, specifier.lastIndexOf("@"));
      return ids.has(`${name}@${version}`);
    },
  );
  const wanted = new Set(specifiers.map(([specifier]) => specifier));
  return {
    version: lock.version,
    specifiers: Object.fromEntries(specifiers),
    npm: Object.fromEntries(Object.entries(lock.npm).filter(([id]) => ids.has(id))),
    workspace: {
      dependencies: lock.workspace.dependencies.filter((name: string) => wanted.has(name)),
    },
  };
}

async function copyPackages(
  from: string,
  to: string,
  packages: readonly EmbeddedPackage[],
): Promise<void> {
  for (const embedded of packages) {
    const folder = packageFolder(from, embedded);
    const copy = join(to, relative(from, folder));
    await copyFolder(folder, copy, READ);
    await dropMaps(copy);
    if (embedded.name === "yaml") await preferModules(copy);
  }
}

/**
 * Makes a package's ES modules, which it offers to everyone but Node.js, its entry: the runtime loads
 * `yaml` in half of the time that its CommonJS files take, 9 ms of a run with nothing to do.
 */
async function preferModules(folder: string): Promise<void> {
  const path = join(folder, "package.json");
  await writeJson(path, withModules(await readJson(path)));
}

/** A `package.json` whose main export is the one for runtimes other than Node.js. */
export function withModules(description: Json): Json {
  const { types, default: modules } = description.exports["."];
  const exports = { ...description.exports, ".": { types, default: modules } };
  return { ...description, exports };
}

async function dropMaps(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await dropMaps(path);
    else if (/\.[cm]?js$/i.test(name)) {
      const text = await Deno.readTextFile(path);
      const without = withoutMap(text);
      if (without !== text) await Deno.writeTextFile(path, without);
    }
  }
}

/** A script without the comment that names its source map. */
export function withoutMap(script: string): string {
  return script.replace(MAP_COMMENT, "");
}

/** Runtimes that Deno has, or will fetch, stay in its own cache: they are big and never embedded twice. */
async function linkRuntimes(from: string, to: string): Promise<void> {
  await Deno.mkdir(join(from, "dl"), { recursive: true });
  await Deno.mkdir(to, { recursive: true });
  await Deno.symlink(join(from, "dl"), join(to, "dl"));
}

async function copyFolder(from: string, to: string, only?: RegExp): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name), only);
    else if (only?.test(name) ?? true) await Deno.copyFile(join(from, name), join(to, name));
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
