/**
 * The steps of a hub's end: its site, what packs folders into it, and what serves it.
 *
 * @module
 */
import { shellWord } from "../../shell_word.ts";
import type { InstallPlan } from "./plan.ts";
import { planProgram } from "./program_step.ts";
import { cronText, planRotation } from "./schedule_step.ts";
import { pathsOf } from "./options_check.ts";
import { HEADER, packService, serveService } from "./unit_files.ts";

/** Where cron reads the job that packs. */
const HUB_CRON = "/etc/cron.d/datahubsync-hub";

/** Plans a hub. */
export function planHub(plan: InstallPlan): void {
  const { INSTALL_DIR, SERVE, SITE, KIND, RUN_USER, BINARY } = plan.facts;
  const [folders, keys] = [pathsOf(plan.facts.PACK), pathsOf(plan.facts.SIGN)];
  const log = `${INSTALL_DIR}/logs/hub.log`;
  planProgram(plan);
  plan.step(plan.t("The hub's site"), () => {
    plan.makeDir(SITE, "user");
    plan.makeDir(`${INSTALL_DIR}/logs`, "user");
  });
  if (folders.length > 0) {
    plan.step(plan.t("Pack every folder, as %s", RUN_USER), () => {
      if (KIND === "systemd") {
        plan.add("take_out", HUB_CRON);
        const text = packService({ program: BINARY, site: SITE, folders, keys, ...plan.runs });
        startService(plan, "datahubsync-pack.service", text);
      } else {
        plan.add("drop_unit", "datahubsync-pack.service", "multi-user.target");
        plan.write(HUB_CRON, packJob(plan, { folders, keys, log }));
      }
    });
  }
  if (SERVE !== "") {
    plan.step(plan.t("Serve %s on %s, as %s", SITE, SERVE, RUN_USER), () => {
      const text = serveService({ program: BINARY, site: SITE, listen: SERVE, ...plan.runs });
      startService(plan, "datahubsync-serve.service", text);
    });
  }
  if (KIND === "cron.d" && folders.length > 0) planRotation(plan, [log], "datahubsync-hub");
}

/** Plans the end: without a server the site is nobody's hub yet. */
export function planHubNext(plan: InstallPlan): void {
  const { SERVE, SITE, DRY_RUN } = plan.facts;
  if (DRY_RUN) plan.add("end_dry_run");
  plan.add("say", plan.t(SERVE === "" ? "Done. Next:" : "Done."));
  if (SERVE === "") plan.add("say", `  ${plan.t("let nginx serve %s: docs/hub.md", SITE)}`);
}

function startService(plan: InstallPlan, name: string, text: string): void {
  plan.write(`${plan.facts.UNIT_DIR}/${name}`, text);
  plan.add("start_unit", name, "multi-user.target");
}

function packJob(
  plan: InstallPlan,
  { folders, keys, log }: { folders: readonly string[]; keys: readonly string[]; log: string },
): string {
  const { SCHEDULE, RUN_USER, BINARY, SITE } = plan.facts;
  const packed = folders.map(shellWord).join(" ");
  const signed = keys.map((key) => `--sign ${shellWord(key)} `).join("");
  // What failed is in the log, and in the mail that cron makes of what a job prints.
  const command =
    `${shellWord(BINARY)} pack ${packed} --output ${shellWord(SITE)} --settle 60s ${signed}-q ` +
    `2>&1 >>${shellWord(log)} | tee -a ${shellWord(log)}`;
  return `${HEADER}\nSHELL=/bin/sh\n${SCHEDULE} ${RUN_USER} ${cronText(command)}`;
}
