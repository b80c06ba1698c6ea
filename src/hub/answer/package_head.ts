/**
 * The headers of an answer, as far as they are about the package.
 *
 * Guarantees: only the file name of another dataset is refused.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { parseFileName } from "./content_disposition.ts";
import { parseStamp, stampText } from "../../version_time.ts";
import { HUB } from "../../messages/hub.ts";

/** What the headers say about a package. */
export interface PackageHead {
  /** The status of the answer. */
  status: 200 | 206;
  /** Size of the whole package in bytes; `null` when the hub doesn't say. */
  total: number | null;
  /** When the package was built, according to its file name (ms since the epoch). */
  stamp: number | null;
  /** The same as the hub's naive ISO text, fit for the state: `2026-11-22T06:02:38`. */
  stampText: string | null;
  /** The ETag as sent. A weak one proves nothing about bytes. */
  etag: string | null;
  /** Whether that ETag is weak, or empty: never put it into `If-Range`. */
  etagIsWeak: boolean;
  /** The `Last-Modified` header. */
  lastModified: string | null;
  /** The `Date` header: what `Last-Modified` is compared with. */
  date?: string | null;
  /** The `Server` header. */
  server: string | null;
}

/** Facts that aren't in the headers. */
interface HeadContext extends Pick<PackageHead, "status" | "total"> {
  /** The requested dataset. */
  name: string;
  /** Whether the file may have any name. */
  anyName?: boolean;
  /** IANA zone of the stamp. */
  timezone: string;
  /** The address that answered. */
  url: string | URL;
}

/** Reads a head; throws `HubError("wrong_package")` when its file name is another dataset's. */
export function readHead(headers: Headers, context: HeadContext): PackageHead {
  const { name, anyName = false, timezone, url, ...known } = context;
  const fileName = parseFileName(headers.get("content-disposition"));
  // A dataset may itself be called a_20260101_000000: then a_20260101_000000.zip is its own.
  const named = anyName || fileName === `${name}.zip` ? null : parsePackageName(fileName);
  if (named !== null && named.dataset.normalize() !== name.normalize()) {
    throw new HubError(
      "wrong_package",
      HUB.other_dataset({ url: redactUrl(url), fileName: String(fileName) }),
      {
        expected: `${name}_{stamp}.zip`,
        found: fileName ?? "",
        url: redactUrl(url),
        hint: HUB.name_beginning(),
      },
    );
  }
  const stamp = named && parseStamp(named.stamp, timezone);
  const etag = headers.get("etag");
  return {
    ...known,
    stamp,
    stampText: stamp === null ? null : stampText(stamp, timezone),
    etag,
    etagIsWeak: etag !== null && !isStrong(etag),
    lastModified: headers.get("last-modified"),
    date: headers.get("date"),
    server: headers.get("server"),
  };
}

/** Whether an ETag distinguishes contents; some servers send an empty one. */
export function isStrong(etag: string): boolean {
  return etag.startsWith('"') && etag !== '""';
}

/**
 * Whether the server speaks HTTP/1.0 and serves one request at a time, as the deployed hub does. `fetch`
 * doesn't expose the version, so this goes by the `Server` header.
 */
export function speaksOldHttp(head: Pick<PackageHead, "server">): boolean {
  return /^(BaseHTTP|SimpleHTTP)\//i.test(head.server ?? "");
}

/** A package's file name, parsed. */
interface PackageName {
  /** The dataset that it names. */
  dataset: string;
  /** When it was built, `YYYYmmdd_HHMMSS` on the hub's clock. */
  stamp: string;
}

/** Parses `{dataset}_{stamp}.zip`; `null` for a name of any other form. */
export function parsePackageName(fileName: string | null): PackageName | null {
  const match = /^(.+)_(\d{8}_\d{6})\.zip$/is.exec(fileName ?? "");
  return match === null ? null : { dataset: match[1] ?? "", stamp: match[2] ?? "" };
}
