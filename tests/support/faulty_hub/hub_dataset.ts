/**
 * What a test hub offers under one name, and how it says so: the catalog's entry, the package's
 * file name with its stamp, the validators.
 *
 * Guarantees: times are written in the hub's zone, Asia/Shanghai (UTC+8, no summer time), as the
 * deployed hub does. Nothing is checked: a catalog may lie.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { PackageBytes } from "./body.ts";

/** One dataset on a test hub. */
export interface HubDataset {
  /** The catalog's `last_updated`, as it is. */
  version: string | null;
  /** Without one the catalog says that none is ready, and the package is a 404. */
  package?: PackageBytes;
  /** When the package was built; default: a minute after `version`. */
  built?: Date;
  /** Default: `{name}_{stamp of built}.zip`. */
  fileName?: string;
  fileCount?: number;
  totalSize?: number;
  /** Members written over the catalog's entry; `undefined` removes one. */
  entry?: Record<string, unknown>;
  /** Default: made from the package (`modern` only). */
  etag?: string;
}

const ZONE_MS = 8 * 3600_000;

/** The text of an instant as the deployed hub writes `last_updated`. */
export function hubTime(instant: Date): string {
  const text = new Date(instant.getTime() + ZONE_MS).toISOString();
  return text.endsWith(".000Z") ? text.slice(0, 19) : `${text.slice(0, 23)}000`;
}

/** The 15-character stamp in a package's file name. */
export function stampOf(instant: Date): string {
  const text = new Date(instant.getTime() + ZONE_MS).toISOString();
  return text.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
}

/** When a dataset's package was built. */
export function builtAt(dataset: HubDataset): Date {
  return dataset.built ?? new Date(announcedAt(dataset).getTime() + 60_000);
}

/** The instant that the catalog announces. */
export function announcedAt(dataset: HubDataset): Date {
  const text = dataset.version ?? "";
  const zoned = /[Zz]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}+08:00`;
  const instant = Date.parse(zoned.replace(" ", "T"));
  return new Date(Number.isNaN(instant) ? Date.UTC(2026, 0, 5) : instant);
}

/** The name under which a package is handed out. */
export function fileNameOf(name: string, dataset: HubDataset): string {
  return dataset.fileName ?? `${name}_${stampOf(builtAt(dataset))}.zip`;
}

/** A strong validator: from the bytes, or as nginx does from time and size. */
export async function etagOf(dataset: HubDataset): Promise<string> {
  if (dataset.etag !== undefined) return dataset.etag;
  const bytes = dataset.package;
  if (bytes === undefined) return '""';
  if (bytes instanceof Uint8Array) {
    return `"${crc32(bytes).toString(16)}-${bytes.length.toString(16)}"`;
  }
  const { mtime, size } = await Deno.stat(bytes.path);
  return `"${Math.floor((mtime?.getTime() ?? 0) / 1000).toString(16)}-${size.toString(16)}"`;
}

/** A dataset's entry in the catalog. */
export async function catalogEntry(name: string, dataset: HubDataset): Promise<object> {
  const bytes = dataset.package;
  const size = bytes === undefined
    ? 0
    : bytes instanceof Uint8Array
    ? bytes.length
    : (await Deno.stat(bytes.path)).size;
  return {
    name,
    last_updated: dataset.version,
    file_count: dataset.fileCount ?? 0,
    total_size: dataset.totalSize ?? 0,
    package_ready: bytes !== undefined,
    package_size: size,
    freshness: {},
    status: bytes === undefined ? "packaging" : "ready",
    ...dataset.entry,
  };
}
