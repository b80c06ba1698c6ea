/**
 * What this program has made beside a dataset's files, or may make: for whoever uninstalls it.
 *
 * Guarantees: changes nothing; no file of a dataset is named, and no version of a snapshot. Where a
 * publish or a conversion was cut off nothing is named, because what is staged is then half the data.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { INSIDE_NAME, resolveLayout } from "./layout.ts";

/** What lies in one work folder. */
export interface OwnedWork {
  /** The work folder; it may not be there. */
  folder: string;
  /** Whether a publish or a conversion was cut off; the next run finishes it. */
  unfinished: boolean;
  /** Files, and folders with all that is in them. */
  paths: string[];
}

/** Names that are listed also where nothing can be looked at yet, as in a package's staging tree. */
const NAMES = [
  "hubs",
  "lock",
  "manifest",
  "manifest.next",
  "partial",
  "partial.map",
  "patches",
  "staging",
  "staging.blocks",
  "symbols",
  "taken",
];
/** Data. */
const VERSIONS = "versions";

/** The work folders of a `local_dir`: the one in use, and one inside the data where there is one. */
export async function ownedBeside(localDir: string): Promise<OwnedWork[]> {
  // What is wrong with a folder is for `--check` to say.
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
  // Also what another version of this program, or a crash, has left there.
  const there = namesIn(folder) ?? [];
  const names = [...new Set([...NAMES, ...there])].filter((name) => name !== VERSIONS).sort();
  const unfinished = there.includes("journal");
  return { folder, unfinished, paths: unfinished ? [] : names.map((name) => join(folder, name)) };
}

/** A link isn't followed: what it leads to is somebody else's. */
function namesIn(folder: string): string[] | undefined {
  try {
    if (!Deno.lstatSync(folder).isDirectory) return undefined;
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return undefined;
  }
}
