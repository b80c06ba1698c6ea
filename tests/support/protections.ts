/**
 * The kernel's protections of links, pipes and files in sticky folders (`fs.protected_*`), which belong
 * to the whole machine, set for as long as a test runs.
 *
 * Guarantees: one test at a time sets them; what was there is put back when it ends, also by a crash or
 * SIGKILL: a process that waits for the end of a pipe does it. Needs root and a writable `/proc/sys`:
 * ask {@linkcode cantProtect}.
 *
 * @module
 */
import { has } from "./installed.ts";

/** `fs.protected_*` as Debian sets them, and all off. */
export const PROTECTIONS = {
  "with Debian's fs.protected_*": { symlinks: "1", hardlinks: "1", fifos: "1", regular: "2" },
  "without fs.protected_*": { symlinks: "0", hardlinks: "0", fifos: "0", regular: "0" },
} as const;

/** A name of one of the settings. */
export type Protection = keyof typeof PROTECTIONS;

const FOLDER = "/proc/sys/fs";
/** Whoever has it locked may set them. */
const LOCK = `${FOLDER}/protected_symlinks`;

/** Remembers what is set, says so, and puts it back when its input ends. */
const KEEPER = `
trap '' INT TERM HUP
set -eu
cd ${FOLDER}
for one in protected_symlinks protected_hardlinks protected_fifos protected_regular; do
  eval "$one=$(cat $one)"
done
echo ready
cat >/dev/null
for one in protected_symlinks protected_hardlinks protected_fifos protected_regular; do
  eval "echo \\$$one" >$one
done
`;

/** Why they can't be set here; `undefined` = they can. */
export function cantProtect(): string | undefined {
  const reason = whyNot();
  has(reason === undefined, reason ?? "");
  return reason;
}

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "root on Linux";
  try {
    for (const name of Object.keys(PROTECTIONS["without fs.protected_*"])) {
      const path = `${FOLDER}/protected_${name}`;
      Deno.writeTextFileSync(path, Deno.readTextFileSync(path));
    }
    return undefined;
  } catch {
    return "a /proc/sys/fs that root may write";
  }
}

/** Sets them; waits while another test has them set. */
export async function protect(protection: Protection): Promise<AsyncDisposable> {
  const keeper = new Deno.Command("flock", {
    args: [LOCK, "sh", "-c", KEEPER],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const out = keeper.stdout.getReader();
  const { value } = await out.read();
  out.releaseLock();
  if (value === undefined) throw new Error("what fs.protected_* were can't be remembered");
  for (const [name, setting] of Object.entries(PROTECTIONS[protection])) {
    await Deno.writeTextFile(`${FOLDER}/protected_${name}`, setting);
  }
  return {
    async [Symbol.asyncDispose]() {
      await keeper.stdin.close();
      await keeper.stdout.cancel();
      await keeper.status;
    },
  };
}
