/**
 * What this program has created beside a dataset's files, or may create: for uninstalling.
 *
 * Guarantees: changes nothing; never lists a dataset's files or a snapshot's versions. It lists
 * nothing while a publish or a conversion is unfinished, because part of the data is then still in
 * staging.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { INSIDE_NAME, resolveLayout } from "./layout.ts";

/** What lies in one work folder. */
interface OwnedWork {
  /** The work folder; it may not be there. */
  folder: string;
  /** Whether a publish or a conversion is unfinished; the next run finishes it. */
  unfinished: boolean;
  /** Files, and folders with all that is in them. */
  paths: string[];
}

/** Names that are listed even if they don't exist yet, as in a Debian package's staging tree. */
const NAMES = [
  "changes",
  "changes.next",
  "hubs",
  "lock",
  "manifest",
  "manifests",
  "pin",
  "manifest.next",
  "partial",
  "partial.map",
  "patches",
  "rejected",
  "staging",
  "staging.blocks",
  "symbols",
  "midstates",
  "taken",
];
/** Data. */
const VERSIONS = "versions";

/** The work folders of a `local_dir`: the one in use and, if there is one, that inside the data. */
export async function ownedBeside(localDir: string): Promise<OwnedWork[]> {
  // `--check` reports what is wrong with a folder; here it isn't an error.
  const layout = await resolveLayout(localDir).catch(() => ({
    localDir,
    work: join(dirname(localDir), `.${basename(localDir)}.datahubsync`),
  }));
  const inside = join(layout.localDir, INSIDE_NAME);
  const folders = layout.work === inside || namesIn(inside) === undefined
    ? [layout.work]
    : [layout.work, inside];
  return folders.map(ownedIn);
}

function ownedIn(folder: string): OwnedWork {
  // Includes what another version of this program, or a crash, left there.
  const there = namesIn(folder) ?? [];
  const names = [...new Set([...NAMES, ...there])].filter((name) => name !== VERSIONS).sort();
  const unfinished = there.includes("journal");
  return { folder, unfinished, paths: unfinished ? [] : names.map((name) => join(folder, name)) };
}

/** Links aren't followed: their targets belong to somebody else. */
function namesIn(folder: string): string[] | undefined {
  try {
    if (!Deno.lstatSync(folder).isDirectory) return undefined;
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return undefined;
  }
}
