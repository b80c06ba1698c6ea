/**
 * How a hub of each kind answers for a package: whole, ranges, refusals.
 *
 * - `deployed`: one range as it is asked, `If-Range` ignored, no validators.
 * - `modern`: strong `ETag`, `Last-Modified`, `If-Range`, suffixes, several ranges (a header over
 *   8 KB is a 400), ends clamped, as nginx does.
 * - `no_ranges`: always the whole.
 *
 * @module
 */
import { type Answer, statusAnswer } from "./answer.ts";
import { type Body, joined, partOf, textBody } from "./body.ts";
import { type ByteRange, readDeployedRange, readModernRange } from "./byte_range.ts";
import type { HubRequest } from "./request_parser.ts";

/** Which rules a hub follows. */
export type HubKind = "deployed" | "modern" | "no_ranges";

/** A package that is about to be handed out. */
export interface ServedPackage {
  fileName: string;
  body: Body;
  etag: string;
  modified: Date;
}

const MAX_RANGE_HEADER = 8 * 1024;
const BOUNDARY = "00000000000000000042";

/** A hub's answer to `GET /package/{name}.zip`. */
export function packageAnswer(kind: HubKind, served: ServedPackage, request: HubRequest): Answer {
  const header = request.headers.get("range");
  if (kind === "no_ranges") return whole(served, plainHeaders(served));
  if (kind === "deployed") {
    const headers = [...plainHeaders(served), ["Accept-Ranges", "bytes"]] as Answer["headers"];
    return ranged(readDeployedRange(header, served.body.size), served, headers);
  }
  const headers: Answer["headers"] = [
    ...plainHeaders(served),
    ["Accept-Ranges", "bytes"],
    ["ETag", served.etag],
    ["Last-Modified", served.modified.toUTCString()],
  ];
  if (header !== undefined && header.length > MAX_RANGE_HEADER) return statusAnswer(400);
  if (!validatorHolds(request, served)) return whole(served, headers);
  return ranged(readModernRange(header, served.body.size), served, headers);
}

/** What `If-Range` comes to: a weak tag never holds (RFC 9110, 13.1.5). */
function validatorHolds(request: HubRequest, served: ServedPackage): boolean {
  const validator = request.headers.get("if-range");
  if (validator === undefined) return true;
  if (validator.startsWith("W/") || served.etag.startsWith("W/")) return false;
  return validator === served.etag || validator === served.modified.toUTCString();
}

function ranged(
  reading: ReturnType<typeof readModernRange>,
  served: ServedPackage,
  headers: Answer["headers"],
): Answer {
  const { size } = served.body;
  if (reading === "whole") return whole(served, headers);
  if (reading === 416) return statusAnswer(416, [["Content-Range", `bytes */${size}`]]);
  if (reading === 400) return statusAnswer(400);
  const [range] = reading;
  if (reading.length > 1 || range === undefined) return multipart(reading, served, headers);
  return {
    status: 206,
    headers: [...headers, ["Content-Range", contentRange(range, size)]],
    body: partOf(served.body, range.start, range.end),
  };
}

function whole(served: ServedPackage, headers: Answer["headers"]): Answer {
  return { status: 200, headers, body: served.body };
}

function multipart(
  ranges: ByteRange[],
  { body }: ServedPackage,
  headers: Answer["headers"],
): Answer {
  const parts = ranges.flatMap((range) => [
    textBody(
      `\r\n--${BOUNDARY}\r\nContent-Type: application/zip\r\n` +
        `Content-Range: ${contentRange(range, body.size)}\r\n\r\n`,
    ),
    partOf(body, range.start, range.end),
  ]);
  const type = `multipart/byteranges; boundary=${BOUNDARY}`;
  return {
    status: 206,
    headers: [...headers.filter(([name]) => name !== "Content-Type"), ["Content-Type", type]],
    body: joined([...parts, textBody(`\r\n--${BOUNDARY}--\r\n`)]),
  };
}

/** The text of a `Content-Range`. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

function plainHeaders({ fileName }: ServedPackage): Answer["headers"] {
  const name = /^[\x20-\x7e]*$/.test(fileName)
    ? `filename="${fileName}"`
    : `filename*=UTF-8''${encodeURIComponent(fileName)}`;
  return [
    ["Content-Type", "application/zip"],
    ["Content-Disposition", `attachment; ${name}`],
  ];
}
