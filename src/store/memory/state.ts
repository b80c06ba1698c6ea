/**
 * The state: which version of each dataset was synced last, in the format of the Python client
 * v2.0 (one JSON object, name → version text).
 *
 * Guarantees: the file is replaced atomically, under a lock, so that two runs on two datasets lose
 * nothing; what others put into it stays. A file that can't be parsed is an error and is left
 * alone. It carries no format version, since v2.0 couldn't read it then.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { StoreError } from "../../errors.ts";
import { removeLeftovers, writeFileAtomic } from "../../fs/atomic_write.ts";
import { diskError } from "../../fs/disk_error.ts";
import { followOwnLinks, readOwnText } from "../../fs/own_file.ts";
import { ifThereAsync } from "../../fs/if_there.ts";
import { waitForLock } from "../../fs/file_lock.ts";
import { nameText } from "../../plain_text.ts";
import { DISK } from "../../messages/disk.ts";

/** What determines where the state is. */
interface StateLocation {
  /** `--state`, as typed. */
  flag?: string;
  /** The configuration file, absolute. */
  configPath: string;
  /** The folder that the configuration's paths are relative to. */
  baseDir: string;
}

/** The state's name, as v2.0 has it. */
const STATE_NAME = ".last_sync.json";

/**
 * The state's name where the sync's user may not write to the config's folder: one level down, with
 * the history.
 */
const PRIVATE_STATE = join(".datahubsync", "last_sync.json");

/** A package's config lies in `/etc`, where nobody keeps a state. */
const PACKAGED = { config: "/etc/datahubsync", state: "/var/lib/datahubsync/last_sync.json" };

/**
 * Where the state is: `--state`, else in `.datahubsync/` beside the config if it is there, else beside
 * the config, else where v2.0 kept it, if it is there. A config in `/etc/datahubsync` has its state in
 * `/var/lib/datahubsync`.
 */
export async function locateState(location: StateLocation): Promise<string> {
  if (location.flag !== undefined) return resolve(location.flag);
  const folder = dirname(location.configPath);
  const below = join(folder, PRIVATE_STATE);
  if (await exists(below)) return below;
  const beside = join(folder, STATE_NAME);
  if (await exists(beside)) return beside;
  // v2.0 lay in one folder, with the configuration in `config/` below it.
  const above = join(dirname(folder), STATE_NAME);
  if (basename(folder) === "config" && await exists(above)) return above;
  return folder === PACKAGED.config ? PACKAGED.state : beside;
}

/**
 * The recorded versions, made safe to print: earlier programs stored a hub's text as it came. A
 * missing or empty file has none. Throws StoreError.
 */
export async function loadState(path: string): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const [name, version] of Object.entries(await read(path))) {
    if (typeof version === "string") versions.set(name, nameText(version));
  }
  return versions;
}

/**
 * Records the version of one dataset; `null` forgets it. Everything else in the file stays, in its
 * order. Throws StoreError, and LockedError when another run keeps writing.
 */
export async function recordVersion(
  path: string,
  name: string,
  version: string | null,
  { durable = true }: { durable?: boolean } = {},
): Promise<void> {
  // Resolve a link here: a rename would replace the link itself.
  const target = realTarget(path);
  using _lock = await waitForLock(`${target}.lock`);
  const before = await read(target);
  if (version === null ? !(name in before) : before[name] === version) return;
  // A plain assignment to "__proto__" would be lost.
  const after = new Map(Object.entries(before));
  if (version === null) after.delete(name);
  else after.set(name, version);
  const text = JSON.stringify(Object.fromEntries(after), null, 2) + "\n";
  await removeLeftovers(dirname(target), [basename(target)]);
  await writeFileAtomic(target, text, { durable, ...await modeOf(target) });
}

async function read(path: string): Promise<Record<string, unknown>> {
  const read = () => readOwnText(path, { followOwnLinks: true });
  const text = await ifThereAsync(read, { path, to: DISK.read_the_state() }) ?? "";
  // v2.0's installer leaves an empty file; editors add a byte order mark.
  const json = text.replace(/^\uFEFF/, "").trim();
  if (json === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw badFormat(path, DISK.no_json(), error);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw badFormat(path, Array.isArray(value) ? DISK.a_list() : String(value));
  }
  return value as Record<string, unknown>;
}

function badFormat(path: string, found: string, cause?: unknown): StoreError {
  return new StoreError("bad_format", DISK.state_unreadable({ path, found }), {
    path,
    expected: "a JSON object of names and versions",
    found,
    hint: DISK.fix_or_remove(),
    ...(cause === undefined ? {} : { cause }),
  });
}

function realTarget(path: string): string {
  try {
    return followOwnLinks(path);
  } catch (error) {
    throw diskError(error, path, DISK.find_the_state());
  }
}

/** An existing file keeps its mode. */
async function modeOf(path: string): Promise<{ mode?: number }> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mode === undefined || info.mode === null ? {} : { mode: info.mode & 0o777 };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
