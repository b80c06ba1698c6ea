/**
 * The machine's accounts.
 *
 * Guarantees: changes nothing. It knows only users and groups in `/etc/passwd` and `/etc/group`: those
 * of a directory service are numbers without members.
 *
 * @module
 */
import { join } from "node:path";
import { OWNERS } from "../messages/owners.ts";
import { orElse } from "../or_else.ts";
import { readPlainText } from "../plain_file.ts";
import type { Accounts } from "./rule.ts";

/** The accounts in the files below `etc`. */
export function readAccounts(etc = "/etc"): Accounts {
  const users = rows(join(etc, "passwd"), 4).map(([name, , uid, gid]) => ({
    name: name!,
    uid: Number(uid),
    gid: Number(gid),
  }));
  const groups = rows(join(etc, "group"), 3).map(([name, , gid, members]) => ({
    name: name!,
    gid: Number(gid),
    members: (members ?? "").split(",").filter((one) => one !== ""),
  }));
  return {
    userName: (uid) =>
      isOutside(uid)
        ? OWNERS.outside_user()
        : users.find((one) => one.uid === uid)?.name ?? String(uid),
    isOutside,
    groupName: (gid) => groups.find((one) => one.gid === gid)?.name ?? String(gid),
    members(gid) {
      const named = groups.filter((one) => one.gid === gid);
      const primary = users.filter((one) => one.gid === gid);
      if (named.length === 0 && primary.length === 0) return undefined;
      const listed = named.flatMap(({ members }) => members)
        .map((name) => users.find((one) => one.name === name)?.uid ?? -1);
      return [...primary.map(({ uid }) => uid), ...listed];
    },
  };
}

/** Whoever a user namespace knows nothing of has this number in it. */
const UNKNOWN = 65534;
/** The inode of the machine's own user namespace, which knows everybody. */
const MACHINES_NAMESPACE = 0xeffffffd;

/** Whether an owner is a user outside of the container that this runs in, whoever that may be. */
export function isOutside(uid: number): boolean {
  return orElse(
    () => uid === UNKNOWN && Deno.statSync("/proc/self/ns/user").ino !== MACHINES_NAMESPACE,
    false,
  );
}

/** A user's number by name, as the files below `etc` say. */
export function uidOf(name: string, etc = "/etc"): number | undefined {
  const row = rows(join(etc, "passwd"), 3).find(([one]) => one === name);
  return row === undefined ? undefined : Number(row[2]);
}

/** A user's name, or the number where there is none. */
export function userNameOf(uid: number): string {
  return rows("/etc/passwd", 3).find((row) => Number(row[2]) === uid)?.[0] ?? String(uid);
}

/** A user's home; `/` for somebody who isn't known. */
export function homeOf(user: string): string {
  return rows("/etc/passwd", 6).find(([name]) => name === user)?.[5] || "/";
}

function rows(path: string, least: number): string[][] {
  try {
    return readPlainText(path).split("\n").map((line) => line.split(":"))
      .filter((row) => row.length >= least && !row[0]!.startsWith("#"));
  } catch {
    return [];
  }
}
