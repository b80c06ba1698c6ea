/**
 * A new configuration: where it keeps the data, its text where no hub can be asked for its datasets, and the
 * variables that it takes from the environment.
 *
 * @module
 */
import { join } from "node:path";
import { variablesNamedIn } from "../../config/env_names.ts";
import type { Environment } from "../../environment.ts";
import { orElse } from "../../or_else.ts";
import { readPlainText } from "../../plain_file.ts";
import type { InstallPlan } from "./plan.ts";

/** Sets the folder of the data, and writes the example where there is no hub to ask. */
export function planNewConfig(plan: InstallPlan): void {
  const { DATA_DIR, HUB_URL } = plan.facts;
  const dataDir = DATA_DIR || dataDirOf(plan);
  plan.add("set_fact", "DATA_DIR", dataDir);
  if (HUB_URL === "") planExample(plan, dataDir);
}

/** The work files lie beside the data: the sync's user must own the folder above it. */
function dataDirOf({ facts, disk }: InstallPlan): string {
  if (facts.UID_NOW !== "0") return `${facts.SHARE}/datahubsync/data`;
  if (!disk.isFolder("/data") || facts.RUN_USER === "root" || disk.isOfRunUser("/data")) {
    return "/data";
  }
  return disk.ownerOf("/data") === "root" ? `/data/${facts.RUN_USER}` : `${facts.INSTALL_DIR}/data`;
}

/**
 * The environment variables that a new configuration names, as `NAME=value`: without them the job would fail at its
 * first run. A value of several lines can't be passed on.
 */
export function newVariables({ facts }: InstallPlan, env: Environment): string[] {
  const config = orElse(() => readPlainText(join(facts.TMP, "new/config.yaml")), "");
  return variablesNamedIn(config).map((name) => `${name}=${env(name) ?? ""}`)
    .filter((line) => !/=$|\p{Cc}/u.test(line));
}

/** The example configuration, with the known hub and data folder filled in. */
export function planExample(plan: InstallPlan, dataDir: string = plan.facts.DATA_DIR): void {
  const { HERE, HUB_URL, LANGUAGE, PROGRAM } = plan.facts;
  if (!plan.disk.isBundled("config.example.yaml")) {
    const hint = plan.t("copy it there, or give --hub-url");
    plan.add("die", plan.t("no config.example.yaml beside %s (%s)", PROGRAM, HERE), hint);
    return;
  }
  const url = HUB_URL === "" || HUB_URL.includes("://") ? HUB_URL : `http://${HUB_URL}`;
  const text = Deno.readTextFileSync(join(HERE, "config.example.yaml"))
    .replaceAll(/^( +local_dir: )\.\/data\/(.*)/gm, (_, key, name) => `${key}"${dataDir}/${name}"`)
    .replaceAll(/^( {2}url: ).*/gm, (line, key) => url === "" ? line : `${key}"${url}"`);
  plan.add("set_fact", "EXAMPLE", "yes");
  // In the language of who installs it, which cron doesn't know.
  const isChinese = LANGUAGE === "zh" && !/^language:/m.test(text);
  plan.lines(isChinese ? `${text}\nlanguage: zh\n` : text);
}
