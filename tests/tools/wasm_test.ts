/** The embedded WebAssembly is what its source makes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { MOST_REPLAYED } from "../../src/grown/replay.ts";
import { ZLIB_REPLAY_WASM } from "../../src/grown/replay_wasm.ts";
import { buildWasm, moduleOf, WASM_MODULES } from "../../tools/wasm.ts";
import { tempDir } from "../support/temp.ts";
import { ROOT } from "../support/sources.ts";

for (const module of Object.values(WASM_MODULES)) {
  Deno.test(`the WebAssembly of ${module.path} is what its AssemblyScript makes`, async () => {
    const committed = await Deno.readTextFile(join(ROOT, `${module.path}_wasm.ts`));
    const bytes = await buildWasm(ROOT, module);
    assert.equal(committed, moduleOf(module, bytes), "run ./denow task wasm");
    const needs = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(bytes)));
    assert.deepEqual(needs, [], "it needs nothing from outside");
  });
}

Deno.test("buildWasm() follows a change of the source, and says what is wrong with it", async () => {
  await using temp = await tempDir();
  const place = temp.at("src/grown/replay.as");
  await Deno.mkdir(temp.at("src/grown"), { recursive: true });
  const source = await Deno.readTextFile(join(ROOT, "src/grown/replay.as"));
  const changed = source.replace("const TOO_FAR: i32 = 4096;", "const TOO_FAR: i32 = 4097;");
  assert.notEqual(changed, source);
  await Deno.writeTextFile(place, changed);
  assert.notEqual((await buildWasm(temp.path, WASM_MODULES.replay)).toBase64(), ZLIB_REPLAY_WASM);
  await Deno.writeTextFile(place, `${source}\nexport function broken(): i32 { return missing; }\n`);
  await assert.rejects(
    () => buildWasm(temp.path, WASM_MODULES.replay),
    /replay\.as: [\s\S]*missing/,
  );
});

Deno.test("the WebAssembly's memory has room for all content that is replayed at once", () => {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(ZLIB_REPLAY_WASM));
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
