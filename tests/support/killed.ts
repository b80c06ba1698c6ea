/**
 * The binary, killed at a call to the kernel that a test names: `killedAt("fsync#2", ["sync", …])` is
 * SIGKILL in the second flush. No clock is asked, so that the moment is the same on any machine.
 *
 * Guarantees: `killed` says whether it came to that call; if not, the program has ended as it would
 * have. Calls are counted per thread. Needs `strace`: ask `installed("strace")`.
 *
 * @module
 */
import { binaryPath } from "./binary.ts";
import { type Ended, outcomeOf } from "./command.ts";

/** The calls of one kind, however the C library names them. */
const CALLS: Readonly<Record<string, string>> = {
  rename: "rename,renameat,renameat2",
  link: "link,linkat",
  symlink: "symlink,symlinkat",
  unlink: "unlink,unlinkat,rmdir",
  mkdir: "mkdir,mkdirat",
  fsync: "fsync,fdatasync",
  write: "write,pwrite64",
};

/** Runs the binary until its call number N of a kind (`rename#3`), or to its end. */
export async function killedAt(
  moment: string,
  args: readonly string[],
): Promise<Ended & { killed: boolean }> {
  const [kind, count] = moment.split("#");
  const calls = CALLS[kind!]!;
  const strace = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`];
  const inject = ["-e", `inject=${calls}:signal=SIGKILL:when=${count}`];
  const ended = await outcomeOf("strace", [...strace, ...inject, binaryPath(), ...args], {
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
  });
  return { ...ended, killed: ended.signal === "SIGKILL" || ended.code === 137 };
}

/** Runs the binary, which gets a signal when it first opens a path. */
export async function signalledAt(
  path: string,
  signal: Deno.Signal,
  args: readonly string[],
): Promise<Ended> {
  const [program, ...words] = signallingAt(path, signal, args);
  const env = { PATH: "/usr/bin:/bin", HOME: "/root" };
  return await outcomeOf(program, words, { clearEnv: true, env });
}

/**
 * The command by which the binary gets a signal when it first opens a path: one thread does, while two
 * look at it, each of which would get one.
 */
export function signallingAt(
  path: string,
  signal: Deno.Signal,
  args: readonly string[],
): [string, ...string[]] {
  const inject = ["-e", "trace=openat", "-e", `inject=openat:signal=${signal}:when=1`, "-P", path];
  return ["strace", "-f", "-qq", "-o", "/dev/null", ...inject, binaryPath(), ...args];
}
