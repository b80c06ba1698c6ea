/** Which file of the program imports which, as `deno info` has it, and where that goes in a circle. */
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { run } from "./command.ts";
import { tempDir } from "./temp.ts";
import { ROOT } from "./sources.ts";

interface Module {
  local?: string;
  error?: string;
  dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
}

/** Every file of the program, with the files of the program that it imports (types too). */
export async function readGraph(): Promise<Map<string, string[]>> {
  const files = ["main.ts", ...await listSources(join(ROOT, "src"))];
  // One question instead of one a file: a module that imports them all.
  await using temp = await tempDir({ prefix: "floors-" });
  const folder = temp.path;
  const all = join(folder, "all.ts");
  const lines = files.map((file) =>
    `import ${JSON.stringify(pathToFileURL(join(ROOT, file)).href)};`
  );
  await Deno.writeTextFile(all, lines.join("\n"));
  const args = ["info", "--json", "--config", join(ROOT, "deno.json"), all];
  const info: { modules: Module[] } = JSON.parse(await run(Deno.execPath(), args, { cwd: ROOT }));
  const found = new Map<string, string[]>();
  for (const { local, dependencies = [], error } of info.modules) {
    assert.equal(error, undefined, error);
    if (!local?.startsWith(ROOT) || !isSource(local)) continue;
    const imports = dependencies
      .flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .filter((specifier) =>
        specifier?.startsWith(`${pathToFileURL(ROOT).href}/`) && isSource(specifier)
      )
      .map((specifier) => relative(ROOT, fileURLToPath(specifier!)));
    found.set(relative(ROOT, local), [...new Set(imports)]);
  }
  assert.equal(found.size, files.length, "deno info left files out");
  return found;
}

/** What each folder, with all below it, imports of the folders beside it. */
export function foldersOf(files: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [file, imports] of files) {
    for (const imported of imports) {
      const [from, to] = [file.split("/"), imported.split("/")];
      const depth = from.findIndex((part, at) => part !== to[at]);
      if (depth >= Math.min(from.length, to.length) - 1) continue;
      const [folder, other] = [from, to].map((parts) => parts.slice(0, depth + 1).join("/"));
      const known = found.get(folder!) ?? [];
      if (!known.includes(other!)) found.set(folder!, [...known, other!]);
    }
  }
  return found;
}

/** The first circle found, its first file again at its end; empty when there is none. */
export function findCircle(files: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return [];
    for (const imported of files.get(file) ?? []) {
      const circle = visit(imported, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of files.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

/** Descriptions of other people's modules have their names and shapes from there. */
function isSource(path: string): boolean {
  return path.endsWith(".ts") && !path.endsWith(".d.ts");
}

/** The sources below a folder, relative to the checkout. */
export async function listSources(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await listSources(path));
    else if (isSource(name)) files.push(relative(ROOT, path));
  }
  return files.sort();
}
