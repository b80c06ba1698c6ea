/**
 * Enforces the owner rule for every command that writes, before anything is created.
 *
 * Guarantees: root creates nothing in somebody else's installation, and runs nothing that others
 * could replace; each refusal says who owns what, and the command that helps. An installation that
 * worked before the rule existed is only warned. It decides once, at the start: changes during the
 * run are up to the code that opens and renames.
 *
 * @module
 */
import { asUser } from "../../as_root.ts";
import { readPlainText } from "../../plain_file.ts";
import type { Config } from "../../config/config.ts";
import { StoreError } from "../../errors.ts";
import { refuseSpecial } from "../../fs/own_file.ts";
import { foreignUserOf, markClosed, REFUSES_FROM } from "../../owners/installation.ts";
import { judgeInstallation, judgeLocations, type OwnerJudgement } from "../../owners/judgement.ts";
import { foundConfigLocation, type Used } from "../../owners/locations.ts";
import { type Finding, sentence } from "../../owners/rule.ts";
import { readAccounts } from "../../owners/accounts.ts";
import { isRootsOwnerless, wayTo } from "../../owners/way.ts";
import { ownName } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import { locateState } from "../../store/memory/state.ts";
import { resolve } from "node:path";
import { COMMAND } from "../../messages/command.ts";

interface GateOptions {
  /** Whether the run may mark an installation that follows the rule. */
  mark: boolean;
  /** Who runs it; default: this process's user. */
  uid?: number;
  /** The words after the program's name, as typed. */
  args?: readonly string[];
}

/**
 * Allows a run, or throws StoreError `unsafe_owner`. Returns warnings, one sentence each, and which
 * of them a later version will refuse.
 */
export async function passOwnerGate(
  used: Pick<Used, "config" | "statePath">,
  options: GateOptions,
): Promise<{ warnings: string[]; later: string[] }> {
  const uid = options.uid ?? Deno.uid();
  if (Deno.build.os !== "linux" || uid === null) return { warnings: [], later: [] };
  const all = { ...used, program: ownProgram() };
  refuseForeign(all, uid, options.args ?? Deno.args);
  const judgement = await judgeInstallation(all, { uid });
  const { findings, trusts } = judgement;
  const refused = findings.filter(({ weight }) => weight === "refused");
  if (refused.length > 0) throw refusal(refused, judgement, used.config);
  const later = findings.filter(({ weight }) => weight === "later").map((finding) =>
    COMMAND.refuses_from({
      sentence: sentence(finding),
      version: REFUSES_FROM,
      remedy: remedyFor([finding], judgement, used.config),
    })
  );
  if (options.mark && later.length === 0) markClosed(all);
  const warnings = findings.filter(({ weight }) => weight === "warning").map(sentence);
  if (!trusts && used.config.trustedFolders.length > 0) {
    warnings.push(COMMAND.trusted_needs_root({ path: used.config.path }));
  }
  return { warnings, later };
}

/**
 * Allows a command to write a file that the command line names, or throws StoreError: `wrong_type` for
 * a pipe or a device, `unsafe_owner` if it runs as root and others could replace the file or a folder
 * above it by a link.
 */
export function passOutputGate(
  path: string,
  used: Pick<Used, "config" | "statePath">,
  uid: number | null = Deno.uid(),
): void {
  refuseSpecial(path);
  if (Deno.build.os !== "linux" || uid === null) return;
  const file = resolve(path);
  const location = { role: "output" as const, path: file, filled: false, way: wayTo(file) };
  const { findings } = judgeLocations([location], { ...used, program: ownProgram() }, { uid });
  const refused = findings.find(({ weight }) => weight === "refused");
  if (refused === undefined) return;
  throw new StoreError("unsafe_owner", COMMAND.not_as_root({ sentence: sentence(refused) }), {
    path: refused.path,
    hint: refused.remedy ?? COMMAND.folder_of_root(),
  });
}

/**
 * Refuses a configuration found only because it is in the current folder, if others made or can change
 * it. Names the program's own instead, for those who tried an archive and then installed it.
 */
export async function refuseFoundConfig(config: Config, installed?: string): Promise<void> {
  const uid = Deno.uid();
  if (Deno.build.os !== "linux" || uid === null) return;
  const statePath = await locateState({ configPath: config.path, baseDir: config.baseDir });
  const used = { config: { ...config, trustedFolders: [] }, statePath, program: undefined };
  const { findings } = judgeLocations([foundConfigLocation(config.path)], used, { uid });
  const refused = findings.find(({ weight }) => weight === "refused");
  if (refused === undefined) return;
  throw new StoreError("unsafe_owner", COMMAND.not_obeyed({ text: refused.text }), {
    path: config.path,
    hint: installed === undefined
      ? COMMAND.name_the_config({ command: withConfig(config.path) })
      : COMMAND.name_either_config({
        installed: withConfig(installed),
        command: withConfig(config.path),
      }),
  });
}

function withConfig(path: string): string {
  return `${ownName()} ${words([...Deno.args, "-c", path])}`;
}

/** The running binary; unknown if it runs from its sources. */
function ownProgram(): string | undefined {
  return Deno.build.standalone ? Deno.execPath() : undefined;
}

/** A command as the caller has to type it: in another user's installation, as that user. */
export function asItsUser(used: Pick<Used, "config" | "statePath">, words: string): string {
  const uid = Deno.build.os === "linux" ? Deno.uid() : null;
  const user = uid === null ? undefined : foreign({ ...used, program: ownProgram() }, uid);
  return user === undefined ? words : asUser(readAccounts().userName(user), words);
}

function foreign(used: Used, uid: number): number | undefined {
  return isRootsOwnerless(used.config.path) ? undefined : foreignUserOf(used, uid);
}

function refuseForeign(used: Used, uid: number, args: readonly string[]): void {
  const user = foreign(used, uid);
  if (user === undefined) return;
  const accounts = readAccounts();
  const name = accounts.userName(user);
  const found = /^\d+$/.test(name) ? `user ${name}` : name;
  const me = accounts.userName(uid);
  throw new StoreError("unsafe_owner", foreignWords(found, me), {
    path: used.config.path,
    expected: found,
    found: me,
    hint: asUser(name, `${ownName()}${args.length === 0 ? "" : ` ${words(args)}`}`),
  });
}

function foreignWords(found: string, me: string): string {
  return me === "root" ? COMMAND.belongs_to({ found }) : COMMAND.belongs_to_another({ found, me });
}

function words(args: readonly string[]): string {
  return args.map(shellWord).join(" ");
}

function refusal(refused: Finding[], judgement: OwnerJudgement, config: Config): StoreError {
  const [first] = refused;
  const more = refused.length === 1 ? "" : COMMAND.more_see_check({ more: refused.length - 1 });
  const whom = judgement.user === 0 ? COMMAND.as_root() : "";
  return new StoreError(
    "unsafe_owner",
    COMMAND.not_run({ whom, sentence: sentence(first!), more }),
    { path: first!.path, hint: remedyFor(refused, judgement, config) },
  );
}

/** The command that fixes the owners, or lets root trust what can't be fixed. */
export function remedyFor(
  findings: readonly Finding[],
  { user, trusts }: Pick<OwnerJudgement, "user" | "trusts">,
  config: Config,
): string {
  // The contents of a folder that is moved move with it.
  const moved = findings.filter(({ remedy }) => remedy?.includes("mv ")).map(({ path }) => path);
  const commands = findings.filter(({ path }) => !moved.some((one) => path.startsWith(`${one}/`)))
    .flatMap(({ remedy }) => remedy ?? []);
  const open = findings.filter(({ remedy }) => remedy === undefined).map(({ path }) => path);
  if (open.length === 0) return commands.join(" && ");
  const canAppend = user === 0 && trusts && config.trustedFolders.length === 0 &&
    !readPlainText(config.path).trimStart().startsWith("{");
  if (!canAppend) {
    const list = open.join(", ");
    return [
      ...commands,
      trusts ? COMMAND.add_trusted({ path: config.path, list }) : COMMAND.use_own_folders({ list }),
    ].join("; ");
  }
  const lines = ["", "trusted_folders:", ...open.map((path) => `  - ${JSON.stringify(path)}`)];
  const trust = `printf '%s\\n' ${words(lines)} >> ${shellWord(config.path)}`;
  return [...commands, trust].join(" && ");
}
