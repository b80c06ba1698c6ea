/**
 * Plans for install_client.sh out of facts that a test makes up, and what stands in them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { FACT_NAMES } from "../../../src/cli/installer/facts.ts";
import { installerCommand } from "../../../src/cli/installer/installer_command.ts";
import type { InstallerQuestion } from "../../../src/cli/installer/questions.ts";
import type { TempDir } from "../../support/temp.ts";
import { fakeTerminal } from "../fake_terminal.ts";

/** Some facts. */
export type Facts = Partial<Record<(typeof FACT_NAMES)[number], string>>;

/** Facts of a new installation of root's by cron, in a DESTDIR of the test's. */
export function factsOf(temp: TempDir, other: Facts): Facts {
  return {
    ...{ UID_NOW: "0", USER_NOW: "root", DESTDIR: temp.at("dest"), HERE: temp.at("here") },
    ...{ SOURCE: temp.at("here/datahubsync"), VERSION: "9.9", PACKAGED: "", DAY: "20300102" },
    ...{
      LANGUAGE: "en",
      TMP: temp.at("notes"),
      INSTALL_DIR: "/opt/d",
      BINARY: "/opt/d/datahubsync",
    },
    ...{ LINK: "/usr/local/bin/datahubsync", SHARE: "/usr/local/share", FISH: "/usr/local/fish" },
    ...{ UNIT_DIR: "/etc/systemd/system", CONFIG: "/opt/d/config.yaml", V2: "", NEW_CONFIG: "yes" },
    ...{ EXAMPLE: "", CAN_READ: "", CLOSED: "yes", RUN_USER: "bob" },
    ...{ RUN_GROUP: "staff", RUN_UID: "4242", CAN_OWN: "yes", MAKE_USER: "", FROM_ROOT: "" },
    ...{ KIND: "cron.d", SCHEDULE: "15 8 * * *", KEEP_SPEC: "", THEN: "" },
    ...{
      PACK: "",
      SITE: "",
      SERVE: "",
      SIGN: "",
      PROGRAM: "install_client.sh",
      WANT_CRON: "",
      NO_THEN: "",
    },
    ...{ WANT_SYSTEMD: "", WANT_SYNC: "", HUB_URL: "", DATA_DIR: "", SYSTEMD: "" },
    ...{ DRY_RUN: "", BLOCKED: "", REMEDY: "", EARLIER_VERSION: "", SUDO_USER: "", EDITOR: "" },
    ...{ ASKED: "", EARLIER_USER: "", CAN_MAKE: "yes" },
    ...other,
  };
}

/** The lines of an answer; the last is empty. `env` is the environment. */
export function answerOf(
  question: InstallerQuestion,
  facts: Facts,
  env: Record<string, string> = {},
): string[] {
  const terminal = fakeTerminal();
  const words = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  assert.equal(
    installerCommand(question, words, (name) => env[name], terminal, (shell) => `# ${shell}\n`),
    0,
  );
  return terminal.printed.join("").split("\n");
}

/** The operations of a plan, each with its words. */
export function planOf(
  question: InstallerQuestion,
  facts: Facts,
  env: Record<string, string> = {},
): [name: string, ...words: string[]][] {
  const lines = answerOf(question, facts, env);
  assert.equal(lines.length % 4, 1, "each operation has four lines");
  const found: [string, ...string[]][] = [];
  for (let at = 0; at + 4 <= lines.length; at += 4) {
    found.push([lines[at]!, ...lines.slice(at + 1, at + 4)]);
  }
  return found;
}

/** The text that is written to a file. */
export function textOf(plan: [string, ...string[]][], path: string): string {
  const at = plan.findIndex(([name, to]) => name.startsWith("put") && to === path);
  assert(at > 0, path);
  const before = plan.slice(0, at);
  const from = before.findLastIndex(([name]) => name !== "text") + 1;
  return before.slice(from).map(([, line]) => `${line}\n`).join("");
}

/** Writes a file below a folder, with those above it. */
export async function write(temp: TempDir, path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(temp.at(path)), { recursive: true });
  await Deno.writeTextFile(temp.at(path), text);
}

/** The names of the operations. */
export const names = (plan: [string, ...string[]][]): string[] => plan.map(([name]) => name);
