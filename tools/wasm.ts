/**
 * Builds the WebAssembly that `src/grown/` embeds, from AssemblyScript beside it.
 *
 *     ./denow task wasm
 *
 * Guarantees: the same source makes the same bytes; a test holds what is committed against it.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "..");
const SOURCE = "src/grown/replay.as";
const MODULE = "src/grown/replay_wasm.ts";

/** 64 KB pages: 0.25 MB of tables, and content up to `MOST_REPLAYED` of `replay.ts`. */
const PAGES = 13;

/** Compiles the source. Throws with the compiler's words when it can't be. */
export async function buildWasm(root: string): Promise<Uint8Array> {
  const source = await Deno.readTextFile(join(root, SOURCE));
  const made: Uint8Array[] = [];
  const entry = "replay.ts";
  const { error, stderr } = await asc.main(
    [entry, "-o", "module.wasm", "-O3", "--noAssert", "--runtime", "stub"]
      .concat(["--initialMemory", String(PAGES), "--maximumMemory", String(PAGES), "--converge"]),
    {
      readFile: (name: string) => name === entry ? source : null,
      writeFile: (_name: string, data: string | Uint8Array) => {
        if (typeof data !== "string") made.push(data);
      },
      listFiles: () => [],
    },
  );
  const [bytes] = made;
  if (error || bytes === undefined) throw new Error(`${SOURCE}: ${stderr.toString()}`);
  return bytes;
}

/** The TypeScript that carries the bytes. */
export function moduleOf(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,92}/g) ?? [];
  const text = lines.map((line) => `  "${line}"`).join(" +\n");
  return `/**
 * The WebAssembly of \`replay.as\`, made by \`./denow task wasm\`.
 *
 * @module
 */

/** The module's bytes, in base64. */
export const ZLIB_REPLAY_WASM: string =
${text};
`;
}

if (import.meta.main) {
  const bytes = await buildWasm(ROOT);
  await Deno.writeTextFile(join(ROOT, MODULE), moduleOf(bytes));
  console.log(`${MODULE}: ${bytes.length} bytes`);
}
