/**
 * The owner rule, finding by finding, and what earlier runs as root left to an installation's user.
 *
 * Guarantees: changes nothing. Each line has the command that helps; the one that gives files back
 * follows no link, leaves names that share a file alone and stays within the installation's own
 * folders.
 *
 * @module
 */
import { asRoot, asUser } from "../../as_root.ts";
import { dirname } from "node:path";
import { foreignUserOf, REFUSES_FROM } from "../../owners/installation.ts";
import { judgeInstallation, type OwnerJudgement } from "../../owners/judgement.ts";
import type { Used } from "../../owners/locations.ts";
import { type Finding, ownerWord, type Role, sentence } from "../../owners/rule.ts";
import { readAccounts } from "../../owners/accounts.ts";
import { isOwnerless } from "../../owners/way.ts";
import { historyPathFor } from "../../monitoring/history.ts";
import { shellWord } from "../../shell_word.ts";
import { ownedBeside } from "../../store/owned.ts";
import { remedyFor } from "../command/owner_gate.ts";
import { type CheckContext, command, onMachine } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { CHECK } from "../../messages/check.ts";
import { SYNC } from "../../messages/sync.ts";

const CHECKS: Record<Role, CheckLine["check"]> = {
  program: "program.owner",
  config: "config.owner",
  secret: "config.owner",
  calendar: "config.owner",
  state: "state.owner",
  log: "log.owner",
  work: "folder.owner",
  data: "folder.owner",
  mirror: "folder.owner",
  site: "folder.owner",
  output: "folder.owner",
  metrics: "folder.owner",
};

/** Checks who may stand between the program and its files. */
export async function checkOwners(context: CheckContext): Promise<CheckLine[]> {
  const { config, statePath, machine } = context;
  if (Deno.build.os !== "linux" || machine.uid < 0) return [];
  const used: Used = {
    config,
    statePath,
    program: machine.compiled ? machine.execPath : undefined,
  };
  const etc = onMachine(machine, "/etc");
  const foreign = foreignUserOf(used, machine.uid, etc);
  if (foreign !== undefined && machine.uid !== 0) return [checkedByAnother(foreign, context)];
  const judgement = await judgeInstallation(used, { uid: machine.uid, etc });
  const { findings, user, accounts } = judgement;
  const lines = findings.map((finding) => lineFor(finding, judgement, context));
  if (lines.length === 0) {
    const more = user === 0 ? "" : CHECK.and_user({ user: accounts.userName(user) });
    lines.push(fine("program.owner", CHECK.nobody_but_root({ more })));
  }
  return user === 0 ? lines : [...lines, ...await leftByRoot(used, judgement, context)];
}

/** In place of findings: what helps another user would take the installation from its own. */
function checkedByAnother(user: number, context: CheckContext): CheckLine {
  const { machine } = context;
  const accounts = readAccounts(onMachine(machine, "/etc"));
  const [found, me] = [accounts.userName(user), accounts.userName(machine.uid)];
  const remedy = asUser(found, command(context, "check"), machine);
  return failure("program.owner", CHECK.belongs_to_another({ found, me }), remedy);
}

function lineFor(finding: Finding, judgement: OwnerJudgement, context: CheckContext): CheckLine {
  const { weight, role, dataset } = finding;
  const remedy = remedyFor([finding], judgement, context.config);
  const make = weight === "refused" ? failure : warning;
  const until = weight === "later" ? CHECK.refused_from({ REFUSES_FROM }) : "";
  return {
    ...make(CHECKS[role], `${sentence(finding)}${until}`, remedy),
    ...(dataset !== undefined && { dataset }),
  };
}

/** Names that are listed; the command finds the others. */
const MOST_SHOWN = 3;

/** Root's files in the installation's own folders, which its user can't change. */
async function leftByRoot(
  { config, statePath }: Used,
  { user, accounts }: OwnerJudgement,
  { machine }: CheckContext,
): Promise<CheckLine[]> {
  const roots = [statePath, `${statePath}.lock`, dirname(historyPathFor(config.path))];
  const { file } = config.logging;
  if (file !== undefined) roots.push(file, `${file}.1`);
  if (config.metrics.textfile !== undefined) roots.push(config.metrics.textfile);
  for (const { localDir } of config.datasets) {
    for (const { folder } of await ownedBeside(localDir)) roots.push(folder);
    roots.push(localDir);
  }
  // Where the mount decides, everything may be root's by name and this user's to write.
  const left = roots.filter((root) => !isOwnerless(root)).map((root) => ({
    root,
    paths: rootsBelow(root),
  }))
    .filter(({ paths }) => paths.length > 0);
  if (left.length === 0) return [];
  const paths = left.flatMap(({ paths }) => paths);
  const name = accounts.userName(user);
  const shown = paths.slice(0, MOST_SHOWN).join(", ");
  const more = paths.length > MOST_SHOWN ? SYNC.and_more({ more: paths.length - MOST_SHOWN }) : "";
  const places = left.map(({ root }) => shellWord(root)).join(" ");
  const give = `find ${places} -xdev -user root '(' -type d -o -links 1 ')' ` +
    `-execdir chown -h ${ownerWord(accounts, user)} '{}' ';'`;
  return [
    failure("folder.left", CHECK.root_left_files({ name, shown, more }), asRoot(give, machine)),
  ];
}

/** What belongs to root at `path` and below it; links aren't followed. */
function rootsBelow(path: string): string[] {
  const found: string[] = [];
  const queue = [path];
  while (queue.length > 0) {
    const at = queue.pop()!;
    try {
      const { uid, isDirectory, isSymlink, nlink } = Deno.lstatSync(at);
      if (uid === 0 && (isDirectory || (!isSymlink && nlink === 1))) found.push(at);
      if (isDirectory) { for (const { name } of Deno.readDirSync(at)) queue.push(`${at}/${name}`); }
    } catch {
      // Not there, or not to be looked into.
    }
  }
  return found;
}
