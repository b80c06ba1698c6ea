/** The wrapper, run as a person runs it, with programs of our own on its PATH instead of npm and curl. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { writeExecutable } from "../support/executable.ts";

const DENOW = new URL("../../denow", import.meta.url).pathname;

/** A `deno` that says which version it is and what it was given. */
const fakeDeno = (version: string): string =>
  `#!/bin/sh
if [ "$1" = --version ]; then echo "deno ${version} (stable)"; exit; fi
echo "deno ${version} got: $* store: $DENO_TLS_CA_STORE"
`;

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A machine with the basic tools, and those programs, and nothing else. */
async function machine(programs: Record<string, string>, env: Record<string, string> = {}) {
  const root = await Deno.makeTempDir({ prefix: "denow-" });
  const bin = join(root, "bin");
  await Deno.mkdir(bin);
  const basics = ["sh", "sed", "dirname", "id", "uname", "mkdir", "mktemp", "rm", "mv", "chmod"];
  for (const name of [...basics, "tar", "gzip", "cp", "sleep"]) {
    const path = ["/usr/bin", "/bin"].map((folder) => join(folder, name)).find(exists);
    assert(path, `${name} is missing on this machine`);
    await Deno.symlink(path, join(bin, name));
  }
  for (const [name, text] of Object.entries(programs)) {
    await writeExecutable(join(bin, name), text);
  }
  const variables = { PATH: bin, HOME: root, TMPDIR: root, ...env };
  return {
    root,
    cached: join(root, ".cache", "datahubsync", "deno-2.7.11", "deno"),
    run(...args: string[]): Promise<Ran> {
      return this.runTyped("", ...args);
    },
    /** With something to read on standard input. */
    async runTyped(typed: string, ...args: string[]): Promise<Ran> {
      const child = new Deno.Command("/bin/sh", {
        args: [DENOW, ...args],
        env: variables,
        clearEnv: true,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      // Whoever reads nothing closes the pipe, which is no fault of theirs.
      await writer.write(new TextEncoder().encode(typed)).catch(() => {});
      await writer.close().catch(() => {});
      const { code, stdout, stderr } = await child.output();
      const decoder = new TextDecoder();
      return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** An `npm` that packs our `deno`, slowly enough for two runs to meet. */
const fakeNpm = `#!/bin/sh
mkdir package
cp "$(dirname "$0")/packed" package/deno
sleep 0.2
tar -czf deno.tgz package
echo deno.tgz
`;

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("what denow asks on its way reads nothing of what is typed for the program", async () => {
  const greedy = (text: string): string => text.replace("#!/bin/sh\n", "#!/bin/sh\ncat >&2\n");
  await using here = await machine({
    deno: greedy(fakeDeno("1.0.0")),
    npm: greedy(fakeNpm),
    cat: '#!/bin/sh\nwhile read -r line; do echo "$line"; done\n',
    packed: fakeDeno("2.7.11").replace("fi\n", "fi\ncat\n"),
  });
  for (const round of ["fetched", "cached"]) {
    const { code, out, err } = await here.runTyped("typed\n", "run", round);
    assert.equal(code, 0, err);
    assert.equal(out, `typed\ndeno 2.7.11 got: run ${round} store: system,mozilla\n`);
  }
});

Deno.test("denow takes the pinned Deno from PATH and hands over its arguments, in silence", async () => {
  await using here = await machine({ deno: fakeDeno("2.7.11") });
  assert.deepEqual(await here.run("task", "a b"), {
    code: 0,
    out: "deno 2.7.11 got: task a b store: system,mozilla\n",
    err: "",
  });
});

Deno.test("denow leaves a DENO_TLS_CA_STORE that is set", async () => {
  await using here = await machine({ deno: fakeDeno("2.7.11") }, { DENO_TLS_CA_STORE: "mozilla" });
  assert.match((await here.run("x")).out, /store: mozilla\n$/);
});

Deno.test("denow passes over another Deno, fetches from npm once and then is silent", async () => {
  await using here = await machine({
    deno: fakeDeno("2.9.6"),
    npm: fakeNpm,
    packed: fakeDeno("2.7.11"),
  });
  const first = await here.run("x");
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^deno 2\.7\.11 got: x /);
  assert.match(first.err, /^denow: fetching Deno 2\.7\.11 from npm .*, once\n$/);
  const second = await here.run("y");
  assert.equal(second.err, "");
  assert.match(second.out, /^deno 2\.7\.11 got: y /);
});

Deno.test("denow may run many times at once before its cache is filled", async () => {
  await using here = await machine({ npm: fakeNpm, packed: fakeDeno("2.7.11") });
  const runs = await Promise.all([1, 2, 3, 4].map((n) => here.run(`${n}`)));
  assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0, 0], runs.map(({ err }) => err).join(""));
  const left = [...Deno.readDirSync(join(here.cached, ".."))].map(({ name }) => name);
  assert.deepEqual(left, ["deno"]);
});

Deno.test("denow does without HOME", async () => {
  await using here = await machine({ npm: fakeNpm, packed: fakeDeno("2.7.11") }, { HOME: "" });
  const { code, out, err } = await here.run("x");
  assert.equal(code, 0, err);
  assert.match(out, /got: x /);
});

Deno.test("denow does without a cache that can be written", async () => {
  await using here = await machine(
    { npm: fakeNpm, packed: fakeDeno("2.7.11") },
    { XDG_CACHE_HOME: "/proc/nowhere" },
  );
  const { code, err } = await here.run("x");
  assert.equal(code, 0, err);
});

Deno.test("denow says what it tried and what to do when there is no way", async () => {
  await using here = await machine({});
  const { code, out, err } = await here.run("x");
  assert.equal(code, 1);
  assert.equal(out, "");
  assert.match(err, /from npm: npm isn't installed\n/);
  assert.match(err, /from its own host: curl isn't installed\n/);
  assert.match(err, /hint: .*npm/);
});

Deno.test("denow says so when what it fetched doesn't start here", async () => {
  await using here = await machine({ npm: fakeNpm, packed: "not a program" });
  const { code, err } = await here.run("x");
  assert.equal(code, 1);
  assert.match(err, /from npm: what it holds doesn't start here/);
  assert.equal(exists(here.cached), false);
});
