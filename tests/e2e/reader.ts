/**
 * A reader as users have them: walks the folder again and again while it is being synced, opens every
 * file, and checks that each is one whole version, the old one or the new one. Of a snapshot it
 * checks that the whole folder is one version.
 *
 * Usage: `reader.ts EXPECTED.json`; ends when its stdin does, and prints what it saw as JSON.
 *
 * @module
 */
import { seal } from "../support/days.ts";

/** What may be seen; replaced in one step before each round. */
export interface Expected {
  /** The folder (with a snapshot: the link). */
  root: string;
  snapshot: boolean;
  /** Path → seal of each version that may be seen. */
  versions: Record<string, string>[];
  /** Counts the replacements. */
  round: number;
}

/** What was seen. */
export interface Seen {
  walks: number;
  files: number;
  /** What should never be seen, a line each. */
  wrong: string[];
}

class Reader {
  readonly seen: Seen = { walks: 0, files: 0, wrong: [] };
  readonly #expectedPath: string;

  constructor(expectedPath: string) {
    this.#expectedPath = expectedPath;
  }

  async walk(): Promise<void> {
    const expected = this.#expected();
    const root = expected.snapshot ? real(expected.root) : expected.root;
    if (root === undefined) return;
    const found = new Map<string, string>();
    const gone = await this.#below(root, "", found);
    // Asked again: a file may have become the next version since this walk began.
    const { versions, round } = this.#expected();
    // Or even the one after it: then the walk was too slow, as on a busy machine, to be judged.
    if (round > expected.round + 1) return;
    this.seen.walks++;
    this.seen.files += found.size;
    const all = [...expected.versions, ...versions];
    if (expected.snapshot && !gone) this.#judgeWhole(found, all);
    else this.#judgeEach(found, all);
  }

  #expected(): Expected {
    return JSON.parse(Deno.readTextFileSync(this.#expectedPath));
  }

  /** Reads all files; says whether something was gone when its turn came. */
  async #below(root: string, below: string, found: Map<string, string>): Promise<boolean> {
    let gone = false;
    try {
      for await (const item of Deno.readDir(`${root}/${below}`)) {
        const path = below + item.name;
        if (item.isDirectory) gone = await this.#below(root, `${path}/`, found) || gone;
        else {
          try {
            found.set(path, seal(Deno.readFileSync(`${root}/${path}`)));
          } catch (error) {
            if (!(error instanceof Deno.errors.NotFound)) throw error;
            gone = true;
          }
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      gone = true;
    }
    return gone;
  }

  #judgeEach(found: Map<string, string>, versions: Record<string, string>[]): void {
    for (const [path, seal] of found) {
      if (versions.some((version) => version[path] === seal)) continue;
      this.seen.wrong.push(`${path} is ${seal}, which is no version of it`);
    }
  }

  #judgeWhole(found: Map<string, string>, versions: Record<string, string>[]): void {
    const is = (version: Record<string, string>): boolean =>
      Object.keys(version).length === found.size &&
      [...found].every(([path, seal]) => version[path] === seal);
    if (!versions.some(is)) {
      this.seen.wrong.push(`a snapshot of ${found.size} files that is no whole version`);
    }
  }
}

function real(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const reader = new Reader(Deno.args[0]!);
  let stop = false;
  const end = Deno.stdin.read(new Uint8Array(1)).then(() => stop = true);
  while (!stop) {
    await reader.walk();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await end;
  console.log(JSON.stringify(reader.seen));
}
