/**
 * What would make the sync fail after an installation: configured folders that its user couldn't write to, and
 * what a run would refuse according to `--check`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { isSharedFolder } from "../../config/system_folders.ts";
import { orElse } from "../../or_else.ts";
import { shellWord } from "../../shell_word.ts";
import { controllerOf, nearestFolder } from "./controller.ts";
import { readBack } from "../../messages/read_back.ts";
import { trustsFolders } from "./folders_step.ts";
import { pathsOf } from "./options_check.ts";
import type { InstallPlan } from "./plan.ts";

/** Plans the refusal of the first folder that blocks; whether the user may write to one is for the script to try. */
export function planBlocked(plan: InstallPlan): void {
  const { DESTDIR, UID_NOW, CONFIG } = plan.facts;
  if (DESTDIR || UID_NOW !== "0") return;
  for (const path of plan.disk.named("local_dir")) {
    const found = blockedAt(plan, path);
    if (found === undefined) continue;
    const remedy = plan.t("%s, or name another folder in %s", found.hint, CONFIG);
    plan.add("block", found.why, remedy, found.unlessWritable ? path : "");
    if (!found.unlessWritable) return;
  }
}

interface Blocked {
  why: string;
  hint: string;
  unlessWritable?: boolean;
}

function blockedAt(plan: InstallPlan, path: string): Blocked | undefined {
  const { INSTALL_DIR, RUN_USER, FROM_ROOT } = plan.facts;
  const { disk } = plan;
  if (INSTALL_DIR.startsWith(path) || (isSharedFolder(path) && !path.startsWith("/home/"))) {
    const hint = plan.t("choose one below it");
    return { why: plan.t("%s is no folder for a dataset", path), hint };
  }
  const above = nearestFolder(plan, path);
  const controller = controllerOf(plan, above);
  if (RUN_USER === "root") {
    if (trustsFolders(plan)) return undefined;
    if (!("user" in controller)) return controller;
    const { user } = controller;
    if (user === "root") return undefined;
    return {
      why: plan.t("%s is in a folder that belongs to %s, which root can't trust", path, user),
      hint: `--user ${user}`,
    };
  }
  const folder = dirname(path);
  const made = makingUser(plan);
  if (
    disk.isLink(path) && disk.isFolder(path) && !disk.isOfRunUser(folder) && !disk.isOurs(folder)
  ) {
    const said = "%s is a snapshot, and its link is in a folder that belongs to %s";
    return {
      why: plan.t(said, path, disk.ownerOf(folder)),
      hint: `${made}chown ${RUN_USER}: ${shellWord(folder)}`,
    };
  }
  if (above !== path || disk.isOfRunUser(path)) return undefined;
  const isRoots = "user" in controller && controller.user === "root";
  if (FROM_ROOT && isRoots && disk.isOurs(path)) return undefined;
  return {
    why: plan.t("%s belongs to %s, and %s can't write to it", path, disk.ownerOf(path), RUN_USER),
    hint: `${made}chown -R ${RUN_USER}: ${shellWord(path)}`,
    unlessWritable: true,
  };
}

/** A check in the document of `--check --json`. */
interface Check {
  check: string;
  verdict: string;
  message: string;
  remedy: string | null;
}

/** Refuses what would fail, or says what this run does. */
export function planStart(plan: InstallPlan): void {
  const { BLOCKED, REMEDY, VERSION, DESTDIR, INSTALL_DIR, CONFIG, DRY_RUN, SITE } = plan.facts;
  const refused = refusedByCheck(plan);
  const why = BLOCKED || refused?.message;
  if (why) {
    const remedy = REMEDY || plan.t("%s, or name another folder in %s", refused!.remedy, CONFIG);
    plan.add("reject", plan.t("the sync would fail, so nothing was changed: %s", why), remedy);
    return;
  }
  if (!DESTDIR) planEntries(plan);
  if (SITE && !DESTDIR) planNeeds(plan);
  const dry = DRY_RUN ? plan.t(" (dry run: nothing is changed)") : "";
  plan.add(
    "say",
    plan.t("DataHubSync %s to %s: %s", VERSION, DESTDIR + INSTALL_DIR, wayOf(plan) + dry),
  );
}

/** Plans that others can enter the folders above the program and the data, as they can't enter `/root`. */
function planEntries(plan: InstallPlan): void {
  const { UID_NOW, INSTALL_DIR, SITE, RUN_USER, NEW_CONFIG } = plan.facts;
  if (UID_NOW !== "0") return;
  // What a configuration names that is there, its user may be given.
  const data = SITE ? [SITE] : NEW_CONFIG ? plan.disk.named("local_dir") : [];
  const above = [INSTALL_DIR, ...data].map((path) => nearestFolder(plan, dirname(path)));
  for (const folder of new Set(above)) {
    const says = plan.t("%s couldn't enter %s", RUN_USER, folder);
    plan.add("need_enter", folder, says, plan.t("choose another folder, or --user %s", "root"));
  }
}

/** Where the user is made only once nothing is in the way, a command about it has to make it. */
function makingUser({ facts }: InstallPlan): string {
  return facts.RUN_UID === "" ? `useradd --system --no-create-home ${facts.RUN_USER} && ` : "";
}

/** What the hub's user must be able to read and write. */
function planNeeds(plan: InstallPlan): void {
  const { PACK, SIGN, SITE, RUN_USER, MAKE_USER } = plan.facts;
  for (const key of pathsOf(SIGN)) {
    const hint = `${makingUser(plan)}chown ${RUN_USER} ${shellWord(key)}`;
    plan.add("need_read", key, plan.t("%s couldn't read %s", RUN_USER, key), hint);
  }
  for (const path of pathsOf(PACK)) {
    const hint = plan.t("chmod o+rx %s, or --user OWNER", shellWord(path));
    plan.add("need_read", path, plan.t("%s couldn't read %s", RUN_USER, path), hint);
  }
  if (plan.disk.isFolder(SITE) && (MAKE_USER || !plan.disk.isOfRunUser(SITE))) {
    const hint = plan.t("choose another --site, or --user %s", plan.disk.ownerOf(SITE));
    plan.add("need_write", SITE, plan.t("%s couldn't write to %s", RUN_USER, SITE), hint);
  }
}

function refusedByCheck({ facts }: InstallPlan): { message: string; remedy: string } | undefined {
  // There is no answer where the script didn't ask, or it took too long.
  const text = orElse(() => Deno.readTextFileSync(join(facts.TMP, "check")), "");
  const checks: Check[] = orElse(() => JSON.parse(text).checks, []);
  const found = checks.find(({ check, verdict, message, remedy }) =>
    check.endsWith(".owner") && verdict === "error" &&
    // Where the new program lies doesn't matter once it is copied; a package's stays.
    (check !== "program.owner" || facts.PACKAGED) &&
    !`${message} ${remedy}`.includes(facts.SOURCE)
  );
  const inWords = (text: string) => facts.LANGUAGE === "zh" ? readBack(text, "zh") : text;
  return found && {
    message: inWords(found.message),
    remedy: inWords(found.remedy ?? "see --check"),
  };
}

/** The kind of this run, in words. */
function wayOf(plan: InstallPlan): string {
  const { V2, PACKAGED, BINARY, SITE } = plan.facts;
  if (SITE) return plan.t("a hub in %s", SITE);
  if (V2) return plan.t("taking over v2.0");
  if (PACKAGED) return plan.t("a schedule for the package's %s", BINARY);
  return plan.disk.isFile(BINARY) ? plan.t("an upgrade") : plan.t("a fresh installation");
}
