/**
 * A throw-away root: a file system of its own in a temporary folder, in which a test installs for
 * real, as root or as somebody else, writes to `/etc` and `/opt`, and lets daemons run.
 *
 * Guarantees: programs and libraries are the machine's own, mounted read-only; `/etc` is a copy with
 * two more users, {@linkcode USER} and {@linkcode OTHER}; all else starts empty. Each command has its own mount and process
 * namespaces, so nothing stays mounted and nothing goes on running after it. The network is the
 * machine's. Needs root and `unshare`: ask {@linkcode missingFor}.
 *
 * Longer than 250 lines because a root is made of many things that programs insist on.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Ended, outcomeOf, run, succeeds } from "./command.ts";
import { has } from "./installed.ts";
import { tempDir } from "./temp.ts";
import { until } from "./until.ts";

/** A user of a throw-away root. */
export interface RootUser {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** Somebody without rights, known inside a throw-away root only. */
export const USER = { name: "bob", uid: 4242, home: "/home/bob" } as const satisfies RootUser;

/** A second one, who shares no group with the first. */
export const OTHER = { name: "eve", uid: 4343, home: "/home/eve" } as const satisfies RootUser;

/** How a command runs. */
export interface RunOptions {
  /** As {@linkcode USER}, or as the user given, instead of root. */
  asUser?: boolean | RootUser;
  env?: Record<string, string>;
}

/** A root of its own. */
export interface RootFs extends AsyncDisposable {
  /** Where it lies on the machine. */
  readonly path: string;
  /** A path of the root, as the machine sees it. */
  at(path: string): string;
  /** The command of the machine that runs a command inside, for what needs a terminal or a tracer. */
  command(command: string[], options?: RunOptions): string[];
  /** Runs a command inside to its end. */
  run(command: string[], options?: RunOptions): Promise<Ended>;
  /** Starts a command inside; the caller ends it. */
  spawn(command: string[], options?: RunOptions): Deno.ChildProcess;
  /** Text of a file inside. */
  read(path: string): Promise<string>;
  /** Writes a file inside, with the folders above it. */
  write(path: string, text: string, mode?: number): Promise<void>;
  /** Whether something is at a path inside. */
  has(path: string): Promise<boolean>;
}

/** Why a test can't run here, or `undefined`: root, `unshare` and further programs are needed. */
export function missingFor(...programs: string[]): string | undefined {
  const missing = firstMissing(programs);
  has(missing === undefined, missing ?? "");
  return missing;
}

function firstMissing(programs: readonly string[]): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "root on Linux";
  const folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
  for (const program of ["unshare", "chroot", "setpriv", "bash", ...programs]) {
    if (!folders.some((folder) => existsSync(join(folder, program)))) return program;
  }
  return succeeds("unshare", ["-m", "-p", "-f", "true"]) ? undefined : "the right to unshare";
}

/** Makes a root. */
export async function makeRootFs(): Promise<RootFs> {
  const temp = await tempDir();
  const path = temp.path;
  await Deno.chmod(path, 0o755);
  await furnish(path);
  const argumentsFor = (command: string[], options: RunOptions): string[] => {
    const user = options.asUser === true ? USER : options.asUser || undefined;
    const identity = user === undefined
      ? []
      : ["setpriv", `--reuid=${user.uid}`, `--regid=${user.uid}`, "--clear-groups"];
    const env = Object.entries({
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: user?.home ?? "/root",
      LANG: "C.UTF-8",
      ...options.env,
    }).map(([name, value]) => `${name}=${value}`);
    return [
      ...["-m", "-p", "-f", "--kill-child", "sh", "-euc", MOUNT, "sh", path],
      ...[...identity, "env", "-i", ...env, ...command],
    ];
  };
  return {
    path,
    at: (inside) => join(path, inside),
    command: (command, options = {}) => ["unshare", ...argumentsFor(command, options)],
    run: (command, options = {}) => outcomeOf("unshare", argumentsFor(command, options)),
    spawn(command, options = {}) {
      const args = argumentsFor(command, options);
      const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
      return new Deno.Command("unshare", { args, ...quiet }).spawn();
    },
    read: (inside) => Deno.readTextFile(join(path, inside)),
    async write(inside, text, mode = 0o644) {
      await Deno.mkdir(join(path, inside, ".."), { recursive: true });
      await Deno.writeTextFile(join(path, inside), text);
      await Deno.chmod(join(path, inside), mode);
    },
    has: (inside) => Deno.lstat(join(path, inside)).then(() => true, () => false),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** Takes away the schedules that the root has from this machine: none of them may fire in a test. */
export async function clearSchedules(root: RootFs): Promise<void> {
  for (const path of ["/etc/cron.d", "/etc/crontab", "/etc/environment"]) {
    await Deno.remove(root.at(path), { recursive: true }).catch(() => {});
  }
  await Deno.mkdir(root.at("/etc/cron.d"));
}

/** The root's cron, until it is disposed of. It looks at its tables once a minute. */
export function startCron(root: RootFs): AsyncDisposable {
  const cron = root.spawn(["cron", "-f"]);
  return { [Symbol.asyncDispose]: () => end(cron, root) };
}

/**
 * Ends a command that {@linkcode RootFs.spawn} started, with all that it started itself, and waits for
 * the end of it all. What changed its user outlives the one that is waited for, as the kernel then
 * forgets `--kill-child`.
 */
export async function end(child: Deno.ChildProcess, root: RootFs): Promise<void> {
  kill(child.pid);
  await child.status;
  const at = await Deno.realPath(root.path);
  await until(() => {
    const pids = processesIn(at);
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  });
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

/** The processes of the machine that have their root there. */
function processesIn(root: string): number[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => {
    try {
      return /^\d+$/.test(name) && Deno.readLinkSync(`/proc/${name}/root`) === root;
    } catch {
      return false; // It has ended meanwhile.
    }
  }).map(({ name }) => Number(name));
}

/**
 * Every path below a folder with its kind, mode, owner and content, a line each. Files over a
 * megabyte are told by size, inode and time instead.
 */
export async function listTree(
  dir: string,
  options: { skip?: RegExp; times?: boolean } = {},
): Promise<string[]> {
  const lines: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for await (const { name } of Deno.readDir(join(dir, below))) {
      const path = `${below}/${name}`;
      if (options.skip?.test(path)) continue;
      const info = await Deno.lstat(join(dir, path));
      const mode = ((info.mode ?? 0) & 0o7777).toString(8);
      const time = options.times && !info.isSymlink ? ` ${info.mtime?.getTime()}` : "";
      const rights = `${mode} ${info.uid}:${info.gid}${time}`;
      if (info.isSymlink) lines.push(`${path} → ${await Deno.readLink(join(dir, path))}`);
      else if (info.isDirectory) {
        lines.push(`${path}/ ${rights}`);
        await walk(path);
      } else lines.push(`${path} ${rights} ${await contentMark(join(dir, path), info)}`);
    }
  };
  await walk("");
  return lines.sort();
}

async function contentMark(path: string, info: Deno.FileInfo): Promise<string> {
  if (info.size > 1_000_000) return `${info.size} ${info.ino} ${info.mtime?.getTime()}`;
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex").slice(0, 16);
}

/** `$1` is the root, the rest the command. */
const MOUNT = `
root=$1; shift
for folder in bin lib lib64 lib32 libexec share; do
  if [ -d "$root/usr/$folder" ]; then
    mount --bind "/usr/$folder" "$root/usr/$folder"
    mount -o remount,bind,ro "$root/usr/$folder"
  fi
done
mount --bind /usr/sbin "$root/.sbin"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" "$@"
`;

async function furnish(root: string): Promise<void> {
  const usr = ["bin", "lib", "lib64", "lib32", "libexec", "share"];
  const folders = [
    ...usr.filter((name) => existsSync(`/usr/${name}`)).map((name) => `usr/${name}`),
    ...["usr/sbin", "usr/local/bin", ".sbin", "proc", "dev", "run", "root", "opt"],
    ...[USER, OTHER].map(({ home }) => home.slice(1)),
    ...["var/lib/logrotate", "var/log", "var/spool/cron/crontabs", "var/tmp", "tmp"],
  ];
  for (const folder of folders) await Deno.mkdir(join(root, folder), { recursive: true });
  for (const folder of ["tmp", "var/tmp"]) await Deno.chmod(join(root, folder), 0o1777);
  for (const name of ["bin", "sbin", "lib", "lib64", "lib32"]) {
    if (existsSync(`/usr/${name}`)) await Deno.symlink(`usr/${name}`, join(root, name));
  }
  await Deno.symlink("/run", join(root, "var/run"));
  // A folder of links, so that a test can add a program: cron's sendmail has a fixed place.
  for await (const { name } of Deno.readDir("/usr/sbin")) {
    await Deno.symlink(`/.sbin/${name}`, join(root, "usr/sbin", name));
  }
  await run("cp", ["-a", "/etc", join(root, "etc")]);
  const append = async (file: string, line: string): Promise<void> =>
    await Deno.writeTextFile(join(root, "etc", file), `${line}\n`, { append: true });
  for (const { name, uid, home } of [USER, OTHER]) {
    await append("passwd", `${name}:x:${uid}:${uid}::${home}:/bin/sh`);
    await append("group", `${name}:x:${uid}:`);
    await append("shadow", `${name}:*:19000:0:99999:7:::`);
    await Deno.chown(join(root, home), uid, uid);
  }
  await likeThere("/var/spool/cron/crontabs", root);
}

/** A folder whose owner and mode a program insists on. */
async function likeThere(path: string, root: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) return;
  await Deno.chown(join(root, path), info.uid, info.gid);
  await Deno.chmod(join(root, path), (info.mode ?? 0o1730) & 0o7777);
}
