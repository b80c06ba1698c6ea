/** The embedded WebAssembly is what its source makes. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { MOST_REPLAYED } from "../../src/grown/replay.ts";
import { ZLIB_REPLAY_WASM } from "../../src/grown/replay_wasm.ts";
import { buildWasm, moduleOf } from "../../tools/wasm.ts";
import { tempDir } from "../support/temp.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

Deno.test("the WebAssembly in the source is what its AssemblyScript makes", async () => {
  const committed = await Deno.readTextFile(join(ROOT, "src/grown/replay_wasm.ts"));
  const made = moduleOf(await buildWasm(ROOT));
  assert.equal(committed, made, "run ./denow task wasm");
});

Deno.test("buildWasm() follows a change of the source, and says what is wrong with it", async () => {
  await using temp = await tempDir();
  const place = temp.at("src/grown/replay.as");
  await Deno.mkdir(temp.at("src/grown"), { recursive: true });
  const source = await Deno.readTextFile(join(ROOT, "src/grown/replay.as"));
  const changed = source.replace("const TOO_FAR: i32 = 4096;", "const TOO_FAR: i32 = 4097;");
  assert.notEqual(changed, source);
  await Deno.writeTextFile(place, changed);
  assert.notEqual((await buildWasm(temp.path)).toBase64(), ZLIB_REPLAY_WASM);
  await Deno.writeTextFile(place, `${source}\nexport function broken(): i32 { return missing; }\n`);
  await assert.rejects(() => buildWasm(temp.path), /replay\.as: [\s\S]*missing/);
});

Deno.test("the WebAssembly's memory has room for all content that is replayed at once", () => {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(ZLIB_REPLAY_WASM));
  assert.deepEqual(WebAssembly.Module.imports(module), [], "it needs nothing from outside");
  const { memory, contentAt, room } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory;
    contentAt: () => number;
    room: () => number;
  };
  assert(room() >= MOST_REPLAYED, `${room()} bytes`);
  // Eight bytes are read at once, so as many lie behind the content.
  assert(contentAt() + room() + 8 <= memory.buffer.byteLength);
  assert.throws(() => memory.grow(1), RangeError);
});
