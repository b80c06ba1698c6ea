/**
 * `datahubsync installer`: answers the questions of `install_client.sh`, so that decisions and texts are written and
 * tested here rather than in shell. Hidden: people run the script.
 *
 * Guarantees: changes nothing. It reads its arguments, the environment, the script's temporary folder and the disk;
 * the script carries out the plan, and decides as whom each operation may be done.
 *
 * @module
 */
import type { Environment } from "../../environment.ts";
import type { Shell } from "../completions/completions.ts";
import { EXIT } from "../command/exit_code.ts";
import { language } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { planBlocked, planStart } from "./blocked.ts";
import { newVariables, planExample, planNewConfig } from "./config_text.ts";
import { planNext } from "./next_step.ts";
import { Disk, readFacts } from "./facts.ts";
import { planFolders } from "./folders_step.ts";
import { planHub, planHubNext } from "./hub_step.ts";
import {
  INSTALLER_CHINESE,
  INSTALLER_USAGE,
  INSTALLER_USAGE_CHINESE,
} from "./installer_chinese.ts";
import { foldersOfV2, planLook } from "./look.ts";
import { InstallPlan } from "./plan.ts";
import { planConfig, planProgram } from "./program_step.ts";
import type { InstallerQuestion } from "./questions.ts";
import { planRotation, planSchedule } from "./schedule_step.ts";
import { planTakeover } from "./takeover_step.ts";
import { planUser } from "./user_choice.ts";

/** Prints one answer; `words` are the facts, as `NAME=value`. */
export function installerCommand(
  question: InstallerQuestion,
  words: readonly string[],
  env: Environment,
  terminal: Terminal,
  completions: (shell: Shell) => string,
): number {
  terminal.out(answer(question, words, env, completions));
  return EXIT.ok;
}

function answer(
  question: InstallerQuestion,
  words: readonly string[],
  env: Environment,
  completions: (shell: Shell) => string,
): string {
  if (question === "usage") {
    return words.includes("LANGUAGE=zh") ? INSTALLER_USAGE_CHINESE : INSTALLER_USAGE;
  }
  if (question === "chinese") {
    if (language() !== "zh") return "";
    return Object.entries(INSTALLER_CHINESE).map(([english, chinese]) => `${english}\t${chinese}\n`)
      .join("");
  }
  const facts = readFacts(words);
  const plan = new InstallPlan(facts, new Disk(facts), completions);
  if (question === "v2") return foldersOfV2(plan.disk);
  ANSWERS[question](plan, env);
  return plan.text;
}

type Answer = (plan: InstallPlan, env: Environment) => void;

const ANSWERS: Record<Exclude<InstallerQuestion, "v2" | "chinese" | "usage">, Answer> = {
  look: planLook,
  config: planNewConfig,
  example: (plan) => planExample(plan),
  blocked: planBlocked,
  user: planUser,
  start: planStart,
  client: (plan, env) => {
    const variables = newVariables(plan, env);
    plan.all(() => planClient(plan, variables));
    planNext(plan, variables);
  },
  hub: (plan) => {
    plan.all(() => planHub(plan));
    planHubNext(plan);
  },
};

function planClient(plan: InstallPlan, variables: readonly string[]): void {
  planProgram(plan);
  if (plan.facts.V2) planTakeover(plan);
  planConfig(plan);
  planFolders(plan);
  planRotation(plan, plan.disk.named("log"));
  planSchedule(plan, variables);
}
