/**
 * The end of an installation: the first sync, what is new, and what a person types next.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { shellWord } from "../../shell_word.ts";
import { changelog, changesSince } from "../setup/version_command.ts";
import type { InstallPlan } from "./plan.ts";
import { hasProgram } from "./schedule_step.ts";

/** Plans the end. */
export function planNext(plan: InstallPlan, variables: readonly string[]): void {
  const { WANT_SYNC, EARLIER_VERSION, DESTDIR, EXAMPLE, SUDO_USER, EDITOR, CONFIG, NEW_CONFIG } =
    plan.facts;
  const { BINARY, DRY_RUN } = plan.facts;
  const type = (words: string): string => commandOf(plan, words, variables);
  if (WANT_SYNC && DESTDIR) plan.add("warn", plan.t("--sync: not inside DESTDIR"));
  else if (WANT_SYNC) {
    plan.add("say", plan.t("==> First sync"));
    if (DRY_RUN) plan.add("note", plan.t("would run %s sync -c %s", BINARY, CONFIG));
    else plan.add("first_sync", type("--check"));
  }
  if (DRY_RUN) plan.add("end_dry_run");
  const news = newsSince(EARLIER_VERSION);
  if (news !== "") {
    plan.add("say", plan.t("New since %s:", EARLIER_VERSION));
    for (const line of news.trimEnd().split("\n")) plan.add("say", line);
  }
  if (DESTDIR) {
    plan.add("say", plan.t("Done."));
    return;
  }
  plan.add("say", plan.t("Done. Next:"));
  if (EXAMPLE) {
    const said = "  %s%s %s    # hub and datasets";
    const sudo = SUDO_USER ? "sudo " : "";
    plan.add("say", plan.t(said, sudo, EDITOR || "nano", shellWord(CONFIG)));
  }
  plan.add("say", `  ${type(WANT_SYNC ? "status" : "--check")}`);
  if (NEW_CONFIG && !WANT_SYNC) {
    plan.add("say", plan.t("  %s    # the first sync", type("sync")));
  }
}

/** The command that a person types next, with the variables that the config needs. */
function commandOf(plan: InstallPlan, words: string, variables: readonly string[]): string {
  const { UID_NOW, RUN_USER, SUDO_USER, PACKAGED, LINK, BINARY, CONFIG } = plan.facts;
  const isRoot = UID_NOW === "0";
  const who = isRoot && RUN_USER !== "root"
    ? hasProgram("sudo") ? `sudo -u ${RUN_USER} ` : `runuser -u ${RUN_USER} -- env `
    : isRoot && SUDO_USER
    ? "sudo "
    : "";
  const set = who && variables.map((line) => line.replace(/=.*/, "=… ")).join("");
  // The link is there when the plan has been followed.
  const isOnPath = PACKAGED || (isRoot && (plan.disk.isLink(LINK) || !plan.disk.has(LINK)));
  return `${who}${set}` +
    (isOnPath ? `datahubsync ${words}` : `${shellWord(BINARY)} ${words} -c ${shellWord(CONFIG)}`);
}

/** What is new since an earlier version; empty if that is unknown. */
function newsSince(version: string): string {
  return version === "" ? "" : orElse(() => changesSince(changelog(), version), "");
}
