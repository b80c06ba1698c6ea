/**
 * Which disk each dataset's folder is on, kept beside the state, so that an unmounted disk can be
 * told from a folder that somebody emptied.
 *
 * Guarantees: a folder counts as not mounted only if it held files on one device and is empty or
 * missing on another. A list that is damaged or can't be written stops no run. It doesn't detect a
 * missing bind mount of the same disk, which has the same device.
 *
 * @module
 */

import { StoreError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import { deviceId } from "../../fs/space.ts";
import { folderLooksFilled } from "../folder_state.ts";
import type { Layout } from "../layout.ts";
import { manifestHead } from "../manifest.ts";
import { DISK } from "../../messages/disk.ts";
import { bytesText } from "../../units.ts";

/** What is known of a dataset's folder. */
interface Location {
  /** The folder, absolute. */
  dir: string;
  device: number;
  /** What it held, in bytes; 0 = not known. */
  bytes: number;
}

/** The dataset, and the state that its location is noted beside. */
interface LocationOf {
  name: string;
  statePath: string;
}

const KIND: SealKind = { what: DISK.list_of_places(), format: 1 };

/** The file beside a state. */
export function locationsPathFor(statePath: string): string {
  return `${statePath}.places`;
}

/**
 * Throws StoreError `not_mounted` for a folder that held data on another device and is empty here;
 * `startOver` is the command that takes it as it is. Returns "new" if a folder with files lies where it
 * wasn't noted, and "unrecorded" if it was moved without its manifest: nobody knows whether it is whole.
 */
export async function checkLocation(
  layout: Layout,
  of: LocationOf & { startOver: string },
): Promise<"same" | "new" | "unrecorded"> {
  const known = (await load(of.statePath)).get(of.name);
  const device = await deviceId(layout.localDir);
  const isSame = known?.dir === layout.localDir && known.device === device;
  if (isSame) return "same";
  if (folderLooksFilled(layout)) {
    const isWhole = known === undefined || await manifestHead(layout.manifest) !== undefined;
    return isWhole ? "new" : "unrecorded";
  }
  if (known?.dir !== layout.localDir) return "same";
  const held = known.bytes > 0 ? bytesText(known.bytes) : "files";
  throw new StoreError(
    "not_mounted",
    DISK.disk_not_mounted({ localDir: layout.localDir, held }),
    {
      path: layout.localDir,
      expected: `device ${known.device}`,
      found: `device ${device}`,
      hint: DISK.mount_disk({ startOver: of.startOver }),
    },
  );
}

/** Notes where a folder lies and, where it is given, how much it holds. Never throws. */
export async function rememberLocation(
  layout: Layout,
  of: LocationOf & { bytes?: number | undefined },
): Promise<void> {
  try {
    const locations = await load(of.statePath);
    const before = locations.get(of.name);
    const { localDir: dir } = layout;
    const { bytes = before?.bytes ?? 0 } = of;
    const now = { dir, device: await deviceId(dir), bytes };
    if (JSON.stringify(before) === JSON.stringify(now)) return;
    locations.set(of.name, now);
    const body = `"places":${JSON.stringify(Object.fromEntries(locations))}`;
    const path = locationsPathFor(of.statePath);
    await writeFileAtomic(path, seal(KIND, body), { mode: 0o600, durable: false });
  } catch {
    // The list only helps to detect a missing mount; a run does without.
  }
}

async function load(statePath: string): Promise<Map<string, Location>> {
  const locations = new Map<string, Location>();
  const opened = await openSealed(locationsPathFor(statePath), KIND).catch(() => undefined);
  if (opened?.state !== "sound") return locations;
  for (const [name, location] of Object.entries(opened.value["places"] ?? {})) {
    const { dir, device, bytes } = location as Partial<Location>;
    if (typeof dir !== "string" || !Number.isSafeInteger(device)) continue;
    locations.set(name, { dir, device: device!, bytes: Number.isSafeInteger(bytes) ? bytes! : 0 });
  }
  return locations;
}
