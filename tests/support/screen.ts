/**
 * A real terminal for a program: tmux, whose screen can be read.
 *
 * @module
 */
import assert from "node:assert/strict";

/** How large the terminal is. */
export interface ScreenSize {
  columns: number;
  rows: number;
}

/** Whether tmux is there. */
export function hasTmux(): boolean {
  try {
    return new Deno.Command("tmux", { args: ["-V"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** A shell command on a terminal of its own; when it has ended, `rc=` and its exit code follow. */
export class Screen implements AsyncDisposable {
  readonly #socket: string;

  /** `socket` is a path that is free. */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Runs the command. */
  async start(command: string, { columns, rows }: ScreenSize): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    // `cat` stays, so that what was printed last can be seen.
    const shell = `${command}; echo "rc=$?"; cat`;
    await this.tmux("-f", "/dev/null", "new-session", "-d", ...size, shell);
  }

  /** The lines that are to be seen now; with `colours`, as the terminal got them. */
  async lines(options: { colours?: boolean } = {}): Promise<string[]> {
    const escapes = options.colours ? ["-e"] : [];
    return (await this.tmux("capture-pane", "-p", ...escapes)).trimEnd().split("\n");
  }

  /** Asks tmux for something; returns what it says. */
  async tmux(...args: string[]): Promise<string> {
    const all = ["-u", "-S", this.#socket, ...args];
    const output = await new Deno.Command("tmux", { args: all }).output();
    assert.ok(output.success, new TextDecoder().decode(output.stderr));
    return new TextDecoder().decode(output.stdout);
  }

  /** Ends whatever runs there. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux("kill-server").catch(() => {});
  }
}
