/**
 * What is left to do of a publish that a crash interrupted.
 *
 * Guarantees: only the CRC-32 and the size of a file's bytes decide whether it counts as staged or
 * live. A file that is neither is removed from the manifest, so that the next plan fetches it.
 *
 * @module
 */

import { CRC_BUFFER_SIZE, crcOfFile } from "../../fs/crc_file.ts";
import { removeInPlace } from "../../fs/held_folder.ts";
import type { Move, Removal } from "./journal.ts";
import type { Layout } from "../layout.ts";
import { Manifest } from "../manifest.ts";
import { kindOf } from "./target_check.ts";

/** Finds, after a crash, which moves are still to be done and which can't be. */
export function sortOut(layout: Layout, moves: Move[]): { todo: Move[]; lost: Move[] } {
  const todo: Move[] = [];
  const lost: Move[] = [];
  const buffer = new Uint8Array(CRC_BUFFER_SIZE);
  for (const move of moves) {
    if (holds(`${layout.staging}/${move.staged}`, move, buffer)) todo.push(move);
    else if (!holds(`${layout.localDir}/${move.path}`, move, buffer)) lost.push(move);
  }
  return { todo, lost };
}

/** Whether a file has the content of a move. Throws the disk's error. */
export function holds(path: string, move: Move, buffer?: Uint8Array<ArrayBuffer>): boolean {
  if (kindOf(path) !== "file") return false;
  const { crc, size } = crcOfFile(path, buffer);
  return crc === move.crc && size === move.size;
}

/**
 * Removes lost files from the manifest about to go live, adds those that `stay` although they
 * should have been removed, and drops a manifest that can't be read.
 */
export async function correctManifest(
  layout: Layout,
  found: { lost: readonly Move[]; stay?: readonly Removal[] },
  options: { durable: boolean },
): Promise<void> {
  const { lost, stay = [] } = found;
  const isNext = kindOf(layout.manifestNext) !== "missing";
  const path = isNext ? layout.manifestNext : layout.manifest;
  if (lost.length + stay.length === 0 && !isNext) return;
  const manifest = await Manifest.load(path);
  if (manifest === undefined) {
    if (isNext) removeInPlace(path);
    return;
  }
  if (lost.length + stay.length === 0) return;
  for (const move of lost) manifest.delete(move.path);
  for (const { path, size, crc, mtimeMs } of stay) manifest.set(path, { size, crc, mtimeMs });
  // It no longer describes the whole package, so it must not carry the package's identity.
  manifest.fingerprint = null;
  manifest.version = null;
  await manifest.save(path, { durable: options.durable });
}
