/** Each byte of a multipart answer gets its place, however the answer is cut into chunks. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { HubError } from "../../src/errors.ts";
import { MultipartParser, parseBoundary } from "../../src/hub/answer/multipart.ts";
import { RecordingSink } from "./client_fixture.ts";

const encoder = new TextEncoder();

function parse(body: Uint8Array, chunkSize: number): { text: string; parts: number } {
  const sink = new RecordingSink();
  let parts = 0;
  const parser = new MultipartParser("B", {
    part: () => void parts++,
    bytes: (offset, chunk) => sink.bytes(offset, chunk),
  });
  for (let at = 0; at < body.length; at += chunkSize) {
    parser.push(body.subarray(at, at + chunkSize));
  }
  parser.end();
  return { text: sink.text, parts };
}

function part(start: number, data: string, total = 10_000): string {
  return `\r\n--B\r\nContent-Type: application/zip\r\nContent-Range: bytes ${start}-${
    start + data.length - 1
  }/${total}\r\n\r\n${data}`;
}

Deno.test("MultipartParser gives every byte its place, however the body is cut into chunks", () => {
  // Data that looks like boundaries and line ends is the hard case.
  const data = fc.array(fc.constantFrom("\r\n", "--B", "--", "B", "x", "\n", "\r\n--B--"), {
    minLength: 1,
    maxLength: 8,
  }).map((words) => words.join(""));
  const bodies = fc.array(data, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(bodies, fc.integer({ min: 1, max: 40 }), (texts, chunkSize) => {
    const parts = texts.map((text, index) => ({ start: index * 1000, text }));
    const body = parts.map(({ start, text }) => part(start, text)).join("") + "\r\n--B--\r\n";
    const found = parse(encoder.encode(body), chunkSize);
    assert.equal(found.parts, texts.length);
    assert.equal(found.text, parts.map(({ start, text }) => `${start}:${text}`).join(" "));
  }));
});

Deno.test("MultipartParser accepts a body without a first or last line end", () => {
  assert.deepEqual(parse(encoder.encode(`${part(5, "abc").slice(2)}\r\n--B--`), 4), {
    text: "5:abc",
    parts: 1,
  });
});

Deno.test("MultipartParser says cut_short for every place where the body may end", () => {
  const body = encoder.encode(`${part(5, "abc")}${part(50, "defg")}\r\n--B--`);
  for (let end = 0; end < body.length; end++) {
    assert.throws(() => parse(body.subarray(0, end), 16), (error: unknown) => {
      assert(error instanceof HubError);
      assert.equal(error.code, "cut_short");
      return true;
    }, `cut after ${end}`);
  }
});

Deno.test("MultipartParser says wrong_range when it can't trust the parts", () => {
  const bodies = [
    `--B\r\nContent-Type: x\r\n\r\nabc\r\n--B--`,
    `--B\r\nContent-Range: bytes 5-3/10\r\n\r\nabc\r\n--B--`,
    `--B\r\nContent-Range: bytes 0-1/10\r\n\r\nabc\r\n--B--`,
    `--B\r\nX: ${"y".repeat(9000)}`,
    "line\r\n".repeat(200),
  ];
  for (const body of bodies) {
    assert.throws(() => parse(encoder.encode(body), 100), (error: unknown) => {
      assert(error instanceof HubError);
      assert.equal(error.code, "wrong_range");
      return true;
    }, body.slice(0, 60));
  }
});

Deno.test("parseBoundary() reads plain and quoted boundaries", () => {
  assert.equal(parseBoundary("multipart/byteranges; boundary=00042"), "00042");
  assert.equal(parseBoundary('Multipart/ByteRanges; charset=x; boundary="a b"'), "a b");
  for (const type of ["multipart/form-data; boundary=1", "application/zip", null]) {
    assert.equal(parseBoundary(type), null, String(type));
  }
});
