/**
 * Refuses a sync for which there isn't enough disk space, before the first byte.
 *
 * Guarantees: checks bytes and inodes of the work folder's file system. It doesn't reserve them: if
 * another program fills the disk meanwhile, writing fails. A share of the disk stays free for
 * everybody else: {@linkcode roomOn}.
 *
 * @module
 */
import { grouped } from "../digits.ts";
import { StoreError } from "../errors.ts";
import { type FreeSpace, freeSpace } from "../fs/space.ts";
import { bytesText } from "../units.ts";
import { SYNC } from "../messages/sync.ts";

/** `auto` keeps this share of a disk free, and at most this many bytes: logs and mail need some. */
const RESERVED_SHARE = 0.01;
const LARGEST_RESERVE = 1e9;

/** The free space on a path's file system minus the reserve. Throws StoreError. */
export async function roomOn(path: string, reserve: number | "auto"): Promise<FreeSpace> {
  const free = await freeSpace(path);
  const auto = free.total === Infinity ? 0 : Math.min(LARGEST_RESERVE, RESERVED_SHARE * free.total);
  return { ...free, bytes: Math.max(0, free.bytes - (reserve === "auto" ? auto : reserve)) };
}

/** Throws StoreError `disk_full` if these bytes and files don't fit below the folder. */
export async function checkRoom(
  folder: string,
  needed: { bytes: number; files: number },
  reserve: number | "auto",
): Promise<void> {
  const free = await roomOn(folder, reserve);
  if (free.bytes < needed.bytes) {
    const { bytes } = await freeSpace(folder);
    const reserved = bytes >= needed.bytes;
    const kept = reserved ? SYNC.beside_reserve({ bytes: bytesText(bytes - free.bytes) }) : "";
    const [wants, has] = [bytesText(needed.bytes), bytesText(free.bytes)];
    throw new StoreError(
      "disk_full",
      SYNC.not_enough_room({ folder, wants, has, kept }),
      {
        path: folder,
        expected: `${needed.bytes} bytes free`,
        found: `${free.bytes} bytes free`,
        hint: SYNC.free_room(),
      },
    );
  }
  if (free.inodes < needed.files) {
    const [wants, has] = [grouped(needed.files), grouped(free.inodes)];
    throw new StoreError(
      "disk_full",
      SYNC.few_inodes({ folder, wants, has }),
      {
        path: folder,
        expected: `${needed.files} free`,
        found: `${free.inodes} free`,
        hint: SYNC.remove_files(),
      },
    );
  }
}
