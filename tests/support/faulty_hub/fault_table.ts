/**
 * Every fault by name: what it does, and how. Longer than 250 lines because one table is the
 * documentation and the code, and it has thirty rows.
 *
 * A fault acts at one or more of four stages: `instead` of the usual answer, on the `package`
 * before it is served, on the `answer`, or on the `wire` while the answer is written.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { type Answer, headerOf, htmlAnswer, setHeader, statusAnswer } from "./answer.ts";
import { collect, flipped, memoryBody, partOf } from "./body.ts";
import type { Fault, FaultName } from "./fault.ts";
import { contentRange, type ServedPackage } from "./package_answer.ts";
import type { HubRequest } from "./request_parser.ts";
import type { Wire } from "./response_writer.ts";
import { readModernRange } from "./byte_range.ts";

/** What a fault may look at and do. */
export interface FaultContext {
  fault: Fault;
  request: HubRequest;
  /** A number from 0 up to 1, seeded. */
  random(): number;
  /** Makes a link that expires, and returns its path. */
  sign(path: string, validMs: number, uses: number): string;
  /** Replaces the package that the request is about, and returns the new one. */
  replace(fault: Fault): Promise<ServedPackage | undefined>;
}

/** One line of the table. */
export interface FaultBehaviour {
  /** What it does, with the members of {@linkcode Fault} that it reads. */
  summary: string;
  /** It describes the hub rather than an accident: it lasts unless `times` says otherwise. */
  lasts?: true;
  /** Requests that it leaves alone, and that don't use it up. */
  applies?(request: HubRequest): boolean;
  instead?(context: FaultContext): Answer | undefined;
  package?(served: ServedPackage, context: FaultContext): Promise<ServedPackage> | ServedPackage;
  answer?(answer: Answer, context: FaultContext, whole: Answer): Promise<void> | void;
  wire?(wire: Wire, answer: Answer, context: FaultContext): void;
}

const ranged = (request: HubRequest): boolean => request.headers.has("range");
const unsigned = (request: HubRequest): boolean => !request.path.startsWith("/signed/");

/** Every fault. */
export const FAULT_TABLE: Readonly<Record<FaultName, FaultBehaviour>> = {
  reset: {
    summary: "the connection closes `after` bytes of the body (below 0: before any answer)",
    wire: (wire, answer, context) => void (wire.closeAt = place(answer, context)),
  },
  stall: {
    summary: "never another byte `after` so many, and the connection stays open",
    wire: (wire, answer, context) => void (wire.stallAt = place(answer, context)),
  },
  trickle: {
    summary: "`after` so many bytes (default 0) one every `ms` (default 1000)",
    wire(wire, _answer, { fault }) {
      wire.trickleAt = fault.after ?? 0;
      wire.trickleMs = fault.ms ?? 1000;
    },
  },
  slow_first_byte: {
    summary: "nothing for `ms` (default 1000), then the usual answer",
    wire: (wire, _answer, { fault }) => void (wire.firstByteMs = fault.ms ?? 1000),
  },
  garbage_after: {
    summary: "`bytes` (default 64) of nonsense behind the body",
    wire: (wire, _answer, { fault }) =>
      void (wire.garbage = new Uint8Array(fault.bytes ?? 64).fill(0x58)),
  },
  no_length: {
    summary: "no `Content-Length`: the body ends where the connection does",
    answer: (answer) => void (answer.length = "none"),
  },
  content_length_long: {
    summary: "`Content-Length` says `bytes` (default 1000) more than are sent",
    answer: (answer, { fault }) => void (answer.length = answer.body.size + (fault.bytes ?? 1000)),
  },
  content_length_short: {
    summary: "`Content-Length` says `bytes` (default 1000) fewer than are sent",
    answer: (answer, { fault }) =>
      void (answer.length = Math.max(0, answer.body.size - (fault.bytes ?? 1000))),
  },
  wrong_content_range: {
    summary:
      "a 206 whose `Content-Range` is `contentRange`, or `bytes` (default 1) beside the truth",
    applies: ranged,
    answer(answer, { fault }) {
      const shift = fault.bytes ?? 1;
      const wrong = headerOf(answer, "Content-Range")?.replace(
        /(\d+)-(\d+)/,
        (_, first, last) => `${Number(first) + shift}-${Number(last) + shift}`,
      );
      setHeader(answer, "Content-Range", fault.contentRange ?? wrong);
    },
  },
  full_for_range: {
    summary: "200 and the whole package for a range",
    applies: ranged,
    answer: (answer, _context, whole) => void Object.assign(answer, whole),
  },
  full_for_if_range: {
    summary: "200 and the whole package for a range with `If-Range`, as some CDNs do",
    lasts: true,
    applies: (request) => ranged(request) && request.headers.has("if-range"),
    answer: (answer, _context, whole) => void Object.assign(answer, whole),
  },
  other_range: {
    summary: "a truthful 206, but for a range that begins `bytes` (default 1) later",
    applies: ranged,
    answer(answer, { fault, request }, whole) {
      const { size } = whole.body;
      const reading = readModernRange(request.headers.get("range"), size);
      if (typeof reading !== "object") return;
      const { start, end } = reading[0]!;
      const shifted = Math.min(start + (fault.bytes ?? 1), size - 1);
      const other = { start: shifted, end: Math.min(shifted + end - start, size) };
      answer.status = 206;
      setHeader(answer, "Content-Range", contentRange(other, size));
      answer.body = partOf(whole.body, other.start, other.end);
    },
  },
  status_416: {
    summary: "416 with the true total",
    applies: ranged,
    answer(answer, _context, whole) {
      const range: [string, string] = ["Content-Range", `bytes */${whole.body.size}`];
      Object.assign(answer, statusAnswer(416, [range]));
    },
  },
  gzip: {
    summary: "the body gzipped, with `Content-Encoding: gzip`, whatever was accepted",
    async answer(answer) {
      answer.body = memoryBody(gzipSync(await collect(answer.body)));
      setHeader(answer, "Content-Encoding", "gzip");
    },
  },
  html: {
    summary: "200 and a page: `html`, or a proxy's error page",
    instead: ({ fault }) =>
      htmlAnswer(200, fault.html ?? "<html><head><title>502 Bad Gateway</title></head></html>"),
  },
  not_found: { summary: "404", instead: () => statusAnswer(404) },
  status_429: {
    summary: "429, with `retryAfter` (seconds, a date, nonsense) when given",
    instead: ({ fault }) => statusAnswer(429, retryAfter(fault)),
  },
  status_500: { summary: "500", instead: () => statusAnswer(500) },
  status_503: {
    summary: "503, with `retryAfter` (seconds, a date, nonsense) when given",
    instead: ({ fault }) => statusAnswer(503, retryAfter(fault)),
  },
  redirect: {
    summary: "302 to `to`: an origin (the path is kept), a URL or a path",
    lasts: true,
    instead({ fault, request }) {
      const to = fault.to ?? "/";
      return redirectTo(/^https?:\/\/[^/]+$/.test(to) ? to + request.target : to);
    },
  },
  redirect_loop: {
    summary: "302 to itself",
    lasts: true,
    instead: ({ request }) => redirectTo(request.target),
  },
  expiring_redirect: {
    summary: "302 to a signed link (on the origin `to`, else here), then 403 after `ms` or `uses`",
    lasts: true,
    applies: unsigned,
    instead: ({ fault, request, sign }) =>
      redirectTo(
        (fault.to ?? "") + sign(request.path, fault.ms ?? Infinity, fault.uses ?? Infinity),
      ),
  },
  require_auth: {
    summary: "401 unless `Authorization: Bearer {token}`; with path `/` for the catalog, too",
    lasts: true,
    instead: ({ fault, request }) =>
      request.headers.get("authorization") === `Bearer ${fault.token ?? "secret"}`
        ? undefined
        : statusAnswer(401, [["WWW-Authenticate", "Bearer"]]),
  },
  replace_package: {
    summary:
      "`after` so many bytes the package becomes `package` (`version`, file name `other`); " +
      "`then` says what the open answer does",
    wire(wire, answer, context) {
      const at = place(answer, context);
      const then = context.fault.then ?? "cut";
      if (then === "cut") wire.closeAt = at;
      const run = async () => {
        const next = await context.replace(context.fault);
        const start = at + Number(/\d+/.exec(headerOf(answer, "Content-Range") ?? "0"));
        if (then !== "new" || next === undefined) return undefined;
        const end = Math.min(start + answer.body.size - at, next.body.size);
        return next.body.read(Math.min(start, end), end);
      };
      wire.switchAt = { at, run };
    },
  },
  stale_package: {
    summary: "the file name's stamp is `ms` (default an hour) older than the announcement",
    lasts: true,
    package: (served) => served, // The hub itself shifts the stamp: it knows the dataset.
  },
  wrong_package: {
    summary: "the package is handed out as `{other}_{stamp}.zip`",
    lasts: true,
    package: (served, { fault }) => ({
      ...served,
      fileName: `${fault.other ?? "another-dataset"}_${served.fileName.slice(-19)}`,
    }),
  },
  cut_package: {
    summary: "the package ends at `offset` (default half), with a length that matches",
    lasts: true,
    package(served, { fault }) {
      const end = Math.min(fault.offset ?? Math.floor(served.body.size / 2), served.body.size);
      return { ...served, body: partOf(served.body, 0, end) };
    },
  },
  bit_flip: {
    summary: "the byte at `offset` of the package (default anywhere in its first half) XOR `mask`",
    package(served, { fault, random }) {
      const offset = fault.offset ?? Math.floor(random() * served.body.size / 2);
      return { ...served, body: flipped(served.body, offset, fault.mask ?? 1) };
    },
  },
  bit_flip_directory: {
    summary:
      "a byte of the central directory (`offset` from its begin, default 16: a CRC) XOR `mask`",
    async package(served, { fault }) {
      const begin = await directoryOffset(served);
      return {
        ...served,
        body: flipped(served.body, begin + (fault.offset ?? 16), fault.mask ?? 1),
      };
    },
  },
  weak_etag: {
    summary: "the ETag is sent as a weak one",
    lasts: true,
    package: (served) => ({ ...served, etag: `W/${served.etag.replace(/^W\//, "")}` }),
  },
  etag_change: {
    summary: "the ETag is `etag`, else another one than usual, over the same bytes",
    package: (served, { fault, random }) => ({
      ...served,
      etag: fault.etag ?? `"${Math.floor(random() * 2 ** 32).toString(16)}"`,
    }),
  },
};

/** Where in an answer's body a fault happens. */
function place(answer: Answer, { fault, random }: FaultContext): number {
  return fault.after ?? Math.floor(random() * answer.body.size);
}

function retryAfter({ retryAfter }: Fault): Answer["headers"] {
  return retryAfter === undefined ? [] : [["Retry-After", String(retryAfter)]];
}

function redirectTo(location: string): Answer {
  return statusAnswer(302, [["Location", location]]);
}

/** Where the central directory begins; the package has neither Zip64 nor a comment. */
async function directoryOffset({ body }: ServedPackage): Promise<number> {
  const end = await collect(body, Math.max(0, body.size - 22), body.size);
  return new DataView(end.buffer, end.byteOffset).getUint32(16, true);
}
