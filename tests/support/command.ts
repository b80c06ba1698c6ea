/**
 * Other programs, run to their end: `await run("mkfifo", [path])`.
 *
 * Guarantees: they have no standard input but what they are given, and a program that fails where it
 * mustn't is named with what it said. Whether a program is there is asked in `installed.ts`.
 *
 * @module
 */

/** How a program ended. */
export interface Ended {
  code: number;
  signal: Deno.Signal | null;
  stdout: string;
  stderr: string;
}

/** Around a program. */
export interface CommandOptions {
  cwd?: string | URL;
  /** Added to this process's own, or all there is with `clearEnv`. */
  env?: Record<string, string>;
  clearEnv?: boolean;
  /** What it reads from its standard input. */
  input?: string;
  signal?: AbortSignal;
}

/** Runs a program to its end, whatever that is. */
export async function outcomeOf(
  program: string,
  args: readonly string[],
  { input, ...options }: CommandOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    ...options,
    args: [...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    // A program that reads nothing closes the pipe, which is no fault of its own.
    await writer.write(new TextEncoder().encode(input)).catch(() => {});
    await writer.close().catch(() => {});
  }
  return endedOf(await output);
}

/** Runs a program that has to succeed; what it printed. */
export async function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return succeeded(await outcomeOf(program, args, options), program, args);
}

/** {@linkcode run}, at once. */
export function runSync(program: string, args: readonly string[]): string {
  const output = new Deno.Command(program, { args: [...args], stdin: "null" }).outputSync();
  return succeeded(endedOf(output), program, args);
}

/** Whether a program is there and succeeds. */
export function succeeds(program: string, args: readonly string[]): boolean {
  try {
    return runSync(program, args) !== undefined;
  } catch {
    return false;
  }
}

/** What a program ended with, as text. */
export function endedOf({ code, signal, stdout, stderr }: Deno.CommandOutput): Ended {
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, signal, stdout: out!, stderr: err! };
}

function succeeded({ code, stdout, stderr }: Ended, program: string, args: readonly string[]) {
  if (code === 0) return stdout;
  throw new Error(`${[program, ...args].join(" ")}: ${stderr.trim() || `exit code ${code}`}`);
}
