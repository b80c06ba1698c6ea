/**
 * Refuses a sync that the disk has no room for, before the first byte.
 *
 * Guarantees: looks at bytes and inodes of the work folder's file system. It doesn't reserve them:
 * what another program writes meanwhile is found out when writing fails.
 *
 * @module
 */
import { StoreError } from "../errors.ts";
import { freeSpace } from "../fs/space.ts";
import { bytesText } from "../observe/duration_text.ts";

/** Throws StoreError `disk_full` when so many bytes and files don't fit below the folder. */
export async function checkRoom(
  folder: string,
  needed: { bytes: number; files: number },
): Promise<void> {
  const free = await freeSpace(folder);
  if (free.bytes < needed.bytes) {
    const [wants, has] = [bytesText(needed.bytes), bytesText(free.bytes)];
    throw new StoreError(
      "disk_full",
      `Not enough room on the disk of ${folder}: ${wants} needed, ${has} free`,
      {
        path: folder,
        expected: `${needed.bytes} bytes free`,
        found: `${free.bytes} bytes free`,
        hint: "free some room, or move local_dir to a larger disk",
      },
    );
  }
  if (free.inodes < needed.files) {
    const [wants, has] = [needed.files, free.inodes].map((count) => count.toLocaleString("en-US"));
    throw new StoreError(
      "disk_full",
      `Too few inodes left on the disk of ${folder}: ${wants} needed, ${has} free`,
      {
        path: folder,
        expected: `${needed.files} free`,
        found: `${free.inodes} free`,
        hint: "remove files that nobody needs, or move local_dir to another file system",
      },
    );
  }
}
