/**
 * Room for a dataset: bytes and inodes, for a full sync and for a publish.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { freeSpace } from "../../fs/space.ts";
import { bytesText } from "../../units.ts";
import type { Layout } from "../../store/layout.ts";
import { shellWord } from "../../shell_word.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import type { DatasetSize } from "./dataset_check.ts";
import { dirname } from "node:path";

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
    return fine("folder.space", "its file system doesn't say how much room is free");
  }
  const full = size.packageSize + size.contentSize;
  const needs = `a full sync needs ${bytesText(full)} (a publish of all files ` +
    `${bytesText(size.contentSize)}), ${bytesText(free)} are free`;
  if (free >= full) return fine("folder.space", needs);
  const remedy = `free some room, or move local_dir to a larger disk: df -h ${at}`;
  const updatesFit = filled && free >= size.contentSize;
  return (updatesFit ? warning : failure)("folder.space", `not enough room: ${needs}`, remedy);
}

function inodesLine(free: number, files: number, { filled, at }: Place): CheckLine {
  if (free === Infinity) return fine("folder.inodes", "its file system has no limit on files");
  const needs = `a full sync makes ${files.toLocaleString("en-US")} files, ` +
    `${free.toLocaleString("en-US")} inodes are free`;
  if (free >= files) return fine("folder.inodes", needs);
  const remedy = `remove files that nobody needs, or move local_dir: df -i ${at}`;
  return (filled ? warning : failure)("folder.inodes", `not enough inodes: ${needs}`, remedy);
}
