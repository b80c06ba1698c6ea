/**
 * Hubs that answer requests for packages in ways that were seen of real servers, firewalls and
 * caches: one line per kind in {@linkcode ODD_HUBS}.
 *
 * Guarantees: but for the kinds that say so, an answer tells the truth about its bytes; the catalog
 * is always right. A plain `GET` gives the whole package, or `plain` says what it gives.
 *
 * Longer than 250 lines because each kind of hub is a row.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { RawServer } from "../hub/raw_server.ts";

/** A half-open range of bytes. */
type Span = readonly [start: number, end: number];

/** What is asked of a hub: at least one range, and the package. */
interface Ask {
  spans: readonly Span[];
  all: Uint8Array;
}

/** What it answers; `reset` ends the connection instead. */
type OddAnswer =
  | { status: number; headers?: Record<string, string>; body?: Uint8Array | string }
  | "reset";

/** One kind of hub. */
export interface OddKind {
  /** The answer to a request with ranges. */
  ranged: (ask: Ask) => OddAnswer;
  /** The answer to a request without; default: 200 and the package. */
  plain?: (all: Uint8Array) => OddAnswer;
  /** Whether it never sends bytes by range that can be used. */
  noRanges?: boolean;
  /** Whether its bytes aren't those that were asked for. */
  lies?: boolean;
}

const claim = ([start, end]: Span, all: Uint8Array) => `bytes ${start}-${end - 1}/${all.length}`;

const part = (span: Span, all: Uint8Array, headers: Record<string, string> = {}): OddAnswer => ({
  status: 206,
  headers: { "Content-Range": claim(span, all), ...headers },
  body: all.subarray(...span),
});

const whole = (all: Uint8Array, headers: Record<string, string> = {}): OddAnswer => ({
  status: 200,
  headers,
  body: all,
});

const page = (status: number, type = "text/html"): OddAnswer => ({
  status,
  headers: { "Content-Type": type },
  body: "<html><head><title>Blocked</title></head></html>",
});

/** As Varnish does where it can't pass on what its server sends. */
const later = (): OddAnswer => ({ status: 503, headers: { "Retry-After": "5" } });

const parts = (spans: readonly Span[], all: Uint8Array, claims = true): OddAnswer => ({
  status: 206,
  headers: { "Content-Type": "multipart/byteranges; boundary=odd" },
  body: Buffer.concat([
    ...spans.flatMap((span) => [
      Buffer.from(`\r\n--odd\r\n${claims ? `Content-Range: ${claim(span, all)}\r\n` : ""}\r\n`),
      all.subarray(...span),
    ]),
    Buffer.from("\r\n--odd--\r\n"),
  ]),
});

/** As a good server does. */
const well = ({ spans, all }: Ask, headers: Record<string, string> = {}): OddAnswer => {
  const [first] = spans;
  if (first === undefined) {
    return { status: 416, headers: { "Content-Range": `bytes */${all.length}` } };
  }
  return spans.length === 1 ? part(first, all, headers) : parts(spans, all);
};

/** Several ranges (more than `limit`) are answered so, everything else well. */
const many = (answer: (ask: Ask) => OddAnswer, limit = 1): OddKind => ({
  ranged: (ask) => ask.spans.length > limit ? answer(ask) : well(ask),
});

/** Every range is answered so. */
const each = (ranged: OddKind["ranged"], more: Partial<OddKind> = {}): OddKind => ({
  ranged,
  ...more,
});

/** One range is answered so, several well. */
const one = (answer: (span: Span, all: Uint8Array) => OddAnswer): OddKind => ({
  ranged: (ask) => {
    const [span] = ask.spans;
    return ask.spans.length === 1 && span ? answer(span, ask.all) : well(ask);
  },
});

const noRanges = { noRanges: true };

/** Answers one range with the right bytes, under a Content-Range that isn't the truth. */
const claiming = (claims: (span: Span, total: number, count: number) => string): OddKind => {
  let count = 0;
  return each(({ spans: [span], all }) => {
    if (span === undefined) return { status: 416 };
    const headers = { "Content-Range": `bytes ${claims(span, all.length, ++count)}` };
    return { status: 206, headers, body: all.subarray(...span) };
  }, noRanges);
};
const cut = (most: number) => ([start, end]: Span): Span => [start, Math.min(end, start + most)];

/** Joins spans across gaps of at most this many bytes. */
function joined(spans: readonly Span[], gap: number): Span[] {
  const result: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = result.at(-1);
    if (last && start - last[1] <= gap) last[1] = end;
    else result.push([start, end]);
  }
  return result;
}

/** The span with the blocks that it touches. */
function blocks([start, end]: Span, all: Uint8Array, size: number): Span {
  return [start - start % size, Math.min(all.length, Math.ceil(end / size) * size)];
}

/** All kinds, by what they do. */
export const ODD_HUBS: Readonly<Record<string, OddKind>> = {
  "403 to more than five ranges": many(() => page(403), 5),
  "405 to more than five ranges": many(() => page(405), 5),
  "406 to several ranges": many(() => page(406)),
  "400 to several ranges": many(() => ({ status: 400 })),
  "414 to more than twenty ranges": many(() => ({ status: 414 }), 20),
  "416 without a total to several ranges": many(() => ({ status: 416 })),
  "500 to several ranges": many(() => page(500)),
  "502 to more than five ranges": many(() => page(502), 5),
  "503 to several ranges": many(() => ({ status: 503 })),
  "503 and Retry-After to several ranges": many(later),
  "503 and Retry-After to more than five ranges": many(later, 5),
  "a reset at more than five ranges": many(() => "reset", 5),
  "a firewall's page with 200 for several ranges": many(() => page(200)),
  "all of the package for several ranges": many(({ all }) => whole(all)),
  "the first of several ranges": many(({ spans, all }) => part(spans[0]!, all)),
  "three of several ranges": many(({ spans, all }) => parts(spans.slice(0, 3), all), 3),
  "several ranges as the one around them": many(({ spans, all }) =>
    part([spans[0]![0], spans.at(-1)![1]], all)
  ),
  "neighbours of several ranges joined": many(({ spans, all }) =>
    parts(joined(spans, 30_000), all)
  ),
  "several ranges under one Content-Range": many(({ spans, all }) => ({
    status: 206,
    headers: { "Content-Range": `bytes ${spans.map(([a, b]) => `${a}-${b - 1}`)}/${all.length}` },
    body: all.subarray(...spans[0]!),
  })),
  "several ranges without any Content-Range": many(({ spans, all }) => parts(spans, all, false)),
  "several ranges one after another, as one body": many(({ spans, all }) => ({
    status: 206,
    body: Buffer.concat(spans.map((span) => all.subarray(...span))),
  })),
  "at most 20 KB per answer": one((span, all) => part(cut(20_000)(span), all)),
  "at most 100 KB per answer": one((span, all) => part(cut(100_000)(span), all)),
  "at most 1 byte per answer": each(({ spans, all }) => part(cut(1)(spans[0]!), all)),
  "blocks of 4 KB around one range": one((span, all) => part(blocks(span, all, 4096), all)),
  "blocks of 64 KB around one range": one((span, all) => part(blocks(span, all, 65_536), all)),
  "a 206 with all of the package": each(({ all }) => part([0, all.length], all), noRanges),
  "one range without Content-Range": one((span, all) => ({
    status: 206,
    body: all.subarray(...span),
  })),
  "other bytes without Content-Range": each(
    ({ spans, all }) => ({ status: 206, body: all.subarray(0, spans[0]![1] - spans[0]![0]) }),
    { noRanges: true, lies: true },
  ),
  "one range with 203": one((span, all) => ({ ...part(span, all) as object, status: 203 })),
  "one range with 200": one((span, all) => ({ ...part(span, all) as object, status: 200 })),
  "all of the package with 203": each(({ all }) => ({ status: 203, body: all }), {
    noRanges: true,
    plain: (all) => ({ status: 203, body: all }),
  }),
  "416 without a total to every range": each(() => ({ status: 416 }), noRanges),
  "416 with a total of nothing to every range": each(
    () => ({ status: 416, headers: { "Content-Range": "bytes */0" } }),
    noRanges,
  ),
  "416 with the total to every range": each(
    ({ all }) => ({ status: 416, headers: { "Content-Range": `bytes */${all.length}` } }),
    noRanges,
  ),
  "403 to every range": each(() => page(403), noRanges),
  "405 to every range": each(() => page(405), noRanges),
  "501 to every range": each(() => ({ status: 501 }), noRanges),
  "500 to every range": each(() => page(500), noRanges),
  "a reset at every range": each(() => "reset", noRanges),
  "a page with 200 for every range": each(() => page(200), noRanges),
  "Content-Encoding: zstd on every range": each(
    (ask) => well(ask, { "Content-Encoding": "zstd" }),
    noRanges,
  ),
  "Content-Encoding: none": each((ask) => well(ask, { "Content-Encoding": "none" }), {
    plain: (all) => whole(all, { "Content-Encoding": "none" }),
  }),
  "Content-Encoding: identity": each((ask) => well(ask, { "Content-Encoding": "identity" })),
  "Content-Encoding: UTF-8": each((ask) => well(ask, { "Content-Encoding": "UTF-8" })),
  "no total in Content-Range": one((span, all) => ({
    ...part(span, all) as object,
    status: 206,
    headers: { "Content-Range": `bytes ${span[0]}-${span[1] - 1}/*` },
  })),
  "a total that is too large": claiming(([a, b], total) => `${a}-${b - 1}/${total + 1000}`),
  "a total that is much too large": claiming(([a, b], total) => `${a}-${b - 1}/${total * 3}`),
  "a total that is too small": claiming(([a, b], total) => `${a}-${b - 1}/${total - 1000}`),
  "the end of the range for a total": claiming(([a, b]) => `${a}-${b - 1}/${b}`),
  "the length of the range for a total": claiming(([a, b]) => `${a}-${b - 1}/${b - a}`),
  "another total in each answer": claiming(([a, b], total, count) =>
    `${a}-${b - 1}/${total + 10 * count}`
  ),
  "a start that is too large": claiming(([a, b], total) => `${a + 10}-${b + 9}/${total}`),
  "a start that is too small": {
    ...claiming(([a, b], total) => `${Math.max(0, a - 10)}-${b - 11}/${total}`),
    lies: true,
  },
  "an end that is too large": claiming(([a, b], total) => `${a}-${b}/${total}`),
  "an end that is too small": claiming(([a, b], total) => `${a}-${b - 2}/${total}`),
  "a Content-Range that is none": claiming(() => "all of it"),
  "a part too many": many(({ spans, all }) => parts([...spans, [0, 10]], all)),
  "packages as text/html": each((ask) => well(ask, { "Content-Type": "text/html" }), {
    plain: (all) => whole(all, { "Content-Type": "text/html" }),
  }),
  "packages as application/json": each(
    ({ all }) => whole(all, { "Content-Type": "application/json" }),
    {
      noRanges: true,
      plain: (all) => whole(all, { "Content-Type": "application/json" }),
    },
  ),
  "206 to a plain GET": each((ask) => well(ask), { plain: (all) => part([0, all.length], all) }),
};

/** A running hub. */
export interface OddHub extends AsyncDisposable {
  readonly url: string;
  /** The `Range` of each request for a package; `undefined` = none. */
  ranges: (string | undefined)[];
  /** Puts another package there. */
  put(version: string, package_: Uint8Array): void;
}

/** Starts a hub of a kind, with one dataset. */
export function startOddHub(
  kind: OddKind,
  offered: { name: string; version: string; package: Uint8Array },
): OddHub {
  let { version, package: all } = offered;
  const ranges: (string | undefined)[] = [];
  const answerTo = (path: string, range: string | undefined): OddAnswer => {
    if (path === "/api/datasets") {
      const dataset = { name: offered.name, last_updated: version, package_ready: true };
      return { status: 200, body: JSON.stringify({ datasets: [dataset] }) };
    }
    if (path !== `/package/${offered.name}.zip`) return { status: 404 };
    ranges.push(range);
    return range === undefined
      ? (kind.plain ?? whole)(all)
      : kind.ranged({ spans: spansOf(range, all.length), all });
  };
  const server = new RawServer(async (connection, head) => {
    const path = decodeURIComponent(head.split(" ")[1] ?? "");
    const answer = answerTo(path, /^range: *(.*?)\r$/im.exec(head)?.[1]);
    if (answer === "reset") return;
    const body = Buffer.from(answer.body ?? "");
    const headers = { ...answer.headers, "Content-Length": body.length, Connection: "close" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const begin = `HTTP/1.1 ${answer.status} Odd\r\n${lines.join("")}\r\n`;
    let bytes = new Uint8Array(Buffer.concat([Buffer.from(begin), body]));
    while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
  });
  return {
    url: server.url,
    ranges,
    put(next, package_) {
      version = next;
      all = package_;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function spansOf(range: string, total: number): Span[] {
  return range.replace("bytes=", "").split(",").map((text): Span => {
    const [start, last] = text.split("-").map(Number);
    return [start!, Math.min(last! + 1, total)];
  }).filter(([start, end]) => start < end);
}
