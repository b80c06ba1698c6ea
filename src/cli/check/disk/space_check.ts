/**
 * Room for a dataset: bytes and inodes, for a full sync and for a publish.
 *
 * @module
 */
import { grouped } from "../../../digits.ts";
import { messageOf } from "../../../errors.ts";
import { freeSpace } from "../../../fs/space.ts";
import { bytesText } from "../../../units.ts";
import type { Layout } from "../../../store/layout.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckLine, failure, fine, warning } from "../check_line.ts";
import type { DatasetSize } from "../hub/dataset_check.ts";
import { dirname } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** Checks the room where the work folder lies. `filled` = a copy is there, so changes may be all. */
export async function checkSpace(
  layout: Layout,
  size: DatasetSize,
  filled: boolean,
): Promise<CheckLine[]> {
  if (size.contentSize === 0 && size.files === 0) return [];
  const place = dirname(layout.work);
  const at = shellWord(place);
  try {
    const free = await freeSpace(layout.work);
    return [
      bytesLine(free.bytes, size, { filled, at }),
      inodesLine(free.inodes, size.files, { filled, at }),
    ];
  } catch (error) {
    return [failure("folder.space", messageOf(error), `df -h ${at}`)];
  }
}

interface Place {
  filled: boolean;
  at: string;
}

/** A full sync holds the package and everything that is in it; a publish has only the latter. */
function bytesLine(free: number, size: DatasetSize, { filled, at }: Place): CheckLine {
  if (free === Infinity) {
    return fine("folder.space", CHECK.free_unknown());
  }
  const full = size.packageSize + size.contentSize;
  const needs = CHECK.space_needs({
    full: bytesText(full),
    contentSize: bytesText(size.contentSize),
    free: bytesText(free),
  });
  if (free >= full) return fine("folder.space", needs);
  const remedy = CHECK.free_room({ at });
  const updatesFit = filled && free >= size.contentSize;
  return (updatesFit ? warning : failure)("folder.space", CHECK.not_enough_room({ needs }), remedy);
}

function inodesLine(free: number, files: number, { filled, at }: Place): CheckLine {
  if (free === Infinity) return fine("folder.inodes", CHECK.no_file_limit());
  const needs = CHECK.inode_needs({ files: grouped(files), free: grouped(free) });
  if (free >= files) return fine("folder.inodes", needs);
  const remedy = CHECK.remove_files({ at });
  return (filled ? warning : failure)("folder.inodes", CHECK.not_enough_inodes({ needs }), remedy);
}
