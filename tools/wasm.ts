/**
 * Builds the WebAssembly that `src/` embeds, from the AssemblyScript beside it.
 *
 *     ./denow task wasm
 *
 * Guarantees: the same source makes the same bytes; a test holds what is committed against it.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "..");

/** A module: `{path}.as` becomes `{path}_wasm.ts`. */
export interface WasmModule {
  /** From the root, without an extension. */
  path: string;
  /** What `{path}_wasm.ts` exports. */
  name: string;
  /** Its memory, in pages of 64 KB. */
  pages: number;
}

/** All of them. */
export const WASM_MODULES: Record<"replay" | "sha256" | "columns", WasmModule> = {
  // 0.25 MB of tables, and content up to `MOST_REPLAYED` of `replay.ts`.
  replay: { path: "src/grown/replay", name: "ZLIB_REPLAY_WASM", pages: 13 },
  // Content of a block up to `ROOM` of `columns.as`, twice, and the columns' lengths.
  columns: { path: "src/patch/columns", name: "COLUMNS_WASM", pages: 9 },
  sha256: { path: "src/trust/sha256", name: "SHA256_WASM", pages: 2 },
};

/** Compiles a module's source. Throws with the compiler's words when it can't be. */
export async function buildWasm(root: string, { path, pages }: WasmModule): Promise<Uint8Array> {
  const source = await Deno.readTextFile(join(root, `${path}.as`));
  const made: Uint8Array[] = [];
  const entry = `${basename(path)}.ts`;
  const { error, stderr } = await asc.main(
    [entry, "-o", "module.wasm", "-O3", "--noAssert", "--runtime", "stub"]
      .concat(["--initialMemory", String(pages), "--maximumMemory", String(pages), "--converge"]),
    {
      readFile: (name: string) => name === entry ? source : null,
      writeFile: (_name: string, data: string | Uint8Array) => {
        if (typeof data !== "string") made.push(data);
      },
      listFiles: () => [],
    },
  );
  const [bytes] = made;
  if (error || bytes === undefined) throw new Error(`${path}.as: ${stderr.toString()}`);
  return bytes;
}

/** The TypeScript that carries the bytes. */
export function moduleOf({ path, name }: WasmModule, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,92}/g) ?? [];
  const text = lines.map((line) => `  "${line}"`).join(" +\n");
  return `/**
 * The WebAssembly of \`${basename(path)}.as\`, made by \`./denow task wasm\`.
 *
 * @module
 */

/** The module's bytes, in base64. */
export const ${name}: string =
${text};
`;
}

if (import.meta.main) {
  for (const module of Object.values(WASM_MODULES)) {
    const bytes = await buildWasm(ROOT, module);
    await Deno.writeTextFile(join(ROOT, `${module.path}_wasm.ts`), moduleOf(module, bytes));
    console.log(`${module.path}_wasm.ts: ${bytes.length} bytes`);
  }
}
