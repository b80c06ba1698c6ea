/**
 * Writes an answer to a connection, at a given pace and with what may go wrong on the way.
 *
 * Guarantees: it never runs ahead of the connection (a slow reader slows it down) and counts the
 * body bytes that the kernel took. "Reset" means a connection closed before its time: the runtime
 * can't send an RST on purpose, and on loopback a client sees the same error for both.
 *
 * @module
 */
import { type Answer, reasonOf } from "./answer.ts";
import type { Pace } from "./pace.ts";

/** What goes wrong while an answer is written; places are in bytes of its body. */
export interface Wire {
  /** Close here; below 0 = before the status line. */
  closeAt?: number;
  /** Say nothing more from here, but keep the connection. */
  stallAt?: number;
  /** From here on one byte every `trickleMs`. */
  trickleAt?: number;
  trickleMs?: number;
  /** Wait so long before the status line. */
  firstByteMs?: number;
  /** Bytes after the body. */
  garbage?: Uint8Array;
  /** Run at this place, once; it may return what follows instead of the rest. */
  switchAt?: { at: number; run(): Promise<AsyncIterable<Uint8Array> | undefined> };
}

/** Everything that one writing needs to know. */
export interface Writing {
  httpVersion: "1.0" | "1.1";
  /** Whether the connection may be used again. */
  keepAlive: boolean;
  /** Send the head only. */
  headOnly: boolean;
  wire: Wire;
  pace: Pace;
  /** Told of every body byte that was written. */
  onBytes(count: number): void;
  /** Common headers, first in the head. */
  headers: Answer["headers"];
}

/**
 * Writes an answer.
 *
 * @returns whether the connection can be used again.
 * @throws what the connection throws when the client has gone.
 */
export async function writeAnswer(
  connection: Deno.Conn,
  answer: Answer,
  writing: Writing,
): Promise<boolean> {
  const { wire, pace } = writing;
  await pace.wait(pace.latencyMs + (wire.firstByteMs ?? 0));
  if (wire.closeAt !== undefined && wire.closeAt < 0) return false;
  const length = answer.length ?? answer.body.size;
  const honest = length === answer.body.size && wire.garbage === undefined;
  const keepAlive = writing.keepAlive && honest;
  const head = [
    `HTTP/${writing.httpVersion} ${answer.status} ${reasonOf(answer.status)}`,
    ...[...writing.headers, ...answer.headers].map(([name, value]) => `${name}: ${value}`),
    ...length === "none" || answer.status === 304 ? [] : [`Content-Length: ${length}`],
    ...writing.httpVersion === "1.1" && !keepAlive ? ["Connection: close"] : [],
  ];
  await writeAll(connection, new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
  if (writing.headOnly || answer.status === 304) return keepAlive;
  if (!await writeBody(connection, answer, writing)) return false;
  if (wire.garbage) await writeAll(connection, wire.garbage);
  return keepAlive;
}

/** Writes the body; false = it ended early. */
async function writeBody(
  connection: Deno.Conn,
  answer: Answer,
  { wire, pace, onBytes }: Writing,
): Promise<boolean> {
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      const size = Math.min(bytes.length - at, pace.chunkSize);
      await pace.take(size);
      await writeAll(connection, bytes.subarray(at, at + size), onBytes);
      at += size;
    }
  };
  let at = 0;
  let chunks = answer.body.read(0, answer.body.size);
  const events = eventsOf(wire, answer.body.size);
  for (;;) {
    const event = events.shift();
    const until = event?.at ?? Infinity;
    if (at < until) {
      for await (const chunk of chunks) {
        const fits = Math.min(chunk.length, until - at);
        await write(chunk.subarray(0, fits));
        at += fits;
        if (at >= until) break;
      }
      // A body can only be read from a place, so what is left is asked for again.
      chunks = answer.body.read(Math.min(at, answer.body.size), answer.body.size);
    }
    if (event === undefined) return true;
    if (event.kind === "close") return false;
    if (event.kind === "stall") {
      await untilClosed(connection);
      return false;
    }
    if (event.kind === "switch") {
      chunks = await wire.switchAt!.run() ?? chunks;
      continue;
    }
    for await (const chunk of chunks) {
      for (const byte of chunk) {
        await pace.wait(wire.trickleMs ?? 1000);
        await writeAll(connection, Uint8Array.of(byte), onBytes);
      }
    }
    return true;
  }
}

interface WireEvent {
  at: number;
  kind: "close" | "stall" | "trickle" | "switch";
}

/** What happens within a body of this size, in order. */
function eventsOf(wire: Wire, size: number): WireEvent[] {
  const events: WireEvent[] = [];
  if (wire.switchAt) events.push({ at: wire.switchAt.at, kind: "switch" });
  if (wire.closeAt !== undefined) events.push({ at: wire.closeAt, kind: "close" });
  if (wire.stallAt !== undefined) events.push({ at: wire.stallAt, kind: "stall" });
  if (wire.trickleAt !== undefined) events.push({ at: wire.trickleAt, kind: "trickle" });
  // An event past the end happens at the end.
  return events.map((event) => ({ ...event, at: Math.min(event.at, size) }))
    .sort((a, b) => a.at - b.at);
}

/** Reads and forgets until the client hangs up. */
export async function untilClosed(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection.read(buffer).catch(() => null) !== null);
}

async function writeAll(
  connection: Deno.Conn,
  bytes: Uint8Array,
  onBytes?: (count: number) => void,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await connection.write(bytes.subarray(at));
    onBytes?.(written);
    at += written;
  }
}
