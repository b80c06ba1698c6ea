/**
 * Who owns this installation, and whether the owner rule is enforced for it.
 *
 * The user is the one that the installer wrote down, else the owner of the state or, before there is
 * one, of a folder for it alone, else of the configuration. An installation that was found closed once
 * carries a mark and is refused when it opens up. One without the mark that has a state (it worked
 * before this rule came) is warned until {@linkcode REFUSES_FROM}. Who may write beside the
 * configuration can remove the mark, too: until that version the rule protects old installations no
 * better than they were.
 *
 * @module
 */
import { readPlainText } from "../plain_file.ts";
import { dirname, join } from "node:path";
import { historyPathFor } from "../monitoring/history.ts";
import { followOwnLinks, openOwn } from "../fs/own_file.ts";
import { writeFully } from "../fs/whole_io.ts";
import type { Used } from "./locations.ts";
import { isOutside, uidOf } from "./accounts.ts";
import { ANYBODY } from "./rule.ts";
import { mounterAbove } from "./way.ts";

/** From this version on, old installations are refused too, not just warned. */
export const REFUSES_FROM = "4.0";

/** An installation's owner; `undefined` if nothing says so yet. */
export function userOf({ config, statePath, program }: Used, etc?: string): number | undefined {
  const written = program === undefined ? undefined : writtenDown(program, config.path);
  const named = written === undefined ? undefined : uidOf(written, etc);
  return named ?? ownerOf(statePath, { ofFile: true }) ?? ownerOfStates(statePath, config.path) ??
    ownerOf(config.path);
}

/**
 * Before the first sync: whom root gave a folder for the state alone, as a package does. The folder of
 * a configuration says nothing: root's own lie in open ones, too.
 */
function ownerOfStates(statePath: string, configPath: string): number | undefined {
  const folder = dirname(statePath);
  if (folder === dirname(configPath) || ownerOf(configPath) !== 0) return undefined;
  return ownerOf(folder) || undefined;
}

/**
 * Whose installation it is, if that is neither `uid` nor root: whatever `uid` made there would be in
 * the way of that user. If it isn't root who asks, only where the configuration is root's: in a
 * user's own, a state of somebody else is a finding like any other.
 */
export function foreignUserOf(used: Used, uid: number, etc?: string): number | undefined {
  const user = userOf(used, etc);
  if (user === undefined || user === 0 || user === uid) return undefined;
  return uid === 0 || ownerOf(used.config.path) === 0 ? user : undefined;
}

/** The user that the installer recorded beside the program, if it is for this configuration. */
function writtenDown(program: string, configPath: string): string | undefined {
  try {
    const folder = dirname(Deno.realPathSync(program));
    const list = join(folder, ".installed");
    const info = Deno.lstatSync(list);
    // A record that somebody else wrote isn't the installer's.
    if ((mounterAbove(list) ?? 0) !== 0) return undefined;
    if (!info.isFile || info.uid !== 0 || ((info.mode ?? 0) & 0o022) !== 0) return undefined;
    const lines = readPlainText(list).split("\n");
    const real = Deno.realPathSync(configPath);
    const its = real.startsWith(`${folder}/`) || lines.includes(`config\t${configPath}`);
    return its
      ? lines.find((line) => line.startsWith("set\tuser "))?.slice("set\tuser ".length)
      : undefined;
  } catch {
    return undefined;
  }
}

function ownerOf(path: string, { ofFile = false } = {}): number | undefined {
  try {
    const mounter = mounterAbove(path);
    if (mounter !== undefined && mounter !== 0) return mounter === ANYBODY ? undefined : mounter;
    const { isFile, uid } = Deno.lstatSync(path);
    // A link to a state says who made the link.
    return (ofFile && !isFile) || uid === null || isOutside(uid) ? undefined : uid;
  } catch {
    return undefined;
  }
}

/**
 * Whether it worked for this user before the rule existed, so that it is warned rather than
 * refused.
 */
export function isFromBefore({ config, statePath }: Used, uid: number): boolean {
  if (ownerOf(markOf(config.path)) !== undefined) return false;
  try {
    // A file that the user wrote; installers leave an empty one.
    const mounter = mounterAbove(statePath) ?? 0;
    if (mounter !== 0 && mounter !== uid) return false;
    const state = Deno.lstatSync(followOwnLinks(statePath));
    return state.isFile && state.uid === uid && state.size > 0;
  } catch {
    return false;
  }
}

/** Marks an installation as found closed. Failing to write the mark does no harm. */
export function markClosed({ config }: Used): void {
  const mark = markOf(config.path);
  if (ownerOf(mark) !== undefined) return;
  try {
    Deno.mkdirSync(dirname(mark), { recursive: true });
    using file = openOwn(mark, { access: "write", create: 0o644 });
    writeFully(file, new TextEncoder().encode(MARK_TEXT));
  } catch {
    // A folder that this user can't write to.
  }
}

const MARK_TEXT = "datahubsync found that no other user may write here.\n" +
  "While this file is here, it refuses to run where somebody else may.\n";

function markOf(configPath: string): string {
  return join(dirname(historyPathFor(configPath)), "closed");
}
