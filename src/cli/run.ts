/**
 * The command line's beginning and end: finds the command, and turns its result into an exit code.
 * Commands are imported only when called, so `--version` takes 40 ms.
 *
 * @module
 */
import { processEnvironment } from "../environment.ts";
import { DataHubSyncError, hintOf, InterruptedError, messageOf, UsageError } from "../errors.ts";
import { EXIT, exitCodeOfError } from "./command/exit_code.ts";
import { signalCode } from "./command/stop_signals.ts";
import { COMMAND } from "../messages/command.ts";
import { asDiskError } from "../fs/disk_error.ts";
import { FILES_OF_A_RUN, requireOpenFiles } from "../fs/open_files.ts";
import { giveUp } from "./give_up.ts";
import { hintLine, said, say, speakAtStart } from "./terminal/language.ts";
import { processTerminal, type Terminal } from "./terminal/terminal.ts";
import { versionCommand } from "./setup/version_command.ts";
import { jsonText } from "../plain_text.ts";

/**
 * Runs the program; returns its exit code. `settle` is called before anything is written; what it
 * rejects with ends the program.
 */
export async function run(
  args: readonly string[],
  settle: () => Promise<never> = () => new Promise(() => {}),
): Promise<number> {
  let terminal = processTerminal(processEnvironment);
  try {
    if (args[0] === "--version" || args[0] === "-V") {
      return versionCommand({ json: args.includes("--json") }, terminal);
    }
    await speakAtStart(args, processEnvironment);
    if (terminal.errIsTerminal) {
      const { wordWrapped } = await import("./terminal/word_wrap.ts");
      terminal = wordWrapped(terminal);
    }
    requireOpenFiles(FILES_OF_A_RUN);
    return await Promise.race([settle(), runCommand(args, terminal)]);
  } catch (error) {
    return await sayError(error, args, terminal);
  }
}

async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { runProgram } = await import("./run_program.ts");
  return await runProgram(args, terminal, { giveUp });
}

/** Reports why a command ended early, to people or, with `--json`, also to programs. */
async function sayError(
  thrown: unknown,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const error = asDiskError(thrown, ".");
  const known = error instanceof DataHubSyncError;
  const text = known ? error.message : messageOf(error);
  const message = terminal.masked?.(text) ?? text;
  const hint = hintOf(error);
  if (args.includes("--json")) {
    const document = { results: [], error: message, ...(hint && { hint }) };
    try {
      terminal.out(`${jsonText(document)}\n`);
    } catch {
      // The error may be about stdout; stderr reports it anyway.
    }
  }
  if (error instanceof InterruptedError) terminal.err(`${say(COMMAND.interrupted)}\n`);
  else terminal.err(`${say(COMMAND.error, { text: said(message) })}\n`);
  if (hint !== undefined) terminal.err(hintLine(hint));
  if (error instanceof UsageError && !hint?.includes("--help")) {
    const [{ ownCommand }, { helpFor }] = await Promise.all([
      import("../own_command.ts"),
      import("./run_program.ts"),
    ]);
    const command = helpFor(args, terminal);
    const help = ownCommand(command === undefined ? "--help" : `${command} --help`);
    terminal.err(`${say(COMMAND.try_help, { help })}\n`);
  }
  if (!known && error instanceof Error) {
    terminal.err(`${error.stack}\n${say(COMMAND.a_bug)}\n`);
  }
  const code = exitCodeOfError(error);
  return code === EXIT.interrupted ? signalCode() ?? code : code;
}
