/**
 * Packs contents with Python's zlib, in the pieces that its `zipfile` uses: the streams of deployed
 * hubs. Deno's own zlib makes other ones.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { succeeds } from "./command.ts";
import { KeptBytes } from "./kept_bytes.ts";
import type { Packed, Packing } from "./zip_builder.ts";

/** Reads level, length and content again and again, and answers length and stream. */
const PROGRAM = `
import struct, sys, zlib
read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
while head := read(5):
    level, size = struct.unpack("<BI", head)
    content = read(size)
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    pieces = [packer.compress(content[at:at + 8192]) for at in range(0, size, 8192)]
    pieces.append(packer.flush())
    stream = b"".join(pieces)
    write(struct.pack("<I", len(stream)) + stream)
    sys.stdout.buffer.flush()
`;
import { has, installed } from "./installed.ts";

/** Whether there is a Python to ask, and its zlib isn't another one that goes by the name. */
export function hasPython(): boolean {
  const stock = `import zlib; assert "ng" not in zlib.ZLIB_RUNTIME_VERSION`;
  if (!installed("python3")) return false;
  return has(succeeds("python3", ["-c", stock]), "a python3 with zlib itself");
}

/** Streams by level and content: a file's tests begin with the same files, again and again. */
const streams = new KeptBytes();

/** Some Python processes that pack; contents go to them in turn. */
export class PythonPacker implements AsyncDisposable {
  readonly #lines: Line[];
  #next = 0;

  /** Starts `count` processes. */
  constructor(count = 2) {
    this.#lines = Array.from({ length: count }, () => new Line());
  }

  /** Packs one content. */
  readonly pack = async (content: Uint8Array, packing: Packing = {}): Promise<Packed> => {
    const { level = 6 } = packing;
    const key = `${level} ${createHash("sha256").update(content).digest("hex")}`;
    let data = streams.get(key);
    if (data === undefined) {
      const line = this.#lines[this.#next++ % this.#lines.length]!;
      data = await line.ask(content, level);
      streams.set(key, data);
    }
    const sizes = { compressedSize: data.length, size: content.length };
    return { method: 8, crc: crc32(content), ...sizes, data };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.end()));
  }
}

/** One process; questions wait for each other. */
class Line {
  readonly #child = new Deno.Command("python3", {
    args: ["-c", PROGRAM],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  readonly #writer = this.#child.stdin.getWriter();
  readonly #reader = this.#child.stdout.getReader({ mode: "byob" });
  #last: Promise<unknown> = Promise.resolve();

  ask(content: Uint8Array, level: number): Promise<Uint8Array> {
    const answer = this.#last.then(() => this.#ask(content, level));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    await this.#last;
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }

  async #ask(content: Uint8Array, level: number): Promise<Uint8Array> {
    const head = new DataView(new ArrayBuffer(5));
    head.setUint8(0, level);
    head.setUint32(1, content.length, true);
    const written = this.#writer.write(new Uint8Array(head.buffer))
      .then(() => this.#writer.write(content));
    const size = new DataView((await this.#read(4)).buffer).getUint32(0, true);
    const stream = await this.#read(size);
    await written;
    return stream;
  }

  async #read(size: number): Promise<Uint8Array<ArrayBuffer>> {
    let view = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { value, done } = await this.#reader.read(view.subarray(at));
      if (done) throw new Error("the Python that packs has ended");
      view = new Uint8Array(value.buffer);
      at += value.length;
    }
    return view;
  }
}
