/**
 * Parses a hub's list of datasets, in whatever JSON shape it comes.
 *
 * Guarantees: pure; a bad item never loses the list: it becomes a warning, and many bad ones share a
 * few warnings. Unknown keys are ignored; every size is a safe, non-negative integer; texts have a
 * maximum length and no control characters. It doesn't check that a package exists or that a
 * `package_url` may be followed.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import type { Catalog, ListedDataset } from "../../types.ts";
import { parseInstant } from "../../version_time.ts";
import { isPlain, LONGEST, nameText, oneLine } from "../../plain_text.ts";
import {
  excerpt,
  firstText,
  isObject,
  type Json,
  LONGEST_URL,
  parseDigest,
  readDigest,
  readDigests,
  readPatches,
  readSize,
} from "./catalog_values.ts";
import { HUB } from "../../messages/hub.ts";

/** Options for reading a catalog. */
export interface CatalogOptions {
  /** IANA zone of times that name none. */
  timezone: string;
  /** Whether an answer that isn't a list may be quoted; default true. */
  quote?: boolean;
  /** What a hint calls the setting of the hub's address; default `hub.url`. */
  urlSetting?: string;
}

const LIST_KEYS = ["datasets", "data", "result", "items"];
const NAME_KEYS = ["name", "id", "dataset", "dataset_name"];
const VERSION_KEYS = [
  "last_updated",
  "updated_at",
  "lastUpdated",
  "updated",
  "update_time",
  "lastUpdateTime",
  "dataTime",
  "mtime",
  "timestamp",
  "version",
];
const OTHER_KEYS = ["package_ready", "package_size", "package_url", "status", "file_count"];
const NOT_READY = new Set(["checking", "not_fresh", "debounce", "unstable", "packaging", "error"]);
/** A longer list is a mistake or an attack on this program's memory. */
const MOST_ENTRIES = 100_000;
/** A thousand bad items are one fault of the hub's, not a thousand log lines per run. */
const MOST_WARNINGS = 20;

/** Reads a catalog; throws `HubError("not_catalog")` when there is no list of datasets in it. */
export function parseCatalog(json: unknown, options: CatalogOptions): Catalog {
  const { urlSetting: setting = "hub.url" } = options;
  const items = findList(json, 2, setting);
  if (items === null) {
    const found = options.quote === false ? HUB.another_server_s_json() : excerpt(json);
    throw new HubError("not_catalog", HUB.no_list({ found }), {
      expected: '{"datasets":[…]}',
      found,
      hint: HUB.check_root({ setting }),
    });
  }
  const catalog: Catalog = { datasets: [], warnings: [] };
  const seen = new Set<string>();
  let warnings = 0;
  const warn = (what: string): void => {
    if (++warnings <= MOST_WARNINGS) {
      catalog.warnings.push(HUB.catalog_says({ what: oneLine(what) }));
    }
  };
  for (const [index, [key, value]] of items.entries()) {
    if (!isObject(value)) {
      warn(HUB.entry_no_object({ index: index + 1, excerpt: excerpt(value) }));
      continue;
    }
    const name = key ?? firstText(value, NAME_KEYS);
    if (name === null || !name.isWellFormed() || name.length > LONGEST.name || !isPlain(name)) {
      warn(HUB.entry_no_name({ index: index + 1, excerpt: excerpt(value) }));
    } else if (seen.has(name)) {
      warn(HUB.entry_listed_again({ excerpt: excerpt(name), index: index + 1 }));
    } else {
      seen.add(name);
      catalog.datasets.push(readDataset(name, value, { ...options, warn }));
    }
  }
  const more = warnings - catalog.warnings.length;
  if (more > 0) catalog.warnings.push(HUB.more_such_entries({ more }));
  return catalog;
}

function readDataset(
  name: string,
  value: Json,
  { timezone, warn }: CatalogOptions & { warn(what: string): unknown },
): ListedDataset {
  const said = firstText(value, VERSION_KEYS);
  const version = said !== null && said.length <= LONGEST.name && isPlain(said) ? said : null;
  const instant = parseInstant(version, timezone);
  if (said !== null && instant === null) {
    const how = said.length > LONGEST.name
      ? HUB.version_too_long({ said: said.length })
      : version === null
      ? HUB.version_unprintable()
      : HUB.version_no_time();
    warn(HUB.version_odd({ excerpt: excerpt(name), how, excerpt2: excerpt(said) }));
  }
  const listed: ListedDataset = {
    name,
    version,
    instant,
    ready: readReady(value),
    packageSize: readSize(value["package_size"]) || readSize(value["size"]),
    fileCount: readSize(value["file_count"]),
    totalSize: readSize(value["total_size"]),
  };
  const status = value["status"];
  if (typeof status === "string") listed.status = nameText(status);
  const url = firstText(value, ["package_url"]);
  if (url !== null && url.length <= LONGEST_URL) listed.packageUrl = url;
  else if (url !== null) {
    // Don't fall back to the usual address: the hub meant another one.
    listed.ready = false;
    listed.status = HUB.package_url_length({ url: url.length });
    warn(HUB.package_url_too_long({ excerpt: excerpt(name), url: url.length, LONGEST_URL }));
  }
  const digest = readDigest(
    value,
    (found) => warn(HUB.digest_ignored({ excerpt: excerpt(name), found })),
  );
  if (digest !== null) listed.digest = digest;
  const fingerprint = parseDigest(value["fingerprint"]);
  if (fingerprint?.algorithm === "sha256") listed.fingerprint = fingerprint.hex;
  const patches = readPatches(value["patches"]);
  if (patches.length > 0) listed.patches = patches;
  const digests = readDigests(value["digests"]);
  if (digests !== undefined) listed.digests = digests;
  return listed;
}

/** The list as [key of a map, value] pairs; `null` when there is none at this depth. */
function findList(
  json: unknown,
  depth: number,
  setting: string,
): [string | null, unknown][] | null {
  if (Array.isArray(json)) {
    checkCount(json.length, setting);
    return json.map((value) => [null, value]);
  }
  if (!isObject(json)) return null;
  for (const key of LIST_KEYS) {
    const list = depth === 0 ? null : findList(json[key], depth - 1, setting);
    if (list !== null) return list;
  }
  // It counts as a map only if a value looks like a dataset: {"error":{…}} has objects, too.
  const known = [...NAME_KEYS, ...VERSION_KEYS, ...OTHER_KEYS];
  const isMap = Object.values(json).some((value) =>
    isObject(value) && known.some((key) => Object.hasOwn(value, key))
  );
  if (!isMap) return null;
  checkCount(Object.keys(json).length, setting);
  return Object.entries(json);
}

function checkCount(count: number, setting: string): void {
  if (count <= MOST_ENTRIES) return;
  throw new HubError("not_catalog", HUB.lists_too_many({ count }), {
    expected: HUB.at_most_entries({ MOST_ENTRIES }),
    found: count,
    hint: HUB.no_hub_has_many({ setting }),
  });
}

function readReady(value: Json): boolean | undefined {
  const ready = value["package_ready"];
  if (typeof ready === "boolean") return ready;
  if (ready === "true" || ready === "false") return ready === "true";
  const status = value["status"];
  if (status === "ready") return true;
  if (typeof status === "string" && NOT_READY.has(status)) return false;
  return firstText(value, ["package_url"]) === null ? undefined : true;
}
