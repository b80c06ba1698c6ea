/**
 * Who controls the content of a folder, as install_client.sh judges it before each change; used here to report in
 * advance what would be refused.
 *
 * Guarantees: changes nothing. The owner of a link counts, and so does every folder that it leads through.
 * Groups are those of `/etc/group`.
 *
 * @module
 */
import { dirname } from "node:path";
import { readAccounts } from "../../owners/accounts.ts";
import { wayTo } from "../../owners/way.ts";
import { shellWord } from "../../shell_word.ts";
import type { InstallPlan } from "./plan.ts";

/** A user, or why no single user is in control, and the command that fixes it. */
type Controller = { user: string } | { why: string; hint: string };

/** The user who controls a folder: root, or the first other owner above it. */
export function controllerOf(plan: InstallPlan, folder: string): Controller {
  const accounts = readAccounts();
  let boss = 0;
  const way = [...wayTo(folder)].sort((one, other) => one.path < other.path ? -1 : 1);
  for (const { path, kind, uid: owner, gid, mode, mounter } of way) {
    const uid = mounter ?? owner;
    if (uid !== 0 && uid !== boss) {
      if (boss !== 0) {
        const [owner, other] = [accounts.userName(uid), accounts.userName(boss)];
        return {
          why: plan.t("%s belongs to %s, and %s could replace it", path, owner, other),
          hint: `chown ${other}: ${shellWord(path)}`,
        };
      }
      boss = uid;
    }
    if (kind === "link" || (mode & 0o1000) !== 0) continue;
    const members = (mode & 0o020) === 0 ? [] : accounts.members(gid) ?? [NOBODY];
    if ((mode & 0o002) !== 0 || members.some((member) => member !== 0 && member !== boss)) {
      return {
        why: plan.t("other users can change what is in %s", path),
        hint: `chmod go-w ${shellWord(path)}`,
      };
    }
  }
  return { user: accounts.userName(boss) };
}

const NOBODY = -1;

/** The folder itself, or the nearest above it that is there. */
export function nearestFolder(plan: InstallPlan, path: string): string {
  let above = path;
  while (!plan.disk.isFolder(above)) above = dirname(above);
  return above;
}
