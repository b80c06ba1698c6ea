/**
 * The owner rule: who may stand between this program and its files. Pure: what was seen on the disk
 * goes in, findings come out.
 *
 * A location is *closed* when it and every folder above it belong to root or to the user who runs the
 * program, and nobody else may write there. Group-write is closed where every member of the group
 * is one of the two; a sticky folder is closed for what lies in it, which is judged by its own
 * owner. Where the file system keeps no owners (FAT, exFAT, NTFS, most network shares), the mount
 * decides, and nothing is reported; a FUSE file system may be anybody's, and is its mounter's.
 *
 * It can't read access lists (ACLs): where there is one, the group's bits are its mask, so whoever it
 * lets write shows as group-write. What belongs to root and its group is therefore open to root's runs
 * where the group may write, since nothing but an access list or a mistake makes it so.
 *
 * It is longer than 250 lines because the rule, its exceptions and their remedies are one table.
 *
 * @module
 */
import { asRoot } from "../as_root.ts";
import { shellWord } from "../shell_word.ts";
import { OWNERS } from "../messages/owners.ts";

/** One thing on the way to a location. */
export interface PathPart {
  path: string;
  kind: "folder" | "link" | "other";
  uid: number;
  gid: number;
  /** The permission bits with the sticky bit. */
  mode: number;
  /**
   * Who mounted the FUSE file system whose top this is: they answer for all of it, and make it say any
   * owner. {@linkcode ANYBODY} where that isn't known and others may write to the folder above.
   */
  mounter?: number;
}

/** Stands for a mounter who isn't known, and may be anybody. */
export const ANYBODY = -1;

/** What a location is for. */
export type Role =
  | "program"
  | "config"
  | "secret"
  | "calendar"
  | "state"
  | "log"
  | "work"
  | "data"
  | "mirror"
  | "metrics"
  | "site"
  | "output";

/** A file or folder that the program uses. */
export interface UsedLocation {
  role: Role;
  path: string;
  /** The dataset that it belongs to. */
  dataset?: string;
  /** Everything from `/` to it, links followed, as far as it exists. */
  way: readonly PathPart[];
  /**
   * Whether the program creates files in it; a sticky bit on the location itself doesn't help then.
   */
  filled: boolean;
}

/** Who is who on this machine. */
export interface Accounts {
  /** The user's name, or the number where there is none. */
  userName(uid: number): string;
  groupName(gid: number): string;
  /** Whether it is a user outside of this container, of whom nothing is known in it. */
  isOutside(uid: number): boolean;
  /** The group's members; `undefined` where the group isn't known. */
  members(gid: number): readonly number[] | undefined;
}

/** Options for judging. */
interface Judge {
  /** Who runs the program. */
  uid: number;
  /** Who would type the commands that close a location. */
  typist: number;
  accounts: Accounts;
  /** Folders trusted with everything in them. */
  trusted: readonly string[];
  /** Whether the file system of a path keeps no owners. */
  ownerless: (path: string) => boolean;
}

/** Something on the way to a location that isn't closed. */
export interface Finding {
  role: Role;
  dataset?: string;
  /** The location that isn't closed. */
  path: string;
  /** Whether it is the location itself, rather than a folder above it. */
  itself: boolean;
  /**
   * `refused`: a run would obey somebody else or expose data to them; `later`: the same, but not
   * refused yet.
   */
  weight: "refused" | "later" | "warning";
  /** Who owns what, or who may write where. */
  text: string;
  /** A command that closes it; `undefined` if only trust or another location helps. */
  remedy?: string;
}

/** What a finding is about, in words: `the data of bars`. */
function roleWords({ role, dataset }: Pick<Finding, "role" | "dataset">): string {
  const words: Record<Role, string> = {
    program: OWNERS.the_program(),
    config: dataset === undefined ? OWNERS.the_configuration() : OWNERS.the_record_of({ dataset }),
    secret: OWNERS.secret_file(),
    calendar: OWNERS.the_calendar(),
    state: OWNERS.the_state_and_the_history(),
    log: OWNERS.the_log(),
    work: OWNERS.the_work_folder_of({ dataset: String(dataset) }),
    data: OWNERS.the_data_of({ dataset: String(dataset) }),
    mirror: OWNERS.the_mirror(),
    metrics: OWNERS.the_metrics(),
    site: OWNERS.the_site(),
    output: OWNERS.the_output(),
  };
  return words[role];
}

/** A finding as one sentence, without its end. */
export function sentence(finding: Finding): string {
  const words = roleWords(finding);
  return finding.itself
    ? `${finding.text}: ${words}`
    : OWNERS.lies_there({ text: finding.text, words });
}

/** A user and their login group for `chown`, which knows the group only of named users. */
export function ownerWord(accounts: Accounts, uid: number): string {
  const name = accounts.userName(uid);
  return name === String(uid) ? name : `${shellWord(name)}:`;
}

/** Groups below this number are the distribution's own. */
const FIRST_USER_GROUP = 1000;

/** Everything that isn't closed, each path at most once per severity; refusals come first. */
export function judge(locations: readonly UsedLocation[], by: Judge): Finding[] {
  const found = new Map<string, Finding>();
  for (const location of locations) {
    location.way.forEach((seen, index) => {
      const itself = index === location.way.length - 1 && seen.path === location.path;
      const flaw = flawOf(seen, { ...by, itself, filled: location.filled, role: location.role });
      if (flaw === undefined || isTrusted(seen.path, by.trusted)) return;
      if (flaw !== "mount" && by.ownerless(seen.path)) return;
      const weight = weightOf(location.role, itself, by.uid);
      const earlier = found.get(seen.path);
      if (earlier !== undefined && (earlier.weight === "refused" || weight === "warning")) return;
      found.set(seen.path, {
        role: location.role,
        ...(location.dataset !== undefined && { dataset: location.dataset }),
        path: seen.path,
        itself,
        weight,
        ...say(seen, flaw, by, { role: location.role, itself, planted: isPlanted(seen, location) }),
      });
    });
  }
  const all = [...found.values()];
  return [
    ...all.filter(({ weight }) => weight === "refused"),
    ...all.filter(({ weight }) => weight === "warning"),
  ];
}

/** Whether it is a site's own folder, or a link in its place, that a site's owner didn't make. */
function isPlanted({ path, kind }: PathPart, location: UsedLocation): boolean {
  if (path !== location.path || (location.role !== "mirror" && location.role !== "site")) {
    return false;
  }
  return /\/\.datahubsync(?:\/|$)/.test(path) ||
    (kind === "link" && /\/(?:api|package|patch)$/.test(path));
}

type Flaw = "mount" | "owner" | "everybody" | "group";

function flawOf(
  { kind, uid, gid, mode, mounter }: PathPart,
  by: Judge & { itself: boolean; filled: boolean; role: Role },
): Flaw | undefined {
  const right = (one: number): boolean => one === 0 || one === by.uid;
  if (mounter !== undefined && !right(mounter)) return "mount";
  if (!right(uid)) return "owner";
  if (kind === "link") return undefined;
  const sticky = kind === "folder" && (mode & 0o1000) !== 0 && !(by.itself && by.filled);
  if (sticky) return undefined;
  if ((mode & 0o002) !== 0) return "everybody";
  if ((mode & 0o020) === 0) return undefined;
  // Distributions let their logging service write to /var/log; a log is opened with care.
  if (by.role === "log" && uid === 0 && kind === "folder" && gid < FIRST_USER_GROUP) {
    return undefined;
  }
  // Root's umask is 022 everywhere; a user's own group has write permission wherever it is 002.
  if (by.uid === 0 && uid === 0 && gid === 0) return "group";
  return by.accounts.members(gid)?.every(right) ? undefined : "group";
}

/**
 * Root must not obey anybody. Other users risk only what is theirs: refuse only what would make
 * them run somebody else's program, configuration or unfinished work.
 */
function weightOf(role: Role, itself: boolean, uid: number): Finding["weight"] {
  // Whoever changes a calendar delays an alarm.
  if (role === "metrics" || role === "calendar") return "warning";
  if (uid === 0 || role === "program" || role === "config") return "refused";
  return role === "work" && itself ? "refused" : "warning";
}

function isTrusted(path: string, trusted: readonly string[]): boolean {
  return trusted.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function say(
  { path, uid, gid, mode, mounter }: PathPart,
  flaw: Flaw,
  { accounts, uid: runner, typist }: Judge,
  { role, itself, planted }: { role: Role; itself: boolean; planted: boolean },
): { text: string; remedy?: string } {
  const byRoot = (words: string): string => asRoot(words, { uid: typist });
  if (flaw === "mount") {
    const text = mounter === ANYBODY
      ? OWNERS.mounted_by_anybody({ path })
      : OWNERS.mounted_by({ path, owner: accounts.userName(mounter!) });
    return { text, remedy: byRoot(`umount -l ${shellWord(path)}`) };
  }
  if (flaw === "owner") {
    const text = OWNERS.belongs_to({ path, owner: accounts.userName(uid) });
    // No command in a container reaches what lies outside of it.
    if ((!itself && !planted) || accounts.isOutside(uid)) return { text };
    // Anything that somebody else prepared there is never used.
    const remedy = role === "work" || planted
      ? byRoot(`mv ${shellWord(path)} ${shellWord(`${path}.old`)}`)
      : byRoot(`chown -h ${ownerWord(accounts, runner)} ${shellWord(path)}`);
    return { text, remedy };
  }
  const bits = (mode & 0o7777).toString(8);
  const group = OWNERS.group({ group: accounts.groupName(gid) });
  const who = flaw === "everybody"
    ? OWNERS.everybody()
    : gid === 0
    ? OWNERS.or_access_list({ group })
    : group;
  const take = flaw === "group" ? "g-w" : (mode & 0o020) === 0 ? "o-w" : "go-w";
  const chmod = `chmod ${take} ${shellWord(path)}`;
  const remedy = uid === typist ? chmod : byRoot(chmod);
  return { text: OWNERS.may_write({ who, path, bits }), remedy };
}
