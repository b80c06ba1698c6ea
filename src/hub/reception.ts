/**
 * Takes one answer of a hub apart, and hands its bytes to the sink.
 *
 * Guarantees: every byte handed on lies inside a range that was asked for, at the offset that the
 * answer claims for it; an answer that isn't what was asked is refused before its bytes where its
 * headers tell, else by its length. `fetch` decodes a gzipped answer silently and hides the headers
 * that would tell, so the length may be the only proof.
 *
 * @module
 */

import { HubError, redactUrl } from "../errors.ts";
import type { Range } from "../types.ts";
import { readBody } from "./body_reader.ts";
import { formatRange, parseContentRange } from "./content_range.ts";
import type { Answer } from "./get.ts";
import { MultipartParser, parseBoundary } from "./multipart.ts";
import { type PackageHead, readHead } from "./package_head.ts";
import type {
  FetchOutcome,
  PackageContext,
  PackageRequest,
  PackageSink,
} from "./package_request.ts";
import { RangeRefusedError } from "./range_refused_error.ts";
import { firstLine, lineOf, statusError } from "./status_error.ts";
import { WantedRanges } from "./wanted_ranges.ts";

/** What was received. */
export type Received = Pick<FetchOutcome, "kind" | "bytes">;

/** One answer on its way into the sink. */
export class Reception {
  /** Milliseconds from the request to the first byte; `null` before it. */
  firstByteMs: number | null = null;
  readonly #answer: Answer;
  readonly #request: PackageRequest;
  readonly #sink: PackageSink;
  readonly #context: PackageContext;

  /** Reads nothing yet. */
  constructor(
    answer: Answer,
    rest: { request: PackageRequest; sink: PackageSink; context: PackageContext },
  ) {
    this.#answer = answer;
    this.#request = rest.request;
    this.#sink = rest.sink;
    this.#context = rest.context;
  }

  /** Reads the answer to its end; throws `HubError`, or what the sink threw. */
  async receive(): Promise<Received> {
    const { response, redirected } = this.#answer;
    if (response.status === 200 || response.status === 206) {
      await this.#refuseOddContent();
      return response.status === 200 ? await this.#full() : await this.#partial();
    }
    const { transport, name } = this.#context;
    if (response.status === 416) throw this.#rangeRefused();
    const error = await statusError(this.#answer, transport.clock());
    if (response.status !== 404 || redirected) throw error;
    throw new HubError("not_found", `the hub has no package of "${name}" (404)`, {
      ...error.evidence,
      status: 404,
      hint: "check datasets[].name; a new dataset's package may not be built yet",
    });
  }

  async #full(): Promise<Received> {
    const { headers } = this.#answer.response;
    const total = lengthOf(headers);
    this.#head({ status: 200, total, multipart: false });
    if (this.#request.ranges !== "all" && !this.#request.allowFull) {
      return { kind: "full_refused", bytes: 0 };
    }
    const end = total ?? Number.MAX_SAFE_INTEGER;
    const bytes = await this.#stream({ start: 0, end });
    if (total !== null && bytes < total) throw this.#cutShort(total, bytes);
    return { kind: "full", bytes };
  }

  async #partial(): Promise<Received> {
    const { headers } = this.#answer.response;
    const { ranges } = this.#request;
    if (ranges === "all") throw this.#wrongRange("a 200", "a 206 that nobody asked for");
    const wanted = new WantedRanges(ranges);
    const boundary = parseBoundary(headers.get("content-type"));
    if (boundary !== null) return await this.#parts(boundary, wanted);

    const text = headers.get("content-range");
    const content = parseContentRange(text);
    const range = content?.range ?? null;
    if (content === null || range === null || !wanted.matches(range, content.total)) {
      throw this.#wrongRange(formatRange(ranges), text ?? "no Content-Range");
    }
    const expected = range.end - range.start;
    const announced = lengthOf(headers);
    if (announced !== null && announced > expected) {
      throw this.#wrongRange(`${expected} bytes`, `a Content-Length of ${announced}`);
    }
    this.#head({ status: 206, total: content.total, multipart: false });
    const bytes = await this.#stream(range);
    if (bytes < expected) throw this.#cutShort(expected, bytes);
    return { kind: "range", bytes };
  }

  async #parts(boundary: string, wanted: WantedRanges): Promise<Received> {
    let whole: number | null | undefined;
    let bytes = 0;
    const parser = new MultipartParser(boundary, {
      part: (range, total) => {
        if (whole === undefined) this.#head({ status: 206, total, multipart: true });
        else if (whole !== total) throw this.#wrongRange(`a total of ${whole}`, String(total));
        whole = total;
        if (!wanted.take(range)) {
          throw this.#wrongRange("a part that was asked for", formatRange([range]));
        }
      },
      bytes: (offset, chunk) => {
        this.#refusePage(offset, chunk);
        bytes += chunk.length;
        this.#sink.bytes(offset, chunk);
      },
    });
    await this.#read((chunk) => parser.push(chunk));
    parser.end();
    if (whole === undefined) throw this.#wrongRange("a part", "a multipart answer without parts");
    return { kind: "multipart", bytes };
  }

  /** Hands on the bytes of one range, and refuses the first one beyond its end. */
  async #stream({ start, end }: Range): Promise<number> {
    let offset = start;
    await this.#read((chunk) => {
      this.#refusePage(offset, chunk);
      const room = end - offset;
      if (room > 0) this.#sink.bytes(offset, room < chunk.length ? chunk.subarray(0, room) : chunk);
      offset += chunk.length;
      if (offset > end) {
        throw this.#wrongRange(`${end - start} bytes`, "more (a proxy that compresses?)");
      }
    });
    return offset - start;
  }

  async #read(onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const { buffers, throttle, transport } = this.#context;
    await readBody(this.#answer, {
      buffers,
      throttle,
      onChunk: (chunk) => {
        this.firstByteMs ??= transport.clock() - this.#answer.startedAt;
        onChunk(chunk);
      },
    });
  }

  #head(known: Pick<PackageHead, "status" | "total" | "multipart">): void {
    const { name, timezone } = this.#context;
    const { response, url } = this.#answer;
    this.#sink.head(readHead(response.headers, { name, timezone, url, ...known }));
  }

  /** Refuses what can't be a package by its headers: a compressed answer, a page. */
  async #refuseOddContent(): Promise<void> {
    const { headers, status } = this.#answer.response;
    const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
    if (coding !== "" && coding !== "identity") {
      const url = redactUrl(this.#answer.url);
      throw new HubError("encoded", `${url}: the package comes with Content-Encoding: ${coding}`, {
        status,
        url,
        expected: "identity",
        found: coding,
        hint: "a proxy compresses on its way: it must leave /package/ alone",
      });
    }
    const type = headers.get("content-type") ?? "";
    if (/^\s*(text\/html|application\/(json|xhtml\+xml))\b/i.test(type)) {
      throw this.#page(await firstLine(this.#answer));
    }
  }

  /** A ZIP begins with `PK`; a page that passes for one begins with `<` or `{`. */
  #refusePage(offset: number, chunk: Uint8Array): void {
    if (offset === 0 && (chunk[0] === 0x3c || chunk[0] === 0x7b)) {
      throw this.#page(lineOf(new TextDecoder().decode(chunk.subarray(0, 1024))));
    }
  }

  #page(line: string): HubError {
    const { url, response: { status } } = this.#answer;
    const message = `${redactUrl(url)} answered ${status} with a page in place of the package`;
    return new HubError("http_status", `${message}: ${line}`, {
      status,
      url: redactUrl(url),
      expected: "a ZIP",
      found: line,
    });
  }

  #rangeRefused(): RangeRefusedError {
    const { url, response: { headers } } = this.#answer;
    const total = parseContentRange(headers.get("content-range"))?.total ?? null;
    return new RangeRefusedError(`${redactUrl(url)}: the hub has no such range (416)`, {
      url: redactUrl(url),
      total,
      expected: this.#request.ranges === "all" ? "all" : formatRange(this.#request.ranges),
      found: total === null ? "416" : `a package of ${total} bytes`,
    });
  }

  #wrongRange(expected: string, found: string): HubError {
    const { url, response: { status } } = this.#answer;
    const message = `${redactUrl(url)} answered another range: asked ${expected}, got ${found}`;
    return new HubError("wrong_range", message, { status, url: redactUrl(url), expected, found });
  }

  #cutShort(expected: number, found: number): HubError {
    const url = redactUrl(this.#answer.url);
    const message = `${url}: the answer ended after ${found} of ${expected} bytes`;
    return new HubError("cut_short", message, { url, expected, found });
  }
}

/** The `Content-Length` in bytes; `null` when there is none, or it makes no sense. */
function lengthOf(headers: Headers): number | null {
  const text = headers.get("content-length")?.trim() ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
