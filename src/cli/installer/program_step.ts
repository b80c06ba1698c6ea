/**
 * The program's step: its folder, the binary, its link, completions and manual pages. Where a package has them,
 * what an archive had put elsewhere goes. And the configuration's step.
 *
 * @module
 */
import { dirname } from "node:path";
import type { InstallPlan } from "./plan.ts";
import { placeModule } from "./takeover_step.ts";

/** Puts the program in its place. */
export function planProgram(plan: InstallPlan): void {
  const { VERSION, PACKAGED, INSTALL_DIR, BINARY } = plan.facts;
  const title = PACKAGED
    ? plan.t("Program %s, the package's %s", VERSION, BINARY)
    : plan.t("Program %s in %s", VERSION, INSTALL_DIR);
  plan.step(title, () => {
    plan.makeDir(INSTALL_DIR, "root");
    // What root starts lies here. Earlier versions let the sync's user write beside it.
    plan.add("set_access", INSTALL_DIR, "755", plan.rootOwner);
    keepUser(plan);
    // Killed when its program is there, an installation has to say whose it is: whoever asks next is root.
    if (!plan.facts.FROM_ROOT) plan.add("save_now");
    if (PACKAGED) leaveToPackage(plan);
    else placeProgram(plan);
  });
}

function placeProgram(plan: InstallPlan): void {
  const { HERE, SOURCE, INSTALL_DIR, BINARY, LINK, SHARE, FISH, UID_NOW } = plan.facts;
  const { disk } = plan;
  if (SOURCE !== disk.at(BINARY)) plan.copy(SOURCE, BINARY, "755");
  plan.add("check_runs", BINARY);
  if (disk.isLink(LINK) || !disk.has(LINK)) {
    plan.add("make_link", BINARY, LINK);
    plan.add("record", "link", LINK);
  } else {
    plan.add("warn", plan.t("%s wasn't installed by this script and stays as it is", LINK));
  }
  plan.writeQuietly(`${SHARE}/bash-completion/completions/datahubsync`, plan.completions("bash"));
  plan.writeQuietly(`${FISH}/datahubsync.fish`, plan.completions("fish"));
  // zsh looks at no folder of a user's own.
  if (UID_NOW === "0") {
    plan.writeQuietly(`${SHARE}/zsh/site-functions/_datahubsync`, plan.completions("zsh"));
  }
  // An archive has them; where only the three files were copied, there are none.
  for (const page of disk.bundled("man")) {
    if (/^datahubsync.*\.[15]$/.test(page)) {
      plan.copy(`${HERE}/man/${page}`, `${SHARE}/man/man${page.at(-1)}/${page}`);
    }
  }
  for (const path of [`${INSTALL_DIR}/sync_client.py`, `${INSTALL_DIR}/src/sync_client.py`]) {
    if (disk.installed("file").includes(path)) placeModule(plan, path);
  }
}

function leaveToPackage(plan: InstallPlan): void {
  const { INSTALL_DIR, LINK, SHARE, FISH } = plan.facts;
  const archives = (path: string): boolean =>
    path === `${INSTALL_DIR}/datahubsync` || path === LINK ||
    path.startsWith(`${SHARE}/`) || path.startsWith(`${FISH}/`);
  for (const path of [...plan.disk.installed("file"), ...plan.disk.installed("link")]) {
    if (archives(path)) plan.add("take_out", path);
  }
}

/** Lists who runs the sync, for the next run. */
function keepUser(plan: InstallPlan): void {
  const set = `user ${plan.facts.RUN_USER}`;
  const sets = plan.disk.installed("set");
  if (sets.includes(set)) return;
  for (const old of sets) plan.add("forget", "set", old);
  plan.add("record", "set", set);
}

/** Puts a new configuration in its place, and lets the sync's user read one that is there. */
export function planConfig(plan: InstallPlan): void {
  const { CONFIG, NEW_CONFIG, HUB_URL, DATA_DIR, CAN_OWN, CAN_READ, CLOSED, RUN_USER, RUN_GROUP } =
    plan.facts;
  plan.step(plan.t("Config %s", CONFIG), () => {
    // A config with a token is for root and the sync's user only; one without keeps the mode it has.
    const secret = plan.disk.named("secret")[0] === "yes";
    const [mode, owner] = !secret
      ? ["644", CAN_OWN && `root:${RUN_GROUP}`]
      : CAN_OWN && !CLOSED
      ? ["600", plan.runOwner]
      : ["640", CAN_OWN && `root:${RUN_GROUP}`];
    if (NEW_CONFIG) {
      plan.add("put_config", CONFIG, mode, owner);
    } else {
      plan.add("note", plan.t("%s stays as it is", CONFIG));
      const given = [HUB_URL && "--hub-url", DATA_DIR && "--data-dir"].join(" ").trim();
      const said = "%s: for a new config only; the existing one stays as it is";
      if (given !== "") plan.add("warn", plan.t(said, given));
      if (secret || (RUN_USER !== "root" && CAN_OWN && !CAN_READ)) {
        plan.add("set_access", CONFIG, mode, owner);
      }
    }
    const example = `${dirname(CONFIG)}/config.example.yaml`;
    const bundled = `${plan.facts.HERE}/config.example.yaml`;
    if (plan.disk.isBundled("config.example.yaml") && bundled !== plan.disk.at(example)) {
      plan.copy(bundled, example);
    }
  });
}
