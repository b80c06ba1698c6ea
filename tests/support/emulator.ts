/**
 * Programs for aarch64, run by qemu on a machine with another processor.
 *
 * Guarantees: the machine's packages and their lists stay as they are. The C library for aarch64 comes
 * from the machine's own package sources, signatures checked, into the project's cache, once. What
 * can't be had is told in words, so that a test can say why it is skipped.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { outcomeOf } from "./command.ts";
import { tempDir } from "./temp.ts";

/** What to put before an aarch64 program to run it here; or why that can't be. */
export interface Emulator {
  command: string[];
  missing?: string;
}

/** What the runtime needs at run time. */
const PACKAGES = ["libc6", "libgcc-s1"];

/** Finds qemu, and a C library for it. Takes seconds the first time. */
export async function findEmulator(): Promise<Emulator> {
  if (Deno.build.target === "aarch64-unknown-linux-gnu") return { command: [] };
  const names = ["qemu-aarch64-static", "qemu-aarch64"];
  const paths = names.map((name) => join("/usr/bin", name));
  const qemu = paths.find((path) => existsSync(path) && Deno.statSync(path).isFile);
  if (qemu === undefined) return { command: [], missing: "qemu-user-static" };
  const kept = join(cacheFolder(), "sysroot-aarch64");
  try {
    if (!existsSync(join(kept, "lib/ld-linux-aarch64.so.1"))) await makeSysroot(kept);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    return { command: [], missing: `libc6 for arm64: ${reason}` };
  }
  return { command: [qemu, "-L", kept] };
}

/** Unpacks the packages beside the folder, which then appears whole. */
async function makeSysroot(folder: string): Promise<void> {
  const parent = join(folder, "..");
  await Deno.mkdir(parent, { recursive: true });
  await using temp = await tempDir({ dir: parent, prefix: "sysroot." });
  const work = temp.path;
  for (const name of ["state/lists/partial", "cache/archives/partial", "debs", "root"]) {
    await Deno.mkdir(join(work, name), { recursive: true });
  }
  await Deno.writeTextFile(join(work, "status"), "");
  // A state of its own: the machine's list of architectures and packages isn't touched.
  const config = [
    'APT::Architecture "arm64";',
    'APT::Architectures { "arm64"; };',
    'APT::Sandbox::User "";',
    'Acquire::Retries "3";',
    `Dir::State "${work}/state";`,
    `Dir::State::status "${work}/status";`,
    `Dir::Cache "${work}/cache";`,
    // Hooks of the machine's are about the machine's own state.
    "#clear APT::Update::Pre-Invoke;",
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
  ];
  const env = { APT_CONFIG: join(work, "apt.conf"), LC_ALL: "C" };
  await Deno.writeTextFile(env.APT_CONFIG, config.join("\n") + "\n");
  const debs = join(work, "debs");
  // A source without arm64 makes `update` fail; whether what is needed is there, `download` says.
  await run("apt-get", ["-qq", "update"], debs, env).catch(() => {});
  await run("apt-get", ["-qq", "download", ...PACKAGES], debs, env);
  const root = join(work, "root");
  for (const { name } of Deno.readDirSync(debs)) {
    await run("dpkg-deb", ["-x", name, root], debs);
  }
  // Newer packages hold usr/lib only, and leave the link to another package.
  if (!existsSync(join(root, "lib"))) await Deno.symlink("usr/lib", join(root, "lib"));
  await Deno.rename(root, folder).catch((error) => {
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  });
}

async function run(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  // What doesn't answer shall not hold up the tests.
  const signal = AbortSignal.timeout(120_000);
  const { code, stderr } = await outcomeOf(program, args, { cwd, env, signal });
  if (code === 0) return;
  const reason = stderr.trim().split("\n")[0];
  throw new Error(`${program} ${args.join(" ")}: ${reason || "no answer"}`);
}

/** The folder of `denow` and `tools/compile.ts`. */
function cacheFolder(): string {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home ? join(home, ".cache") : "/tmp");
  return join(base, "datahubsync");
}
