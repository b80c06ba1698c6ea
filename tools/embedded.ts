/**
 * What belongs in the binary: the entry point, the workers, and the npm packages that they import.
 * `deno compile` itself would embed every package of the lock file, the tests' browser driver included.
 *
 * @module
 */
import { join, relative } from "node:path";
import { orElse } from "../src/or_else.ts";

/** An npm package in the binary. */
export interface EmbeddedPackage {
  /** Its key in `deno.lock`. */
  id: string;
  name: string;
  version: string;
}

/** What the binary is made of. */
export interface Embedded {
  /** Workers, relative to the root; `deno compile` has to be told each. */
  workers: string[];
  /** The packages that are really imported, with their own dependencies, sorted by id. */
  packages: EmbeddedPackage[];
}

interface Info {
  modules: { kind?: string; npmPackage?: string; error?: string; specifier: string }[];
  npmPackages: Record<string, { name: string; version: string; dependencies: string[] }>;
}

/** Finds what the binary is made of. Throws when a module of the graph can't be found. */
export async function findEmbedded(root: string): Promise<Embedded> {
  const workers = await findWorkers(root);
  const packages = new Map<string, EmbeddedPackage>();
  for (const start of ["main.ts", ...workers]) {
    const info = await denoInfo(root, start);
    const add = (id: string): void => {
      const found = info.npmPackages[id];
      if (!found || packages.has(id)) return;
      packages.set(id, { id, name: found.name, version: found.version });
      found.dependencies.forEach(add);
    };
    for (const module of info.modules) {
      if (module.error) throw new Error(`${module.specifier}: ${module.error}`);
      if (module.npmPackage) add(module.npmPackage);
    }
  }
  return { workers, packages: [...packages.values()].sort((a, b) => a.id < b.id ? -1 : 1) };
}

/** Every worker of the program: the files below `src/` whose names end in `_worker.ts`. */
export async function findWorkers(root: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) await walk(path);
      else if (entry.name.endsWith("_worker.ts")) found.push(relative(root, path));
    }
  };
  await walk(join(root, "src"));
  return found.sort();
}

/** Where Deno's cache keeps a package. Throws when it doesn't. `npm` is the `npm` folder of the cache. */
export function packageFolder(npm: string, { name, version }: EmbeddedPackage): string {
  // One folder a registry, named after its host; the packages lie below.
  for (const registry of Deno.readDirSync(npm)) {
    const folder = join(npm, registry.name, name, version);
    if (orElse(() => Deno.statSync(folder).isDirectory, false)) return folder;
  }
  throw new Error(`${npm} lacks ${name}@${version}; hint: ./denow cache main.ts`);
}

async function denoInfo(root: string, file: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: root,
  }).output();
  if (!success) throw new Error(`deno info ${file}: ${new TextDecoder().decode(stderr).trim()}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Info;
}
