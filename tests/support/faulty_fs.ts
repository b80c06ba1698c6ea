/**
 * A file system that passes everything through to a folder, but for the faults that a test names: as
 * network and FUSE file systems leave things out.
 *
 * - `rename=EBUSY`: the call fails so; `rename=EBUSY@d/b.csv`: where a path ends in that. The same for
 *   `link`, `symlink`, `mkdir`, `create`, `unlink`, `rmdir`, `write`, `truncate`, `chmod`, `chown`,
 *   `utimens`, `fsync`, `fsyncdir`, `open`, `read`, `readdir`, and `flush` (a file's close).
 * - `rename=EIO#5`: from the fifth such call on; `any=EIO#5`: the same for all calls that change
 *   something, as on a disk that turns bad.
 * - `fold_case`, `fold_form`, `fold_end`: names that differ in case, in Unicode form, or in dots and
 *   blanks at the end are one name.
 * - `short_names`: a long name has a short one, too (`CONFIG~1.YAM`), that isn't listed, as on FAT.
 * - `no_replace`: it renames only to names that are free.
 * - `no_size`, `no_inodes`: it tells no size; it says that no inode is free.
 *
 * Guarantees: nothing stays mounted or running after {@linkcode FaultyFs} is disposed of.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runSync } from "./command.ts";
import { has } from "./installed.ts";
import {} from "./mounts.ts";
import { tempDir } from "./temp.ts";
import { until } from "./until.ts";

/** A mounted one. */
export interface FaultyFs extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** A path in it. */
  at(...parts: string[]): string;
  /** Has these faults from now on, and no others. */
  faults(...faults: string[]): void;
}

const PROGRAM = fileURLToPath(new URL("./faulty_fs.py", import.meta.url));

let asked: { reason: string | undefined } | undefined;

/** Whether there can be one here; where not, a test is skipped for what is missing. */
export function canBeFaulty(): boolean {
  asked ??= { reason: whyNot() };
  return has(asked.reason === undefined, asked.reason ?? "");
}

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "root on Linux";
  try {
    Deno.statSync("/dev/fuse");
    const module =
      `import sys; sys.path.insert(0, "/usr/lib/python3/dist-packages"); import fusepy`;
    runSync("python3", ["-c", module]);
    runSync("fusermount3", ["--version"]);
    return undefined;
  } catch {
    return "python3-fusepy";
  }
}

/** Mounts one over a fresh folder. */
export async function mountFaulty(...faults: string[]): Promise<FaultyFs> {
  const temp = await tempDir();
  await Deno.chmod(temp.path, 0o755);
  const [root, path] = [temp.at("root"), temp.at("m")];
  await Deno.mkdir(root);
  await Deno.mkdir(path);
  const set = (...faults: string[]): void =>
    Deno.writeTextFileSync(`${root}.faults`, faults.join("\n"));
  set(...faults);
  const { dev } = await Deno.stat(path);
  const child = new Deno.Command("python3", {
    args: [PROGRAM, root, path],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const end = child.status.then(() => ended = true);
  await until(async () => ended || (await Deno.stat(path)).dev !== dev);
  if (ended) throw new Error("faulty_fs.py ended before it was mounted");
  return {
    path,
    at: (...parts) => join(path, ...parts),
    faults: set,
    async [Symbol.asyncDispose]() {
      runSync("fusermount3", ["-uz", path]);
      // It would live on while another test's namespace has a copy of the mount.
      if (!ended) child.kill("SIGKILL");
      await end;
      await temp[Symbol.asyncDispose]();
    },
  };
}
