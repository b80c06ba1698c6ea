/**
 * All tests that need no compiled binary, on a screenful: `./denow task test [FILE…]`. A dot for each
 * test, failures in full, then what was skipped and which Debian package brings what it needs, and
 * last the line that `deno test` ends with. For root the tests' files lie in memory, unless `TMPDIR`
 * says where: on ext4 a first sync of 56 small files took 100 ms of a processor, in memory 28, and
 * many waited for the disk besides.
 *
 * @module
 */
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "..");

/** Programs whose package has another name. */
const PACKAGES: Record<string, string> = {
  "7zz": "7zip",
  bsdtar: "libarchive-tools",
  "libdeflate-gzip": "libdeflate-tools",
  promtool: "prometheus",
  crontab: "cron",
  ip: "iproute2",
  go: "golang-go",
  java: "default-jdk-headless",
  javac: "default-jdk-headless",
  php: "php-cli",
};

/** Tests wait as much as they work: with two at once on two cores a run takes twice as long. */
const JOBS = Math.max(4, 2 * navigator.hardwareConcurrency);

/**
 * MB of a file's heap before V8 first looks for garbage among what lives long: Deno's tests begin with
 * 90, so each 8 MB more were followed by a full collection. A fifth of a processor's time less (54 s
 * instead of 66 for 217 tests of `sync/`), and 1.10 GB for four files at once instead of 1.07.
 */
const HEAP = 200;

/** Gives a command a file system in memory; not `/dev/shm`, which Deno takes for a device. */
const MOUNT = 'mount -t tmpfs -o mode=1777,size=4g tests "$0" && exec "$@"';
/** As much memory as may be needed, far more than tests hold at once, in bytes. */
const ROOM = 4e9;

/** Something that a test file lacked. */
export interface Skip {
  /** A program's name, or what else it needs. */
  reason: string;
  file: string;
}

/** What was skipped, in a line per thing that was lacking. */
export function skipLines(skips: readonly Skip[], skipped: number): string[] {
  if (skipped === 0) return [];
  const files = new Map<string, Set<string>>();
  for (const { reason, file } of skips) {
    files.set(reason, (files.get(reason) ?? new Set()).add(file));
  }
  const lines = [...files].sort(([a], [b]) => a < b ? -1 : 1).map(([reason, { size }]) =>
    `  ${reason} (${size} file${size === 1 ? "" : "s"})`
  );
  const packages = [...files.keys()].filter((reason) => /^[\w-]+$/.test(reason))
    .map((program) => PACKAGES[program] ?? program).filter((name) => name !== "root").sort();
  const bring = packages.length === 0
    ? []
    : [`hint: apt-get install --no-install-recommends ${packages.join(" ")}`];
  return [`skipped ${skipped} tests, which need:`, ...lines, ...bring];
}

/** Words before a command whose processes alone have that folder in memory; none where it can't be. */
async function inMemory(folder: string): Promise<string[]> {
  if (Deno.env.has("TMPDIR") || Deno.systemMemoryInfo().available < ROOM) return [];
  const args = ["--mount", "sh", "-c", MOUNT, folder];
  try {
    const trial = new Deno.Command("unshare", { args: [...args, "true"], stdin: "null" });
    return (await trial.output()).success ? ["unshare", ...args] : [];
  } catch {
    return []; // there is no such program
  }
}

/** Runs `deno test` over these paths; returns its exit code. */
async function runTests(paths: readonly string[]): Promise<number> {
  const work = await Deno.makeTempDir({ prefix: "datahubsync-tests-" });
  try {
    // Tests run programs as other users, too.
    await Deno.chmod(work, 0o755);
    const [skips, files] = [join(work, "skips"), join(work, "files")];
    await Deno.mkdir(files);
    await Deno.writeTextFile(skips, "");
    const under = await inMemory(files);
    const [program, ...words] = [...under, Deno.execPath(), "test"];
    const own = under.length > 0 ? { TMPDIR: files } : {};
    const child = new Deno.Command(program!, {
      args: [...words, "--quiet", "--allow-all", "--no-prompt", "--no-check", "--parallel"]
        .concat(["--reporter=dot", "--preload=tests/support/seeds.ts", "--ignore=tests/e2e"])
        .concat([`--v8-flags=--initial-old-space-size=${HEAP}`])
        .concat(paths),
      cwd: ROOT,
      env: { ...own, TEST_SKIPS: skips, NO_COLOR: "1", DENO_JOBS: String(JOBS) },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const closing = await show(child.stdout);
    const list = (await Deno.readTextFile(skips)).split("\n").filter((line) => line !== "");
    const skipped = Number(/(\d+) ignored/.exec(closing)?.[1] ?? 0);
    for (const line of skipLines(list.map((line) => JSON.parse(line)), skipped)) console.log(line);
    console.log(closing);
    return (await child.status).code;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Shows dots in rows and all else as it comes; returns the closing line, which it holds back. */
async function show(output: ReadableStream<Uint8Array>): Promise<string> {
  const encoder = new TextEncoder();
  const say = (text: string) => Deno.stdout.writeSync(encoder.encode(text));
  let column = 0;
  let closing = "";
  let rest = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (/^[.,!]$/.test(line)) {
        say(line);
        if (++column % 100 === 0) say("\n");
      } else if (/^(ok|FAILED) \| \d+ passed/.test(line)) closing = line;
      else if (line !== "" || column === 0) {
        say(`${column % 100 === 0 ? "" : "\n"}${line}\n`);
        column = 0;
      }
    }
  }
  if (column % 100 !== 0) say("\n");
  return closing;
}

if (import.meta.main) Deno.exit(await runTests(Deno.args.length > 0 ? Deno.args : ["tests/"]));
