/**
 * A real terminal for a program: tmux, whose screen can be read and typed at.
 *
 * Guarantees: what waits has a deadline, and says what stood on the screen when it passed it. A
 * screen that is disposed of has ended what ran on it.
 *
 * @module
 */
import { shellWord } from "../../src/shell_word.ts";
import { run } from "./command.ts";
import { installed } from "./installed.ts";
import { tempDir } from "./temp.ts";
import { until } from "./until.ts";

/** How large the terminal is. */
export interface ScreenSize {
  columns: number;
  rows: number;
}

/** Whether tmux is there. */
export function hasTmux(): boolean {
  return installed("tmux");
}

/**
 * Runs a command on a terminal of its own, in one line:
 *
 * ```ts
 * await using screen = await onScreen(["datahubsync", "init"]);
 * await screen.until(/Address of the hub/);
 * await screen.type("hub.example.com\n");
 * assert.equal((await screen.ended()).code, 0);
 * ```
 */
export async function onScreen(
  command: readonly string[],
  { columns = 100, rows = 40 }: Partial<ScreenSize> = {},
): Promise<Screen> {
  const temp = await tempDir();
  const screen = new Screen(temp.at("tmux"), temp);
  await screen.start(command.map(shellWord).join(" "), { columns, rows });
  return screen;
}

/** A shell command on a terminal of its own; when it has ended, `rc=` and its exit code follow. */
export class Screen implements AsyncDisposable {
  readonly #socket: string;
  readonly #owned: AsyncDisposable | undefined;

  /** `socket` is a path that is free; `owned` goes when the screen does. */
  constructor(socket: string, owned?: AsyncDisposable) {
    this.#socket = socket;
    this.#owned = owned;
  }

  /** Runs the command. */
  async start(command: string, { columns, rows }: ScreenSize): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    // Something stays, so that what was printed last can be seen. It must not read: a program may have
    // left the terminal in a state where reading fails.
    const shell = `${command}; echo "rc=$?"; exec sleep 86400`;
    await this.tmux("-f", "/dev/null", "new-session", "-d", ...size, shell);
  }

  /** The lines that are to be seen now; with `colours`, as the terminal got them. */
  async lines(options: { colours?: boolean } = {}): Promise<string[]> {
    const escapes = options.colours ? ["-e"] : [];
    return (await this.tmux("capture-pane", "-p", ...escapes)).trimEnd().split("\n");
  }

  /** All that was printed, with what has scrolled off the top; wrapped lines are joined. */
  async text(): Promise<string> {
    return (await this.tmux("capture-pane", "-p", "-J", "-S", "-")).replace(/ +$/gm, "").trimEnd();
  }

  /** Types; a line feed is the Enter key. */
  async type(text: string): Promise<void> {
    for (const part of text.split(/(\n)/)) {
      if (part !== "") {
        await this.tmux("send-keys", ...(part === "\n" ? ["Enter"] : ["-l", "--", part]));
      }
    }
  }

  /** Waits until the text matches, and returns it; fails with the screen. */
  async until(words: RegExp): Promise<string> {
    return await this.#seen(() => this.text(), [words]);
  }

  /** Waits until the command has ended: its exit code and all that it printed. */
  async ended(): Promise<{ code: number; text: string }> {
    const text = await this.until(/^rc=\d+$/m);
    const [, before, code] = /^([^]*?)^rc=(\d+)$/m.exec(text)!;
    return { code: Number(code), text: before! };
  }

  /** Waits until what is to be seen now matches all of it, and returns that; fails with the screen. */
  async shows(...expected: RegExp[]): Promise<string> {
    return await this.#seen(async () => (await this.lines()).join("\n"), expected);
  }

  async #seen(look: () => Promise<string>, expected: readonly RegExp[]): Promise<string> {
    let text = "";
    let missing: readonly RegExp[] = expected;
    await until(async () => {
      text = await look();
      missing = expected.filter((one) => !one.test(text));
      return missing.length === 0;
    }, () => `${missing.join(" and ")} on:\n${text}`);
    return text;
  }

  /** Presses keys, as tmux names them. */
  async press(...keys: string[]): Promise<void> {
    await this.tmux("send-keys", ...keys);
  }

  /** Asks tmux for something; returns what it says. */
  async tmux(...args: string[]): Promise<string> {
    const all = ["-u", "-S", this.#socket, ...args];
    return await run("tmux", all);
  }

  /** Ends whatever runs there. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux("kill-server").catch(() => {});
    await this.#owned?.[Symbol.asyncDispose]();
  }
}
