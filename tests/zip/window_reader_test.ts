/** Any part of a file is read through a window, and never past its limit. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { WindowReader } from "../../src/zip/extract/window_reader.ts";
import { tempDir } from "../support/temp.ts";
import { archiveError } from "./reading.ts";

const content = Uint8Array.from({ length: 5000 }, (_, at) => (at * 7 + (at >> 8)) & 255);

Deno.test("WindowReader gives the file's bytes, whatever is asked for in which order", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), content);
  using file = Deno.openSync(temp.at("file"));
  const asked = fc.record({
    exactly: fc.boolean(),
    offset: fc.nat(content.length - 1),
    length: fc.integer({ min: 1, max: 300 }),
    ahead: fc.nat(2000),
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.array(asked), (bufferSize, all) => {
    const reader = new WindowReader(file, bufferSize);
    for (const { exactly, offset, length, ahead } of all) {
      const limit = Math.min(content.length, offset + length + ahead);
      if (exactly) {
        const most = Math.min(length, bufferSize, limit - offset);
        const bytes = reader.exactly(offset, most, limit);
        assert.equal(Buffer.compare(bytes, content.subarray(offset, offset + most)), 0);
        continue;
      }
      const bytes = reader.some(offset, length, limit);
      assert(bytes.length >= 1 && bytes.length <= length);
      assert.equal(Buffer.compare(bytes, content.subarray(offset, offset + bytes.length)), 0);
    }
  }));
});

Deno.test("WindowReader.exactly() reads a range across the end of what is in memory again", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), content);
  using file = Deno.openSync(temp.at("file"));
  const reader = new WindowReader(file, 100);
  reader.some(0, 10, content.length);
  const bytes = reader.exactly(95, 50, content.length);
  assert.equal(Buffer.compare(bytes, content.subarray(95, 145)), 0);
});

Deno.test("WindowReader never reads past the limit, where the file may still be holes", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), content.subarray(0, 100));
  using file = Deno.openSync(temp.at("file"));
  const reader = new WindowReader(file, 1000);
  assert.equal(reader.some(50, 500, 80).length, 30);
  await Deno.writeFile(temp.at("file"), content);
  assert.equal(reader.some(70, 500, 200).length, 10, "what is in memory is used up first");
  const bytes = reader.some(80, 500, 200);
  assert.equal(Buffer.compare(bytes, content.subarray(80, 200)), 0);
});

Deno.test("WindowReader.forget() lets changed bytes be seen", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), new Uint8Array(100));
  using file = Deno.openSync(temp.at("file"));
  const reader = new WindowReader(file, 1000);
  reader.some(0, 100, 100);
  await Deno.writeFile(temp.at("file"), content);
  reader.forget();
  assert.equal(Buffer.compare(reader.some(0, 100, 100), content.subarray(0, 100)), 0);
});

Deno.test("WindowReader says where the file ends too early", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), content.subarray(0, 100));
  using file = Deno.openSync(temp.at("file"));
  const reader = new WindowReader(file, 1000);
  assert.throws(() => reader.some(100, 10, 5000), archiveError("bad_local_header"));
  assert.throws(() => reader.exactly(90, 20, 5000), archiveError("bad_local_header"));
  assert.throws(() => reader.exactly(200, 1, 5000), archiveError("bad_local_header"));
  assert.equal(reader.exactly(90, 10, 5000).length, 10, "and goes on");
});
