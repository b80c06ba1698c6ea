/**
 * Parses one answer of a hub, and passes its bytes to the sink.
 *
 * Guarantees: every byte passed on lies inside a requested range (or in the whole package, if that is
 * allowed), at the offset that the answer claims for it. An answer may hold less than was requested, or
 * more around it: only requested bytes are passed on. An answer that states no range is accepted only
 * if one range was requested and it has that range's length; the result is then `unlabelled`. `fetch`
 * silently decodes a gzipped answer and hides the headers that would show it, so the length may be the
 * only proof.
 *
 * It is longer than 250 lines because every way in which an answer can be wrong has its own error.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import type { Range } from "../../types.ts";
import { readBody } from "../request/body_reader.ts";
import { formatRange, lengthOf, parseContentRange } from "./content_range.ts";
import type { Answer } from "../request/http_get.ts";
import { MultipartParser, parseBoundary } from "./multipart.ts";
import { codingOf } from "./coding.ts";
import { claimsPage, isPage } from "./page.ts";
import { type PackageHead, readHead } from "./package_head.ts";
import type {
  FetchOutcome,
  PackageContext,
  PackageRequest,
  PackageSink,
} from "./package_request.ts";
import { RangeRefusedError } from "./ranges_to_blame.ts";
import { lineOf, pageText } from "./page_text.ts";
import { firstBytes, statusError } from "./status_error.ts";
import { handOn, WantedRanges } from "./wanted_ranges.ts";
import { HUB } from "../../messages/hub.ts";

/** What was received. */
type Received = Pick<FetchOutcome, "kind" | "bytes" | "unlabelled">;

/** Passes one answer to the sink. */
export class Reception {
  /** Milliseconds from the request to the first byte; `null` before it. */
  firstByteMs: number | null = null;
  readonly #answer: Answer;
  readonly #request: PackageRequest;
  readonly #sink: PackageSink;
  readonly #context: PackageContext;

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
    const { status } = response;
    if (status === 200 || status === 203 || status === 206) {
      this.#refuseCoding();
      return status === 206 || this.#isPart() ? await this.#partial() : await this.#full();
    }
    const { transport, name, anyName } = this.#context;
    if (status === 416) throw this.#rangeRefused();
    const error = await statusError(this.#answer, transport.clock());
    if (status !== 404 || redirected || anyName) throw error;
    throw new HubError("not_found", HUB.no_package({ name }), {
      ...error.evidence,
      status: 404,
      hint: HUB.check_name(),
    });
  }

  /** Whether a 200 or 203 is really a 206, by its headers. */
  #isPart(): boolean {
    const { headers } = this.#answer.response;
    const range = parseContentRange(headers.get("content-range"))?.range;
    if (range === undefined || range === null || this.#request.ranges === "all") return false;
    return lengthOf(headers) === range.end - range.start;
  }

  async #full(): Promise<Received> {
    const total = lengthOf(this.#answer.response.headers);
    const begin = () => this.#head({ status: 200, total });
    if (this.#request.ranges !== "all" && !this.#request.allowFull) {
      const first = claimsPage(this.#type) ? await firstBytes(this.#answer) : new Uint8Array();
      this.#refusePage(0, first);
      begin();
      return { kind: "full_refused", bytes: 0 };
    }
    const range = { start: 0, end: total ?? Number.MAX_SAFE_INTEGER };
    // A page's length is no package's: its first bytes come before what its head says.
    const bytes = await this.#stream(range, [range], begin);
    if (bytes === 0) begin();
    if (total !== null && bytes < total) throw this.#cutShort(total, bytes);
    return { kind: "full", bytes };
  }

  async #partial(): Promise<Received> {
    const { headers } = this.#answer.response;
    const { ranges, allowFull } = this.#request;
    const boundary = parseBoundary(headers.get("content-type"));
    if (boundary !== null && ranges !== "all") {
      return await this.#parts(boundary, new WantedRanges(ranges));
    }
    const { range, total, isSaid } = this.#claim();
    const expected = range.end - range.start;
    const announced = lengthOf(headers);
    if (announced !== null && announced > expected) {
      throw this.#wrongRange(HUB.bytes({ expected }), HUB.content_length_of({ announced }));
    }
    const whole = range.start === 0 && range.end === total;
    if (ranges === "all" && !whole) throw this.#wrongRange("a 200", HUB.unasked_206());
    let taken = ranges === "all" ? [range] : new WantedRanges(ranges).take(range);
    const all = whole && (ranges === "all" || taken.length === 0);
    if (taken.length === 0 && !all) {
      throw this.#wrongRange(this.#asked, formatRange([range]));
    }
    this.#head({ status: all ? 200 : 206, total });
    if (all && !allowFull) return { kind: "full_refused", bytes: 0 };
    if (all) taken = [range];
    const bytes = await this.#stream(range, taken);
    if (bytes < expected) throw this.#cutShort(expected, bytes);
    // A range that isn't the one asked for, nor cut at its end, may be a mistake about the bytes.
    const known = isSaid && (all || taken.some(({ start }) => start === range.start));
    return { kind: all ? "full" : "range", bytes, ...(!known && { unlabelled: true }) };
  }

  /** The range that an answer claims to hold; without a claim, its length may imply one. */
  #claim(): { range: Range; total: number | null; isSaid: boolean } {
    const { headers } = this.#answer.response;
    const { ranges } = this.#request;
    const text = headers.get("content-range");
    const content = parseContentRange(text);
    if (content?.range) return { range: content.range, total: content.total, isSaid: true };
    const [asked, another] = ranges === "all" ? [] : ranges;
    const length = lengthOf(headers);
    if (text === null && asked && !another && length === asked.end - asked.start) {
      return { range: asked, total: null, isSaid: false };
    }
    throw this.#wrongRange(this.#asked, text ?? HUB.no_content_range());
  }

  async #parts(boundary: string, wanted: WantedRanges): Promise<Received> {
    let whole: number | null | undefined;
    let taken: Range[] = [];
    let bytes = 0;
    const parser = new MultipartParser(boundary, {
      part: (range, total) => {
        if (whole === undefined) this.#head({ status: 206, total });
        else if (whole !== total) {
          throw this.#wrongRange(HUB.total_of({ whole: String(whole) }), String(total));
        }
        whole = total;
        taken = wanted.take(range);
        if (taken.length === 0) {
          throw this.#wrongRange(HUB.part_asked_for(), formatRange([range]));
        }
      },
      bytes: (offset, chunk) => {
        this.#refusePage(offset, chunk);
        bytes += chunk.length;
        handOn(chunk, { offset, taken }, (at, piece) => this.#sink.bytes(at, piece));
      },
    });
    await this.#read((chunk) => parser.push(chunk));
    parser.end();
    if (whole === undefined) {
      throw this.#wrongRange(HUB.a_part(), HUB.a_multipart_answer_without_parts());
    }
    return { kind: "multipart", bytes };
  }

  /** Passes on the bytes of one range, and refuses the first byte beyond its end. */
  async #stream(
    { start, end }: Range,
    taken: readonly Range[],
    begin: () => void = () => {},
  ): Promise<number> {
    let offset = start;
    await this.#read((chunk) => {
      this.#refusePage(offset, chunk);
      if (offset === start) begin();
      handOn(chunk, { offset, taken }, (at, piece) => this.#sink.bytes(at, piece));
      offset += chunk.length;
      if (offset > end) {
        throw this.#wrongRange(HUB.bytes({ expected: end - start }), HUB.more_compresses());
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

  #head(known: Pick<PackageHead, "status" | "total">): void {
    const { name, timezone, anyName = false } = this.#context;
    const { response, url } = this.#answer;
    this.#sink.head(readHead(response.headers, { name, timezone, url, anyName, ...known }));
  }

  /** Refuses an answer that says that it is compressed: its ranges mean nothing. */
  #refuseCoding(): void {
    const { headers, status } = this.#answer.response;
    const coding = codingOf(headers);
    if (coding === undefined) return;
    const url = redactUrl(this.#answer.url);
    throw new HubError("encoded", HUB.content_encoding({ url, coding }), {
      status,
      url,
      expected: "identity",
      found: coding,
      hint: HUB.proxy_compresses({ path: this.#answer.asked.pathname }),
    });
  }

  #refusePage(offset: number, chunk: Uint8Array): void {
    if (offset !== 0 || !isPage(chunk, this.#type)) return;
    throw this.#page(lineOf(pageText(chunk.subarray(0, 1024), this.#type)));
  }

  #page(line: string): HubError {
    const { url, foreign, response: { status } } = this.#answer;
    const message = HUB.page_not_package({ url: redactUrl(url), status });
    const quoted = foreign || line === "" ? message : `${message}: ${line}`;
    return new HubError("http_status", quoted, {
      status,
      url: redactUrl(url),
      expected: HUB.a_zip(),
      found: foreign ? HUB.a_page() : line,
    });
  }

  #rangeRefused(): RangeRefusedError {
    const { url, response: { headers } } = this.#answer;
    const total = parseContentRange(headers.get("content-range"))?.total ?? null;
    return new RangeRefusedError(HUB.no_such_range({ url: redactUrl(url) }), {
      url: redactUrl(url),
      total,
      expected: this.#asked,
      found: total === null ? "416" : HUB.package_of_bytes({ total }),
    });
  }

  get #type(): string | null {
    return this.#answer.response.headers.get("content-type");
  }

  get #asked(): string {
    const { ranges } = this.#request;
    return ranges === "all" ? "all" : formatRange(ranges);
  }

  #wrongRange(expected: string, found: string): HubError {
    const { url, response: { status } } = this.#answer;
    const message = HUB.another_range({ url: redactUrl(url), expected, found });
    return new HubError("wrong_range", message, { status, url: redactUrl(url), expected, found });
  }

  #cutShort(expected: number, found: number): HubError {
    const url = redactUrl(this.#answer.url);
    const message = HUB.ended_early({ url, found, expected });
    return new HubError("cut_short", message, { url, expected, found });
  }
}
