/**
 * The bytes that an answer carries, from memory or from a file, whole or in parts, and changed on
 * the way where a fault wants it.
 *
 * Guarantees: a file is read in chunks of at most 256 KB, never whole, and is closed when its
 * reader stops. A chunk is valid only until the next one is asked for.
 *
 * @module
 */

/** Bytes that can be read from any place; sizes and offsets are in bytes. */
export interface Body {
  readonly size: number;
  /** The bytes from `start` up to `end`, which isn't in them. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A package as it is given to a hub: its bytes, or the file that holds them. */
export type PackageBytes = Uint8Array | { path: string };

const CHUNK = 1 << 18;

/** A body in memory. */
export function memoryBody(bytes: Uint8Array): Body {
  return {
    size: bytes.length,
    async *read(start, end) {
      for (let at = start; at < end; at += CHUNK) {
        yield bytes.subarray(at, Math.min(at + CHUNK, end));
      }
    },
  };
}

/** A body of text, as UTF-8. */
export function textBody(text: string): Body {
  return memoryBody(new TextEncoder().encode(text));
}

/**
 * A package's body.
 *
 * @throws what `Deno.stat` throws when its file isn't there.
 */
export async function packageBody(bytes: PackageBytes): Promise<Body> {
  if (bytes instanceof Uint8Array) return memoryBody(bytes);
  const { size } = await Deno.stat(bytes.path);
  return {
    size,
    async *read(start, end) {
      using file = await Deno.open(bytes.path);
      await file.seek(start, Deno.SeekMode.Start);
      const buffer = new Uint8Array(Math.min(CHUNK, end - start));
      for (let at = start; at < end;) {
        const read = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)));
        if (read === null) return;
        yield buffer.subarray(0, read);
        at += read;
      }
    },
  };
}

/** The part of a body from `start` up to `end`. */
export function partOf(body: Body, start: number, end: number): Body {
  return { size: end - start, read: (from, to) => body.read(start + from, start + to) };
}

/** Several bodies, one after another. */
export function joined(bodies: readonly Body[]): Body {
  return {
    size: bodies.reduce((sum, body) => sum + body.size, 0),
    async *read(start, end) {
      let begin = 0;
      for (const body of bodies) {
        const from = Math.max(start - begin, 0);
        const to = Math.min(end - begin, body.size);
        if (from < to) yield* body.read(from, to);
        begin += body.size;
      }
    },
  };
}

/** A body with one byte XOR-ed with `mask`. */
export function flipped(body: Body, offset: number, mask: number): Body {
  return {
    size: body.size,
    async *read(start, end) {
      let at = start;
      for await (const chunk of body.read(start, end)) {
        const place = offset - at;
        at += chunk.length;
        if (place < 0 || place >= chunk.length) {
          yield chunk;
          continue;
        }
        const changed = chunk.slice();
        changed[place]! ^= mask;
        yield changed;
      }
    },
  };
}

/** All bytes from `start` up to `end`, in memory. */
export async function collect(body: Body, start = 0, end = body.size): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let at = 0;
  for await (const chunk of body.read(start, end)) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(0, at);
}
