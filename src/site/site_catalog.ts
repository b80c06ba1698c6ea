/**
 * A site's catalog, `api/datasets`: several datasets, each written by its own sync.
 *
 * Guarantees: what other programs wrote into the catalog stays, even keys unknown here; datasets are
 * ordered by name, and the same datasets make the same text. A file that isn't a catalog of this shape
 * is an error and stays as it is. Writers hold the site's lock.
 *
 * @module
 */

import { StoreError } from "../errors.ts";
import { readOwnText } from "../fs/own_file.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { flushDirectories } from "../fs/flush.ts";
import { dirname } from "node:path";
import type { OfferedDigests } from "../trust/digest_list.ts";
import type { OfferedFile, OfferedPatch } from "../types.ts";
import { PACK } from "../messages/pack.ts";
import { writePublicFile } from "./public_file.ts";
import type { SitePaths } from "./site_paths.ts";

/** One dataset in a site's catalog, in the catalog's own words. Sizes are in bytes. */
export interface SiteDataset {
  /** The name that clients use. */
  name: string;
  /** The upstream's own text. */
  last_updated: string | null;
  /** Files in the dataset, by the upstream's count. */
  file_count: number;
  /** Their size, by the upstream's figures. */
  total_size: number;
  /** Always true: a site lists only packages that it has. */
  package_ready: true;
  /** Length of the package. */
  package_size: number;
  /** For clients that know no `package_ready`. */
  status: "ready";
  /** Relative to the hub's root. */
  package_url: string;
  /** SHA-256 of the package, in lower-case hex. */
  sha256: string;
  /** The package's fingerprint, in full. */
  fingerprint: string;
  /** The SHA-256 of each entry. */
  digests?: OfferedDigests;
  /** What turns earlier versions into this one, the oldest first. */
  patches?: OfferedPatch[];
}

/** The list of digests that a dataset's entry names. */
export function digestsOf(
  dataset: Record<string, unknown> | undefined,
): OfferedDigests | undefined {
  const digests = offeredOf(dataset?.["digests"]);
  const midstates = offeredOf((dataset?.["digests"] as Partial<OfferedDigests> | null)?.midstates);
  return digests && midstates ? { ...digests, midstates } : digests;
}

function offeredOf(value: unknown): OfferedFile | undefined {
  const { url, size, sha256 } = (value ?? {}) as Partial<OfferedFile>;
  if (typeof url !== "string" || !Number.isSafeInteger(size) || size! <= 0) return undefined;
  return /^[0-9a-f]{64}$/.test(String(sha256)) ? { url, size: size!, sha256: sha256! } : undefined;
}

/** The patches listed for a dataset; anything else in the list is ignored. */
export function patchesOf(dataset: Record<string, unknown> | undefined): OfferedPatch[] {
  const list = dataset?.["patches"];
  if (!Array.isArray(list)) return [];
  return list.filter((one): one is OfferedPatch =>
    [one?.from, one?.to, one?.sha256].every((hex) => /^[0-9a-f]{64}$/.test(String(hex))) &&
    typeof one.url === "string" && Number.isSafeInteger(one.size) && one.size > 0
  );
}

/** The datasets of a catalog by name, each as it is in the file. */
export type SiteCatalog = Map<string, Record<string, unknown>>;

/** Reads the catalog; empty when it isn't there. Throws StoreError. */
export async function readSiteCatalog(path: string): Promise<SiteCatalog> {
  const attempt = { path, to: PACK.read_catalog() };
  const text = await ifThereAsync(() => readOwnText(path), attempt);
  if (text === undefined) return new Map();
  let list: unknown;
  try {
    list = JSON.parse(text)?.datasets;
  } catch (error) {
    throw unknownCatalog(path, text, error);
  }
  if (!Array.isArray(list) || !list.every((one) => typeof one?.name === "string")) {
    throw unknownCatalog(path, text);
  }
  return new Map(list.map((one) => [one.name, one]));
}

/** Writes the catalog; needs the site's lock. Throws StoreError. */
export async function writeCatalog(
  paths: SitePaths,
  catalog: SiteCatalog,
  options: { durable: boolean; now: number },
): Promise<void> {
  const text = siteCatalogText(catalog);
  // An unchanged file keeps its mtime, and so the validators that caches hold.
  if (await readOwnText(paths.catalog).catch(() => undefined) === text) return;
  await writePublicFile(paths.catalog, text, options);
  if (options.durable) await flushDirectories([dirname(paths.catalog)]);
}

/** The catalog's text. */
function siteCatalogText(catalog: SiteCatalog): string {
  const datasets = [...catalog.values()].sort((a, b) =>
    String(a["name"]) < String(b["name"]) ? -1 : 1
  );
  return JSON.stringify({ datasets }, null, 2) + "\n";
}

function unknownCatalog(path: string, text: string, cause?: unknown): StoreError {
  const found = text.slice(0, 80).split("\n", 1)[0] ?? "";
  return new StoreError("bad_format", PACK.catalog_unreadable({ path }), {
    path,
    expected: '{"datasets":[{"name":…},…]}',
    found,
    hint: PACK.move_catalog(),
    ...(cause === undefined ? {} : { cause }),
  });
}
