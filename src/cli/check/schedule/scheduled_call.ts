/**
 * Resolves a scheduled call of this program: which file it runs, and which configuration that will
 * read.
 *
 * Guarantees: the program is looked for as the shell does, the configuration as the program itself
 * does; what can't be known from here throws NotUnderstood.
 *
 * @module
 */
import { locateConfig } from "../../../config/locate_config.ts";
import { messageOf } from "../../../errors.ts";
import { orElse } from "../../../or_else.ts";
import type { JobCall } from "../../../schedule/job_calls.ts";
import { NotUnderstood } from "../../../schedule/shell_commands.ts";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** What a schedule calls. */
export interface ScheduledCall {
  /** As it is written. */
  program: string;
  /** Where that is; `undefined` = a name that isn't in `searched`, or only a login shell finds. */
  path?: string;
  /** The folders that were searched for a name. */
  searched?: string;
  /** The configuration that it will read; left out for a script, which knows its own. */
  config?: string;
  /** Why it will read none. */
  noConfig?: string;
  variables: ReadonlyMap<string, string>;
  /** Whether more variables come from files. */
  sourced: boolean;
}

/** What Debian's cron gives a job, whoever's it is. */
export const CRON_PATH = "/usr/bin:/bin";

/** Whether a word names this program, or a script that counts as it. */
export function isOurs(scripts: readonly string[]) {
  return (word: string): boolean => basename(word) === "datahubsync" || scripts.includes(word);
}

/** Whether a call syncs: `check`, `status`, a dry run and their like are no schedule. */
export function isSync(scripts: readonly string[]) {
  return ({ program, args }: JobCall): boolean => {
    if (scripts.includes(program)) return true;
    const [first] = args;
    const named = first === undefined || first === "sync" || first.startsWith("-");
    return named && !args.some((word) => word !== undefined && NO_SYNC.has(word));
  };
}

const NO_SYNC = new Set(["--check", "--dry-run", "--help", "-h", "--version", "-V"]);

/** Whether a command that isn't understood may be about us. */
export function mentionsUs(command: string): boolean {
  return /(?:^|[\s/'"=(`;&|])datahubsync(?=$|[\s'");&|`])/.test(command);
}

/** Resolves a call and its user. Throws NotUnderstood. */
export async function describeCall(
  call: JobCall,
  scripts: readonly string[],
): Promise<{ call: ScheduledCall; user?: string }> {
  const { program, args, cwd, variables, sourced, user } = call;
  if (args.includes(undefined)) throw new NotUnderstood(CHECK.shell_word());
  const runsAs = user === undefined ? {} : { user };
  const common = { program, variables, sourced };
  if (scripts.includes(program)) return { ...runsAs, call: { ...common, path: program } };
  const searched = variables.get("PATH") ?? CRON_PATH;
  const byName = !program.includes("/");
  if (!byName && !isAbsolute(program) && cwd === undefined) {
    throw new NotUnderstood(CHECK.folder_called_in());
  }
  const path = byName
    ? sourced ? undefined : onPath(searched, program)
    : resolve(cwd ?? "/", program);
  const where = { ...(path !== undefined && { path }), ...(byName && !sourced && { searched }) };
  const config = await configOf(call, path);
  return { ...runsAs, call: { ...common, ...where, ...config } };
}

/** The configuration that the program finds there, by its own rules. */
async function configOf(
  { args, cwd, variables, sourced }: JobCall,
  program: string | undefined,
): Promise<Pick<ScheduledCall, "config" | "noConfig">> {
  const flag = configFlag(args);
  if (cwd === undefined && !(flag !== undefined && isAbsolute(flag))) {
    throw new NotUnderstood(CHECK.folder_called_in());
  }
  try {
    const config = await locateConfig({
      flag,
      env: (name) => variables.get(name),
      cwd: cwd ?? "/",
      executableDir: dirname(realPath(program ?? "") ?? program ?? "/"),
    });
    return { config };
  } catch (error) {
    // A login shell's variables may name one.
    if (sourced && flag === undefined) throw new NotUnderstood(CHECK.which_config());
    return { noConfig: messageOf(error) };
  }
}

/** What `--config` is given in any of its forms. */
function configFlag(args: readonly (string | undefined)[]): string | undefined {
  let flag: string | undefined;
  for (const [at, word = ""] of args.entries()) {
    flag = (word === "-c" || word === "--config"
      ? args[at + 1]
      : /^(?:--config=|-c)(.+)$/s.exec(word)?.[1]) ?? flag;
  }
  return flag;
}

/** The file that a name stands for. */
function onPath(folders: string, name: string): string | undefined {
  return folders.split(":").filter((folder) => folder !== "").map((folder) => join(folder, name))
    .find((path) => realPath(path) !== undefined);
}

/** Where a path really leads; `undefined` where nothing is. */
export function realPath(path: string): string | undefined {
  return orElse(() => Deno.realPathSync(path), undefined);
}
