/**
 * Judges a whole installation by the owner rule: whose it is, and what isn't closed.
 *
 * Guarantees: changes nothing. If root asks, it judges for the installation's user, otherwise for
 * the user who asks. Linux only: elsewhere it reports nothing.
 *
 * @module
 */
import { isFromBefore, userOf } from "./installation.ts";
import { type Used, usedLocations } from "./locations.ts";
import { readAccounts } from "./accounts.ts";
import { type Accounts, type Finding, judge, type UsedLocation } from "./rule.ts";
import { isOwnerless, wayTo } from "./way.ts";

/** The result of a judgement. */
export interface OwnerJudgement {
  /** For whom it was judged. */
  user: number;
  accounts: Accounts;
  findings: Finding[];
  /** Whether `trusted_folders` is in a file that root owns, and so counts. */
  trusts: boolean;
}

/** Who asks, and where this machine's `/etc` is. */
interface Asking {
  uid: number;
  /** Who types the commands, if it is judged for somebody else. */
  typist?: number;
  etc?: string;
}

/** Judges everything that a configuration makes the program use. */
export async function judgeInstallation(used: Used, asking: Asking): Promise<OwnerJudgement> {
  const user = asking.uid === 0 ? userOf(used, asking.etc) ?? 0 : asking.uid;
  return judgeLocations(await usedLocations(used), used, {
    ...asking,
    uid: user,
    typist: asking.uid,
  });
}

/** Judges the given locations for the current user. */
export function judgeLocations(
  locations: readonly UsedLocation[],
  used: Pick<Used, "config" | "statePath" | "program">,
  { uid, typist = uid, etc }: Asking,
): OwnerJudgement {
  const accounts = readAccounts(etc);
  const trusts = isRoots(used.config.path, accounts);
  const { trustedFolders } = used.config;
  const trusted = trusts ? trustedFolders : [];
  const findings = judge(locations, { uid, typist, accounts, trusted, ownerless: isOwnerless });
  return {
    user: uid,
    accounts,
    trusts,
    findings: isFromBefore(used, uid) ? findings.map(forgive) : findings,
  };
}

/** Whether only root can have written a file. */
function isRoots(path: string, accounts: Accounts): boolean {
  const way = wayTo(path);
  const last = way.at(-1);
  // A file system in user space says any owner.
  if (way.some(({ mounter = 0 }) => mounter !== 0)) return false;
  if (last === undefined || last.kind !== "other" || last.uid !== 0) return false;
  const onlyRoots = (last.mode & 0o020) === 0 ||
    accounts.members(last.gid)?.every((uid) => uid === 0) === true;
  return onlyRoots && (last.mode & 0o002) === 0;
}

/** Somebody else's work folder never worked. */
function forgive(finding: Finding): Finding {
  const { weight, role, itself } = finding;
  if (weight !== "refused" || (role === "work" && itself)) return finding;
  return { ...finding, weight: "later" };
}
