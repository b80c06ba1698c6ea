/** `pack` by the binary: what it prints, repeated and stopped, and by a file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram, startProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { writeTree } from "../support/tree.ts";
import { pause, until } from "../support/until.ts";

const TEXT = new TextEncoder();

async function folders(temp: TempDir, ...names: string[]): Promise<void> {
  for (const name of names) {
    await writeTree(temp.at(name), [["a.csv", TEXT.encode(`${name}\n`)]]);
  }
}

/** A running program's output, read while it comes. */
class Running {
  out = "";
  err = "";
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;

  constructor(args: string[]) {
    this.#child = startProgram(args);
    const read = async (stream: ReadableStream<Uint8Array>, into: "out" | "err") => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) this[into] += decoder.decode(chunk, { stream: true });
    };
    this.#read = Promise.all([read(this.#child.stdout, "out"), read(this.#child.stderr, "err")]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async until(wanted: () => boolean): Promise<void> {
    await until(wanted, () => `out: ${this.out}\nerr: ${this.err}`);
  }

  async stop(signal: Deno.Signal): Promise<number> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    await this.#read;
    return code;
  }
}

Deno.test("pack --every starts at once, prints a line per change, and ends at SIGTERM", async () => {
  await using temp = await tempDir();
  await folders(temp, "bars");
  const pack = new Running(["pack", temp.at("bars"), "--output", temp.at("site"), "--every", "1s"]);
  await pack.until(() => /^bars: packed 1 file/.test(pack.out));
  await Deno.writeTextFile(temp.at("bars", "b.csv"), "b\n");
  await pack.until(() => /\nbars: packed 2 files/.test(pack.out));
  // What is wrong is said once, however many rounds it stays so.
  await Deno.symlink("b.csv", temp.at("bars", "link"));
  await pack.until(() => pack.err !== "");
  await pause(2500);
  await Deno.remove(temp.at("bars", "link"));
  await Deno.writeTextFile(temp.at("bars", "c.csv"), "c\n");
  await pack.until(() => /\nbars: packed 3 files/.test(pack.out));
  assert.equal(await pack.stop("SIGTERM"), 143);
  assert.equal(pack.out.trimEnd().split("\n").length, 3, pack.out);
  assert.equal(pack.err.match(/can't be packed: "link"/g)?.length, 1, pack.err);
  assert.deepEqual([...Deno.readDirSync(temp.at("site", ".datahubsync", "staging"))], []);
});

/** A site in whose staging a run that takes seconds has begun to write. */
async function packingSlowly(temp: TempDir): Promise<{ pack: Running; staging: string }> {
  await Deno.mkdir(temp.at("bars"));
  const noise = new Uint8Array(3 << 20);
  for (let i = 0; i < noise.length; i += 1 << 16) {
    crypto.getRandomValues(noise.subarray(i, i + (1 << 16)));
  }
  for (let i = 0; i < 60; i++) await Deno.writeFile(temp.at("bars", `${i}.bin`), noise);
  const pack = new Running(["pack", temp.at("bars"), "--output", temp.at("site")]);
  const staging = temp.at("site", ".datahubsync", "staging");
  await pack.until(() => {
    try {
      const [run] = [...Deno.readDirSync(staging)];
      return run !== undefined && Deno.statSync(join(staging, run.name, "package")).size > 0;
    } catch {
      return false;
    }
  });
  return { pack, staging };
}

Deno.test("pack that is stopped while it packs leaves the site as it was", async () => {
  await using temp = await tempDir();
  const { pack, staging } = await packingSlowly(temp);
  assert.equal(await pack.stop("SIGTERM"), 143);
  assert.equal(pack.out + pack.err, "");
  assert.deepEqual([...Deno.readDirSync(temp.at("site"))].map(({ name }) => name), [
    ".datahubsync",
  ]);
  assert.deepEqual([...Deno.readDirSync(staging)], []);
});

Deno.test("pack removes at once what a killed one left, and nothing of a live one", async () => {
  await using temp = await tempDir();
  const { pack, staging } = await packingSlowly(temp);
  const other = ["pack", temp.at("fin"), "--output", temp.at("site")];
  await Deno.mkdir(temp.at("fin"));
  await Deno.writeTextFile(temp.at("fin", "a.csv"), "1\n");
  const [run] = [...Deno.readDirSync(staging)];
  Deno.kill(pack.pid, "SIGSTOP");
  assert.equal((await runProgram(other)).code, 0);
  assert.deepEqual([...Deno.readDirSync(staging)].map(({ name }) => name), [run!.name]);
  await pack.stop("SIGKILL");
  assert.equal([...Deno.readDirSync(staging)].length, 1);
  assert.equal((await runProgram(other)).code, 0);
  assert.deepEqual([...Deno.readDirSync(staging)], []);
});

Deno.test("pack --settle waits for quiet, and a signal ends the waiting", async () => {
  await using temp = await tempDir();
  await folders(temp, "bars");
  const words = ["pack", temp.at("bars"), "--output", temp.at("site")];
  const began = Date.now();
  const ended = await runProgram([...words, "--settle", "2s"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert(Date.now() - began >= 1500, "waited");
  const waiting = new Running([...words, "--settle", "1h"]);
  await pause(1000);
  assert.equal(await waiting.stop("SIGTERM"), 143);
  assert.equal(waiting.out + waiting.err, "");
});

Deno.test("pack --config packs what a file says; one bad folder doesn't hold up the others", async () => {
  await using temp = await tempDir();
  await folders(temp, "bars", "funds");
  const config = temp.at("hub.yaml");
  await Deno.writeTextFile(
    config,
    "output: site\ndatasets:\n  - folder: bars\n    name: daily\n  - folder: gone\n  - folder: funds\n",
  );
  const { code, stdout, stderr } = await runProgram(["pack", "-c", config]);
  assert.equal(code, 2);
  assert.match(stdout, /^daily: packed 1 file.*\nfunds: packed 1 file/);
  assert.match(stderr, /^error: gone: .*gone isn't a folder/);
  const json = await runProgram(["pack", "-c", config, "--json"]);
  const lines = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ name, changed }) => [name, changed]), [
    ["daily", false],
    ["funds", false],
  ]);

  await Deno.writeTextFile(config, "output: site\ndatasets:\n  - foldr: bars\n");
  const misspelt = await runProgram(["pack", "-c", config]);
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.stderr, /hub\.yaml:3:5: unknown key `foldr`.*did you mean `folder`\?/);

  for (const words of [[temp.at("bars")], ["--settle", "60s"], ["--min-files", "3"]]) {
    const both = await runProgram(["pack", "-c", config, ...words]);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /--config says what is packed, and so does/);
  }
});

Deno.test("pack prints how to leave a file out whose name no terminal shows, and that works", async () => {
  await using temp = await tempDir();
  for (const name of ["a\nb's.csv", "\x1b[31m*.csv", "\x7f\u0085.csv", "\u202egnp.csv"]) {
    const folder = temp.at(encodeURIComponent(name));
    await writeTree(folder, [["a.csv", TEXT.encode("1\n")]]);
    // A link can't be packed; nor can a file with such a name.
    if (name.startsWith("\u202e")) await Deno.symlink("a.csv", join(folder, name));
    else await Deno.writeTextFile(join(folder, name), "2");
    const words = ["pack", folder, "--output", temp.at("site"), "--name", "bars"];
    const { code, stderr } = await runProgram(words);
    assert.equal(code, 3);
    const typed = /`(--exclude .+)`/.exec(stderr)?.[1];
    assert(typed !== undefined, stderr);
    const under = ["bash", "-c", `exec "$0" "$@" ${typed}`];
    const again = await runProgram(words, { under });
    assert.deepEqual([again.code, again.stderr], [0, ""]);
  }
});

Deno.test("pack refuses two folders of one name", async () => {
  await using temp = await tempDir();
  await folders(temp, "a/bars", "b/bars");
  const { code, stderr } = await runProgram([
    "pack",
    temp.at("a/bars"),
    temp.at("b/bars"),
    "--output",
    temp.at("site"),
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /would both become the dataset bars/);
});
