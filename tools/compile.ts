/**
 * Builds the program into one file: `./denow task compile [--output FILE] [--target T] [--test-build]`.
 *
 * The result starts on a machine without Deno, has the rights of `permissions.ts` and no others, and
 * is the same, byte for byte, wherever the checkout lies. It appears under its name whole or not at all.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type BuiltFrom, VERSION } from "../src/version.ts";
import { makeBuildTree } from "./build_tree.ts";
import { type EmbeddedPackage, findEmbedded, findWorkers } from "./embedded.ts";
import { licenseTexts } from "./licenses.ts";
import { permissionFlags } from "./permissions.ts";
import { DENO_VERSION, findRuntime, type Runtime } from "./runtime.ts";

/**
 * How V8 works in the binary; a first sync of 5,400 files peaked at 173 MB without them and at 127 MB
 * with them. A young generation of 1 MB in place of 16: what we make lives for a batch, and each thread
 * takes 15 MB less. No optimizing compilers: the work is in zlib and the kernel, they won 5 % of CPU
 * time and took 14 MB. Collecting 1 MB isn't worth waking other threads: 40 ms of 1.3 s for 5,400 files.
 * `gc` is asked for between the phases of a very large sync.
 */
const HEAP_FLAGS = "--v8-flags=--max-semi-space-size=1,--max-lazy,--no-opt,--no-maglev," +
  "--no-parallel-scavenge,--expose-gc";

/** What to build. */
export interface CompileOptions {
  /** The checkout. */
  root: string;
  /** Where the binary goes. */
  output: string;
  /** What it runs on, as `rustc` names it; default: this machine. */
  target?: string;
  /** Whether tests may stop it at a named step. A release never is. */
  testBuild?: boolean;
  /** One line at a time for the person who waits. */
  say?: (line: string) => void;
}

/** What was built. */
export interface Compiled {
  output: string;
  info: BuiltFrom;
  packages: EmbeddedPackage[];
  /** The licences of everything embedded. */
  licenses: string;
  /** Where the runtime came from. */
  runtime: string;
}

/** Compiles the program. Throws with the reason when Deno refuses or a part can't be had. */
export async function compile(options: CompileOptions): Promise<Compiled> {
  const { root, testBuild = false, say = () => {} } = options;
  const target = options.target ?? Deno.build.target;
  if (Deno.version.deno !== DENO_VERSION) {
    throw new Error(
      `needs Deno ${DENO_VERSION} and runs in ${Deno.version.deno}; hint: use ./denow`,
    );
  }
  const denoDir = await denoDirOf(root);
  await text("deno", ["cache", "--quiet", "main.ts", ...await findWorkers(root)], root);
  const embedded = await findEmbedded(root);
  const runtime = await runtimeFor(target, { root, say });
  const info: BuiltFrom = {
    version: VERSION,
    commit: await commitOf(root),
    deno: DENO_VERSION,
    target,
    testBuild,
    dependencies: versionsByName(embedded.packages),
  };
  const licenses = await licenseTexts({
    root,
    npm: join(denoDir, "npm"),
    packages: embedded.packages,
  });
  const work = await Deno.makeTempDir({ prefix: "datahubsync-compile-" });
  try {
    const tree = join(work, "tree");
    const embeds = await makeBuildTree({ root, target: tree, denoDir, embedded, info, licenses });
    // The program's name is embedded too, so it is always compiled under the same one.
    const made = join(work, "datahubsync");
    const includes = embeds.flatMap((path) => ["--include", path]);
    const args = ["compile", "--quiet", "--no-check", "--no-remote", "--no-npm"];
    // The code cache lies in the temporary folder, and V8 runs what it finds in it, whoever wrote it.
    // Without it the binary starts in the same time (42 ms against 48).
    args.push("--no-code-cache");
    // So that `src/zip/extract/lane.ts` can give its workers fewer permissions than the program has.
    args.push("--unstable-worker-options");
    args.push("--target", target, HEAP_FLAGS, ...permissionFlags({ testBuild }), ...includes);
    // Deno takes DENORT_BIN for every target; `findRuntime` has said whether it is for this one.
    const { DENORT_BIN: _, ...environment } = Deno.env.toObject();
    environment.DENORT_BIN = runtime.path;
    await text("deno", [...args, "--output", made, "main.js"], tree, environment);
    await Deno.mkdir(dirname(options.output), { recursive: true });
    const beside = `${options.output}.${crypto.randomUUID().slice(0, 8)}`;
    await Deno.copyFile(made, beside);
    await Deno.chmod(beside, 0o755);
    await Deno.rename(beside, options.output);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return {
    output: options.output,
    info,
    packages: embedded.packages,
    licenses,
    runtime: runtime.origin,
  };
}

/** The runtime that a target is compiled with. Throws as {@linkcode findRuntime} does. */
export async function runtimeFor(
  target: string,
  { root, say }: { root: string; say: (line: string) => void },
): Promise<Runtime> {
  return await findRuntime({ target, denoDir: await denoDirOf(root), cacheDir: cacheDir(), say });
}

async function denoDirOf(root: string): Promise<string> {
  return JSON.parse(await text("deno", ["info", "--json"], root)).denoDir;
}

/** The same folder in which `denow` keeps Deno. */
function cacheDir(): string {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home ? join(home, ".cache") : "/tmp");
  return join(base, "datahubsync", `deno-${DENO_VERSION}`);
}

/** The commit that is checked out; `null` outside a repository, `+changes` where the program differs. */
async function commitOf(root: string): Promise<string | null> {
  try {
    const commit = (await text("git", ["rev-parse", "HEAD"], root)).trim();
    const program = ["main.ts", "src", "deno.json", "deno.lock", "CHANGELOG.md"];
    const changes = await text("git", ["status", "--porcelain", "--", ...program], root);
    return changes.trim() === "" ? commit : `${commit}+changes`;
  } catch {
    return null;
  }
}

function versionsByName(packages: readonly EmbeddedPackage[]): Record<string, string[]> {
  const versions: Record<string, string[]> = {};
  for (const { name, version } of packages) (versions[name] ??= []).push(version);
  return versions;
}

async function text(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = Deno.env.toObject(),
): Promise<string> {
  const path = program === "deno" ? Deno.execPath() : program;
  const { success, stdout, stderr } = await new Deno.Command(path, {
    args,
    cwd,
    env: { ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname!, "..");
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      output: { type: "string", short: "o", default: join(root, "dist", "datahubsync") },
      target: { type: "string" },
      "test-build": { type: "boolean", default: false },
    },
  });
  try {
    const { output, info } = await compile({
      root,
      output: resolve(values.output),
      ...values.target ? { target: values.target } : {},
      testBuild: values["test-build"],
      say: (line) => console.error(line),
    });
    const megabytes = (await Deno.stat(output)).size / 1e6;
    console.log(`${output} (${megabytes.toFixed(1)} MB, ${info.version}, ${info.target})`);
  } catch (error) {
    console.error(`compile: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
