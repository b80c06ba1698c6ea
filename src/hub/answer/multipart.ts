/**
 * Parses a `multipart/byteranges` body while it arrives.
 *
 * Guarantees: every byte passed on lies where its part's `Content-Range` says. Parts are counted
 * by that range, not by searching for the boundary, which may occur in the data; only a header
 * line is buffered. It doesn't compare the parts with the request.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import type { Range } from "../../types.ts";
import { parseContentRange } from "./content_range.ts";
import { HUB } from "../../messages/hub.ts";

/** A header line longer than this is an attack or no header. */
const LONGEST_LINE = 8192;
/** Lines before the first part. */
const MOST_PREAMBLE_LINES = 100;

/** Receives the parts of a multipart body. Offsets and sizes are in bytes. */
interface PartSink {
  /** A part begins. */
  part(range: Range, total: number | null): void;
  /** Bytes at their offset in the whole; only valid during the call. */
  bytes(offset: number, chunk: Uint8Array): void;
}

/** The boundary that a `Content-Type` announces; `null` when it is no multipart/byteranges. */
export function parseBoundary(contentType: string | null): string | null {
  const match = /^\s*multipart\/(?:x-)?byteranges\s*;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(
    contentType ?? "",
  );
  return match?.[1] ?? match?.[2] ?? null;
}

/** A parser that is pushed the chunks of one body. */
export class MultipartParser {
  readonly #delimiter: string;
  readonly #sink: PartSink;
  #state: "preamble" | "boundary" | "headers" | "data" | "end" = "preamble";
  #line = "";
  #preambleLines = 0;
  #contentRange: string | null = null;
  #offset = 0;
  #end = 0;

  /** Begins before the first boundary. */
  constructor(boundary: string, sink: PartSink) {
    this.#delimiter = `--${boundary}`;
    this.#sink = sink;
  }

  /** Parses the next chunk; throws `HubError("wrong_range")` if the body isn't multipart. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.#state !== "end") {
      if (this.#state === "data") {
        const take = Math.min(chunk.length - at, this.#end - this.#offset);
        this.#sink.bytes(this.#offset, chunk.subarray(at, at + take));
        this.#offset += take;
        at += take;
        if (this.#offset === this.#end) this.#state = "boundary";
        continue;
      }
      const newline = chunk.indexOf(10, at);
      const until = newline < 0 ? chunk.length : newline;
      if (this.#line.length + until - at > LONGEST_LINE) {
        throw malformed(HUB.a_line_without_an_end());
      }
      this.#line += String.fromCharCode(...chunk.subarray(at, until));
      at = until + 1;
      if (newline >= 0) this.#takeLine();
    }
  }

  /** Call at the body's end; throws `HubError("cut_short")` if the last boundary is missing. */
  end(): void {
    if (this.#state === "end" || this.#isLastBoundary(this.#line)) return;
    throw new HubError("cut_short", HUB.multipart_ends_early(), {
      expected: `${this.#delimiter}--`,
      found: this.#state === "data" ? `${this.#end - this.#offset} bytes missing` : this.#state,
    });
  }

  #takeLine(): void {
    const line = this.#line.replace(/\r$/, "");
    this.#line = "";
    if (this.#state === "headers") return this.#takeHeader(line);
    if (line.trimEnd() === this.#delimiter) {
      this.#state = "headers";
      this.#contentRange = null;
    } else if (this.#isLastBoundary(line)) {
      this.#state = "end";
    } else if (this.#state === "boundary" && line !== "") {
      throw malformed(HUB.part_too_long());
    } else if (this.#state === "preamble" && ++this.#preambleLines > MOST_PREAMBLE_LINES) {
      throw malformed(HUB.no_boundary());
    }
  }

  #takeHeader(line: string): void {
    if (line !== "") {
      const match = /^content-range\s*:\s*(.*)$/i.exec(line);
      if (match) this.#contentRange = match[1] ?? null;
      return;
    }
    const content = parseContentRange(this.#contentRange);
    if (content === null || content.range === null) {
      throw malformed(HUB.part_with_range({ range: this.#contentRange ?? "" }));
    }
    this.#offset = content.range.start;
    this.#end = content.range.end;
    this.#state = "data";
    this.#sink.part(content.range, content.total);
  }

  #isLastBoundary(line: string): boolean {
    return line.trimEnd() === `${this.#delimiter}--`;
  }
}

function malformed(found: string): HubError {
  return new HubError("wrong_range", HUB.multipart_unreadable({ found }), { found });
}
