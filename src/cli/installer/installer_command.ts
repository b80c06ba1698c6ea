/**
 * `datahubsync installer`: what `install_client.sh` asks the binary that it installs, so that decisions and texts
 * are written, and tested, in one place. Hidden: people run the script.
 *
 * Guarantees: changes nothing. It reads its arguments, stdin, the script's temporary folder and the disk; the
 * script carries out the plan, and decides as whom each operation may be done.
 *
 * @module
 */
import { EXIT } from "../exit_code.ts";
import type { Terminal } from "../terminal.ts";
import { Disk, readFacts } from "./facts.ts";
import { planFolders } from "./folders_step.ts";
import { planHub } from "./hub_step.ts";
import { INSTALLER_CHINESE, INSTALLER_USAGE_CHINESE } from "./installer_chinese.ts";
import { Plan } from "./plan.ts";
import { planConfig, planProgram } from "./program_step.ts";
import { planRotation, planSchedule } from "./schedule_step.ts";
import { planTakeover } from "./takeover_step.ts";

/** What it can print: plans, and what the script says in Chinese. */
export type InstallerQuestion = "client" | "hub" | "chinese" | "usage";

/** Prints one answer. `facts` are `NAME=value`, `variables` the lines of stdin. */
export function installerCommand(
  question: InstallerQuestion,
  facts: readonly string[],
  variables: readonly string[],
  terminal: Terminal,
): number {
  terminal.out(answer(question, facts, variables));
  return EXIT.ok;
}

function answer(
  question: InstallerQuestion,
  words: readonly string[],
  variables: readonly string[],
): string {
  if (question === "usage") return INSTALLER_USAGE_CHINESE;
  if (question === "chinese") {
    return Object.entries(INSTALLER_CHINESE).map(([english, chinese]) => `${english}\t${chinese}\n`)
      .join("");
  }
  const facts = readFacts(words);
  const plan = new Plan(facts, new Disk(facts));
  plan.all(() => question === "hub" ? planHub(plan) : planClient(plan, variables));
  return plan.text;
}

function planClient(plan: Plan, variables: readonly string[]): void {
  planProgram(plan);
  if (plan.facts.V2) planTakeover(plan);
  planConfig(plan);
  planFolders(plan);
  planRotation(plan, plan.disk.named("log"));
  planSchedule(plan, variables);
}

/** The lines of stdin, without the end of the last. */
export async function linesOfStdin(): Promise<string[]> {
  const text = await new Response(Deno.stdin.readable).text();
  return text.split("\n").filter((line) => line !== "");
}
