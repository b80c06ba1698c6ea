/**
 * A machine on which nothing was installed by hand, for one test: `await using bare = await bareRoot()`.
 *
 * Guarantees what `bare_root.sh` does, which makes it: Debian's minimal system with npm,
 * ca-certificates and git, an empty HOME, and the machine's network. What a test writes there goes
 * with the test; the cached root stays as it was made.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./command.ts";
import { has, installed } from "./installed.ts";
import { tempDir } from "./temp.ts";

const SCRIPT = fileURLToPath(new URL("./bare_root.sh", import.meta.url));

/** The machine. */
export interface BareRoot extends AsyncDisposable {
  /** A file of it, as this machine sees it; for what is there before the first command runs. */
  at(path: string): string;
  /** The command of this machine that runs a command there. */
  command(words: readonly string[]): string[];
}

/** Whether it can be made here. */
export function bareRootWorks(): boolean {
  return has(Deno.uid() === 0, "root") && installed("debootstrap", "unshare", "flock");
}

/** Makes one; the first on a machine takes minutes. */
export async function bareRoot(): Promise<BareRoot> {
  await run("sh", [SCRIPT, "make"]);
  // An overlay needs a file system that isn't one itself, which the temporary folder may be.
  const temp = await tempDir({ dir: "/var/tmp" });
  await Deno.mkdir(temp.at("upper", "root"), { recursive: true });
  return {
    at: (path) => join(temp.path, "upper", path),
    command: (words) => ["sh", SCRIPT, "enter", temp.path, ...words],
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}
