/**
 * The folders of state, logs and data: makes them, and gives the sync's user what root has left there, which that user
 * couldn't write to.
 *
 * Guarantees: gives away what the installer or a sync made, or what lies in a folder of that user's, whatever
 * the configuration names. The script decides again, when it acts, who controls each folder.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { isSharedFolder } from "../../config/system_folders.ts";
import { shellWord } from "../../shell_word.ts";
import { workBeside } from "./facts.ts";
import type { InstallPlan } from "./plan.ts";

/** Plans the folders. */
export function planFolders(plan: InstallPlan): void {
  const { INSTALL_DIR, RUN_USER, UID_NOW } = plan.facts;
  const { disk } = plan;
  plan.step(plan.t("Folders of state, logs and data"), () => {
    const [state, home] = [stateOf(plan), homeOf(plan)];
    if (UID_NOW === "0") {
      plan.makeDir(home, "user");
      give(plan, home);
      // Beside the config the sync's user would need a folder where it could replace the program.
      const wanted = `${home}/last_sync.json`;
      if (RUN_USER !== "root" && state !== wanted && !disk.has(wanted)) {
        const isMoved = disk.isFile(state) && !disk.isLink(state);
        plan.add("make_state", wanted, isMoved ? disk.at(state) : "");
        if (isMoved) {
          plan.add("remove", state);
          plan.add("remove", `${state}.lock`);
        }
      }
    }
    // Without a log in the config, logs/ still is where people look for one.
    plan.makeDir(`${INSTALL_DIR}/logs`, "user");
    give(plan, `${INSTALL_DIR}/logs`);
    for (const log of disk.named("log")) {
      plan.makeDir(dirname(log), "user");
      giveOurs(plan, log);
      for (const name of disk.names(dirname(log))) {
        const rotated = name.startsWith(basename(log)) &&
          /^[.-]\d/.test(name.slice(basename(log).length));
        if (rotated) giveOurs(plan, `${dirname(log)}/${name}`);
      }
    }
    for (const path of disk.named("mirror")) placeFolder(plan, path);
    for (const path of disk.named("metrics")) {
      placeFolder(plan, dirname(path));
      giveOurs(plan, path);
    }
    // What a sync left beside the data is known by its name alone.
    for (const path of [...disk.named("owned_dir"), ...disk.named("unfinished")]) give(plan, path);
    for (const path of disk.named("local_dir")) placeData(plan, path);
  });
}

/** The state: beside a config that isn't in its place yet, none is found. */
function stateOf(plan: InstallPlan): string {
  const kept = `${homeOf(plan)}/last_sync.json`;
  if (plan.facts.NEW_CONFIG && plan.disk.has(kept)) return kept;
  return plan.disk.named("state")[0] ?? "";
}

/** Where the state and the history lie. */
function homeOf(plan: InstallPlan): string {
  return `${dirname(plan.facts.CONFIG)}/.datahubsync`;
}

/** Whether root's config lists folders of others that the sync may use: then its own rule judges them. */
export function trustsFolders({ facts, disk }: InstallPlan): boolean {
  return facts.RUN_USER === "root" && /^trusted_folders:/m.test(disk.text(facts.CONFIG));
}

function placeFolder(plan: InstallPlan, path: string): void {
  plan.makeDir(path, "user");
  giveOurs(plan, path);
  const { RUN_USER } = plan.facts;
  const said = "%s can't write to %s; type: chown %s: %s";
  plan.add("check_write", path, plan.t(said, RUN_USER, path, RUN_USER, shellWord(path)));
}

function give(plan: InstallPlan, path: string): void {
  if (plan.disk.give(path)) plan.add("give", path);
}

function giveOurs(plan: InstallPlan, path: string): void {
  const { disk } = plan;
  if ([path, dirname(path)].some((part) => disk.isOfRunUser(part) || disk.isOurs(part))) {
    give(plan, path);
  }
}

/** Where the sync's user can't make the work folder beside the data, it goes inside. */
function placeData(plan: InstallPlan, path: string): void {
  const { RUN_USER, EXAMPLE, FROM_ROOT, CAN_OWN, UID_NOW } = plan.facts;
  const { disk } = plan;
  if (trustsFolders(plan)) return;
  giveOurs(plan, path);
  const above = dirname(path);
  // The example's datasets are nobody's choice yet.
  if (EXAMPLE || !disk.has(path)) plan.makeDir(above, "user");
  if (EXAMPLE) return;
  if (FROM_ROOT && disk.isOurs(above)) {
    plan.add("set_access", above, disk.mode(above), plan.runOwner);
    disk.give(above);
  }
  if (UID_NOW !== "0" || disk.isLink(path) || disk.has(workBeside(path))) return;
  if (!isSharedFolder(above) && (!CAN_OWN || !disk.isFolder(above) || disk.isOfRunUser(above))) {
    return;
  }
  if (disk.has(`${path}/.datahubsync`)) return;
  const said = "%s doesn't belong to %s alone, so %s keeps its work files inside, in .datahubsync";
  plan.add("note", plan.t(said, above, RUN_USER, path));
  plan.makeDir(path, "user");
  plan.makeDir(`${path}/.datahubsync`, "user", "700");
}

/** The folders that the sync writes to: the installation's own, never a shared system folder. */
export function writableFolders(plan: InstallPlan): string[] {
  const { disk } = plan;
  const folders = [homeOf(plan), ...disk.named("mirror")];
  if (plan.facts.RUN_USER === "root") folders.push(dirname(stateOf(plan)));
  for (const path of [...disk.named("log"), ...disk.named("metrics")]) {
    folders.push(isSharedFolder(dirname(path)) ? path : dirname(path));
  }
  for (const path of disk.named("local_dir")) {
    // The work folder lies beside the data, or inside it.
    const inside = disk.has(`${path}/.datahubsync`) || isSharedFolder(dirname(path));
    folders.push(inside ? path : dirname(path));
  }
  return [...new Set(folders)].sort();
}
