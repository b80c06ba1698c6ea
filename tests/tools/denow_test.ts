/**
 * The wrapper, run as a person runs it, with programs of our own on its PATH instead of npm and curl.
 *
 * Longer than 250 lines because each source of the runtime is taken away in turn.
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { run } from "../support/command.ts";
import { writeExecutable } from "../support/executable.ts";
import { tempDir } from "../support/temp.ts";

const DENOW = fileURLToPath(new URL("../../denow", import.meta.url));

/** The digests that denow knows, npm's and the host's. */
const PACKED = /packed=[0-9a-f]{128}/g;
const ZIPPED = /zipped=[0-9a-f]{64}/g;

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
async function machine(
  programs: Record<string, string>,
  env: Record<string, string> = {},
  { trusted = true } = {},
) {
  const temp = await tempDir();
  const root = temp.path;
  const bin = join(root, "bin");
  await Deno.mkdir(bin);
  const basics = ["sh", "sed", "dirname", "id", "uname", "mkdir", "mktemp", "rm", "mv", "chmod"];
  for (const name of [...basics, "tar", "gzip", "cp", "sleep", "sha512sum", "sha256sum"]) {
    const path = ["/usr/bin", "/bin"].map((folder) => join(folder, name)).find((path) =>
      existsSync(path)
    );
    assert(path, `${name} is missing on this machine`);
    await Deno.symlink(path, join(bin, name));
  }
  for (const [name, text] of Object.entries(programs)) {
    await writeExecutable(join(bin, name), text);
  }
  // What these programs fetch has digests of its own, which this machine's denow knows.
  const denow = join(root, "denow");
  let script = await Deno.readTextFile(DENOW);
  if (programs.packed !== undefined) {
    await Deno.mkdir(join(root, "package"));
    await writeExecutable(join(root, "package", "deno"), programs.packed);
    const archive = join(bin, "packed.tgz");
    const args = ["-czf", archive, "-C", root, "package"];
    await run("tar", args);
    if (trusted) script = script.replace(PACKED, `packed=${await digest("SHA-512", archive)}`);
  }
  if (programs.zipped !== undefined && trusted) {
    const found = await digest("SHA-256", join(bin, "zipped"));
    script = script.replace(ZIPPED, `zipped=${found}`);
  }
  await writeExecutable(denow, script);
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
        args: [denow, ...args],
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
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** An `npm` that packs our `deno`, slowly enough for two runs to meet. */
const fakeNpm = `#!/bin/sh
sleep 0.2
cp "$(dirname "$0")/packed.tgz" deno.tgz
echo deno.tgz
`;

/** A `curl` that fetches what lies beside it, and an `unzip` for which that is its own content. */
const fakeHost = {
  curl: `#!/bin/sh
while [ "$1" != -o ]; do shift; done
cp "$(dirname "$0")/zipped" "$2"
`,
  unzip: `#!/bin/sh
cp "$2" "$5/deno"
`,
};

async function digest(algorithm: "SHA-256" | "SHA-512", path: string): Promise<string> {
  const bytes = await crypto.subtle.digest(algorithm, await Deno.readFile(path));
  return new Uint8Array(bytes).toHex();
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

for (
  const [env, mirror] of [
    [{ npm_config_registry: "http://a.example/" }, "http://a.example/"],
    [
      { npm_config_registry: "http://a.example/", NPM_CONFIG_REGISTRY: "http://b.example/" },
      "http://b.example/",
    ],
    [{}, "none"],
  ] as const
) {
  Deno.test(`denow hands ${JSON.stringify(env)} over to Deno as ${mirror}`, async () => {
    const deno = fakeDeno("2.7.11") + 'echo "mirror: ${NPM_CONFIG_REGISTRY-none}"\n';
    await using here = await machine({ deno }, env);
    assert.match((await here.run("x")).out, new RegExp(`^mirror: ${mirror}$`, "m"));
  });
}

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
  await using here = await machine({ npm: fakeNpm, packed: fakeDeno("2.7.11") }, {
    XDG_CACHE_HOME: "/proc/nowhere",
  });
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
  assert.equal(existsSync(here.cached), false);
});

Deno.test("denow knows a digest of all that it fetches for the machines that it is made for", async () => {
  const script = await Deno.readTextFile(DENOW);
  assert.equal(script.match(PACKED)?.length, 1);
  assert.equal(script.match(ZIPPED)?.length, 3);
});

Deno.test("denow takes from Deno's host what has the known digest", async () => {
  await using here = await machine({ ...fakeHost, zipped: fakeDeno("2.7.11") });
  const { code, out, err } = await here.run("x");
  assert.equal(code, 0, err);
  assert.match(out, /got: x /);
});

Deno.test("denow runs nothing that has another digest, wherever it came from", async () => {
  const evil = '#!/bin/sh\necho deno 2.7.11\ntouch "$HOME/ran"\n';
  await using here = await machine({ ...fakeHost, npm: fakeNpm, packed: evil, zipped: evil }, {}, {
    trusted: false,
  });
  const { code, out, err } = await here.run("x");
  assert.equal(code, 1);
  assert.equal(out, "");
  assert.match(
    err,
    /from npm: @deno\/\S+ should have the SHA-512 [0-9a-f]{128} and has [0-9a-f]{128}\n/,
  );
  assert.match(err, /from its own host: https:\S+ should have the SHA-256 [0-9a-f]{64} and has /);
  assert.equal(existsSync(join(here.root, "ran")), false);
  assert.equal(existsSync(here.cached), false);
});

Deno.test("denow fetches nothing for a machine of which it knows no digest", async () => {
  await using here = await machine({
    ...fakeHost,
    npm: fakeNpm,
    packed: fakeDeno("2.7.11"),
    zipped: fakeDeno("2.7.11"),
  });
  await Deno.remove(join(here.root, "bin", "uname"));
  const uname = '#!/bin/sh\n[ "$1" = -s ] && echo Darwin || echo x86_64\n';
  await writeExecutable(join(here.root, "bin", "uname"), uname);
  const { code, err } = await here.run("x");
  assert.equal(code, 1);
  assert.match(err, /from npm: no digest of @deno\/darwin-x64@2\.7\.11 is known here\n/);
  assert.match(err, /from its own host: no digest of https:\S+ is known here\n/);
});
