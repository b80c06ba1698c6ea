/**
 * Removes replaced packages, patches and lists of digests after a while; until then readers that began
 * with an older catalog can still fetch them.
 *
 * Guarantees: a file that a catalog names, the plain or the signed one, is never removed; another only
 * after it has been recorded as replaced for the configured hours. Only files with names as in a site
 * (`{name}/{16 hex}.zip`, `.sha256`, `{16 hex}-{16 hex}.patch`) are considered. If the record is lost,
 * the hours start over.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { StoreError } from "../errors.ts";
import { removeLeftovers, writeFileAtomic } from "../fs/atomic_write.ts";
import { diskError } from "../fs/disk_error.ts";
import { readOwnText } from "../fs/own_file.ts";
import { removeIfThere } from "../fs/if_there.ts";
import { parseEnvelope } from "../trust/envelope.ts";
import { parseSignedCatalog } from "../trust/signed_catalog.ts";
import { PACK } from "../messages/pack.ts";
import { digestsOf, patchesOf, type SiteCatalog } from "./site_catalog.ts";
import { statOf } from "./public_file.ts";
import { DIGESTS_FILE, PACKAGE_FILE, PATCH_FILE, type SitePaths } from "./site_paths.ts";

const FORMAT = 1;
const HOUR_MS = 3600 * 1000;

/** Options for the removal. */
interface ReplacedOptions {
  /** The catalog as it now stands. */
  catalog: SiteCatalog;
  /** How long a replaced package stays. */
  keepHours: number;
  /** Ms since the epoch. */
  now: number;
  /** Whether to flush the record to the disk. */
  durable: boolean;
}

/** Records what is replaced by now, removes what has been for long enough; returns what it removed. */
export async function removeReplaced(
  paths: SitePaths,
  options: ReplacedOptions,
): Promise<string[]> {
  const { catalog, keepHours, now, durable } = options;
  const before = await readRecord(paths.replaced);
  // Clients may follow the signed catalog, which may be written later, or be an upstream's.
  const signed = await readSigned(paths.signed);
  const after = new Map<string, number>();
  const removed: string[] = [];
  const found = [
    ...await filesIn(paths.packages, PACKAGE_FILE),
    ...await filesIn(paths.patches, PATCH_FILE),
    ...await filesIn(paths.digests, DIGESTS_FILE),
  ];
  for (const { folder, name, file } of found) {
    const path = `${name}/${file}`;
    if (isCurrent(catalog.get(name), file) || isCurrent(signed?.datasets.get(name), file)) continue;
    // A clock that was set back must not keep a package for ever.
    const since = Math.min(before.get(path) ?? now, now);
    if (now - since >= keepHours * HOUR_MS) {
      removeIfThere({ path: join(folder, path), to: PACK.remove_replaced() });
      removed.push(path);
    } else after.set(path, since);
  }
  const text = JSON.stringify({ format: FORMAT, replaced: Object.fromEntries(after) }, null, 2);
  if (removed.length > 0 || !sameRecord(before, after)) {
    await writeFileAtomic(paths.replaced, `${text}\n`, { durable, inPlace: true });
  }
  await clearHalfWritten(paths, [...catalog.keys()]);
  return removed;
}

/** Removes temporary files that killed runs left; the caller holds the site's lock. */
async function clearHalfWritten(paths: SitePaths, names: readonly string[]): Promise<void> {
  await removeLeftovers(paths.packages, names.map((name) => basename(`${name}.zip`)));
  for (const path of [paths.catalog, paths.signed, paths.replaced]) {
    await removeLeftovers(dirname(path), [basename(path)]);
  }
  for (const name of names) {
    const folder = join(paths.digests, name);
    await removeLeftovers(folder, await halfWrittenIn(folder));
  }
}

/** Temporary names of lists of digests, left by killed runs. */
async function halfWrittenIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  if (await statOf(folder) === undefined) return names;
  for await (const { name } of Deno.readDir(folder)) {
    const meant = /^\.([0-9a-f]+\.[0-9a-z]+)\./.exec(name)?.[1];
    if (meant !== undefined) names.push(meant);
  }
  return names;
}

/** A site's signed catalog, without checking its signatures: it only serves to keep files. */
export async function readSigned(path: string): Promise<
  { text: string; counter: number; datasets: SiteCatalog } | undefined
> {
  const text = await readOwnText(path).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { counter, datasets } = parseSignedCatalog(parseEnvelope(text).payload);
    const named = (datasets as Record<string, unknown>[]).map((one) =>
      [String(one?.["name"]), one] as const
    );
    return { text, counter, datasets: new Map(named) };
  } catch {
    return undefined;
  }
}

function isCurrent(dataset: Record<string, unknown> | undefined, file: string): boolean {
  const urls = [
    String(dataset?.["package_url"] ?? ""),
    ...patchesOf(dataset).map(({ url }) => url),
    digestsOf(dataset)?.url ?? "",
    digestsOf(dataset)?.midstates?.url ?? "",
  ];
  return urls.some((url) => url.endsWith(`/${file}`));
}

function sameRecord(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  return before.size === after.size &&
    [...after].every(([path, since]) => before.get(path) === since);
}

interface FoundFile {
  folder: string;
  name: string;
  file: string;
}

async function filesIn(folder: string, form: RegExp): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  if (await statOf(folder) === undefined) return found;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    for await (const { name: file, isFile } of Deno.readDir(join(folder, name))) {
      if (isFile && form.test(file)) found.push({ folder, name, file });
    }
  }
  return found.sort((a, b) => a.name < b.name || (a.name === b.name && a.file < b.file) ? -1 : 1);
}

async function readRecord(path: string): Promise<Map<string, number>> {
  let value: { format?: unknown; replaced?: unknown } | null;
  try {
    value = JSON.parse(await readOwnText(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return new Map();
    throw diskError(error, path, PACK.read_replaced());
  }
  if (typeof value?.format === "number" && value.format > FORMAT) {
    throw new StoreError("unknown_version", PACK.newer_format({ path, format: value.format }), {
      path,
      expected: FORMAT,
      found: value.format,
      hint: PACK.use_newer(),
    });
  }
  const entries = Object.entries(value?.replaced ?? {});
  return new Map(entries.filter((pair): pair is [string, number] => typeof pair[1] === "number"));
}
