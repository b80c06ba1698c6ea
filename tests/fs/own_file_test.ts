/** Our own files: what lies at their names may be somebody else's, and is left as it is. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { replaceWithContent, replaceWithNew } from "../../src/fs/new_file.ts";
import {
  followOwnLinks,
  openOwn,
  type OwnFileOptions,
  readOwnText,
  setOwnMode,
} from "../../src/fs/own_file.ts";
import { run, runSync } from "../support/command.ts";
import { TempFolder } from "../support/temp.ts";

const APPEND: OwnFileOptions = { access: "append", create: 0o640 };
const WRITE: OwnFileOptions = { access: "write", create: 0o600 };
const notRoot = Deno.build.os !== "linux" || Deno.uid() !== 0;

/** What an attacker may put at one of our names; each leads to `prey`, or waits for a reader. */
const TRAPS: Record<string, (at: string, prey: string) => void | Promise<void>> = {
  "a link": (at, prey) => Deno.symlinkSync(prey, at),
  "a dangling link": (at, prey) => {
    Deno.removeSync(prey);
    Deno.symlinkSync(prey, at);
  },
  "a hard link": (at, prey) => Deno.linkSync(prey, at),
  "a pipe": (at) => void runSync("mkfifo", [at]),
};

for (const [trap, set] of Object.entries(TRAPS)) {
  for (const options of [APPEND, WRITE]) {
    Deno.test(`openOwn() for ${options.access} refuses ${trap}`, async () => {
      using temp = new TempFolder();
      const [at, prey] = [temp.at("ours"), temp.at("prey")];
      Deno.writeTextFileSync(prey, "precious");
      await set(at, prey);
      const gone = trap === "a dangling link";
      assert.throws(() => openOwn(at, options), (error) => {
        assert(error instanceof StoreError && error.code === "wrong_type");
        assert.equal(error.hint, `mv ${at} ${at}.old`);
        return true;
      });
      if (gone) assert.deepEqual(temp.names(), ["ours"]);
      else assert.equal(Deno.readTextFileSync(prey), "precious");
      // The remedy, typed.
      Deno.renameSync(at, `${at}.old`);
      openOwn(at, options).close();
      assert(Deno.lstatSync(at).isFile);
    });
  }

  Deno.test(`replaceWithNew() takes the name from ${trap}`, async () => {
    using temp = new TempFolder();
    const [at, prey] = [temp.at("ours"), temp.at("prey")];
    Deno.writeTextFileSync(prey, "precious");
    await set(at, prey);
    using file = replaceWithNew(at);
    file.writeSync(new TextEncoder().encode("new"));
    assert.equal(Deno.lstatSync(at).nlink, 1);
    if (trap !== "a dangling link") assert.equal(Deno.readTextFileSync(prey), "precious");
    else assert.deepEqual(temp.names(), ["ours"]);
  });
}

for (const [trap, set] of Object.entries(TRAPS)) {
  Deno.test(`replaceWithContent() takes the name from ${trap}`, async () => {
    using temp = new TempFolder();
    const [at, prey] = [temp.at("ours"), temp.at("prey")];
    Deno.writeTextFileSync(prey, "precious");
    await set(at, prey);
    replaceWithContent(at, new TextEncoder().encode("new"));
    const { nlink, isFile } = Deno.lstatSync(at);
    assert.deepEqual({ nlink, isFile }, { nlink: 1, isFile: true });
    assert.equal(Deno.readTextFileSync(at), "new");
    if (trap !== "a dangling link") assert.equal(Deno.readTextFileSync(prey), "precious");
    else assert.deepEqual(temp.names(), ["ours"]);
  });
}

Deno.test("openOwn() neither empties nor makes a file before it is known to be ours", () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("there"), "kept");
  openOwn(temp.at("there"), WRITE).close();
  assert.equal(Deno.readTextFileSync(temp.at("there")), "kept");
  assert.throws(() => openOwn(temp.at("missing"), { access: "read" }), Deno.errors.NotFound);
  assert.throws(() => openOwn(temp.at("missing"), { access: "append" }), Deno.errors.NotFound);
  assert.deepEqual(temp.names(), ["there"]);
  for (const access of ["read", "append", "write"] as const) {
    assert.throws(() => openOwn(temp.path, { access }), Deno.errors.IsADirectory);
  }
});

Deno.test("openOwn() makes a file with the given mode and appends to it", async () => {
  using temp = new TempFolder();
  for (const text of ["one,", "two"]) {
    using file = openOwn(temp.at("log"), APPEND);
    file.writeSync(new TextEncoder().encode(text));
  }
  assert.equal(await readOwnText(temp.at("log")), "one,two");
  assert.equal((Deno.statSync(temp.at("log")).mode ?? 0) & 0o777, 0o640);
});

Deno.test("readOwnText() reads a file with two names, and waits for no pipe", async () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("one"), "\ufefftext");
  Deno.linkSync(temp.at("one"), temp.at("two"));
  assert.equal(await readOwnText(temp.at("two")), "\ufefftext");
  await TRAPS["a pipe"]!(temp.at("pipe"), "");
  await assert.rejects(readOwnText(temp.at("pipe")), /it is a pipe/);
  const long = "x".repeat(300_000);
  Deno.writeTextFileSync(temp.at("long"), long);
  assert.equal(await readOwnText(temp.at("long")), long);
});

Deno.test({
  name: "followOwnLinks() follows root's links and one's own, and nobody else's",
  ignore: notRoot,
  async fn() {
    using temp = new TempFolder();
    Deno.writeTextFileSync(temp.at("real"), "text");
    Deno.symlinkSync("real", temp.at("inner"));
    Deno.symlinkSync(temp.at("inner"), temp.at("outer"));
    assert.equal(followOwnLinks(temp.at("outer")), temp.at("real"));
    assert.equal(await readOwnText(temp.at("outer"), { followOwnLinks: true }), "text");
    await Deno.lstat(temp.at("inner"));
    await run("chown", ["-h", "4343", temp.at("inner")]);
    assert.throws(() => followOwnLinks(temp.at("outer")), /a link that user 4343 made/);
    assert.throws(
      () => openOwn(temp.at("outer"), { ...APPEND, followOwnLinks: true }),
      /a link that user 4343 made/,
    );
  },
});

Deno.test("followOwnLinks() ends a loop", () => {
  using temp = new TempFolder();
  Deno.symlinkSync("b", temp.at("a"));
  Deno.symlinkSync("a", temp.at("b"));
  assert.throws(() => followOwnLinks(temp.at("a")), /a loop of links/);
});

Deno.test("setOwnMode() gives nothing to what a link or a second name leads to", () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("shadow"), "", { mode: 0o600 });
  Deno.symlinkSync("shadow", temp.at("link"));
  Deno.linkSync(temp.at("shadow"), temp.at("hard"));
  for (const name of ["link", "hard"]) {
    assert.throws(() => setOwnMode(temp.at(name), 0o644), StoreError);
  }
  assert.equal((Deno.statSync(temp.at("shadow")).mode ?? 0) & 0o777, 0o600);
  Deno.removeSync(temp.at("hard"));
  setOwnMode(temp.at("shadow"), 0o644, { seconds: 1000 });
  const info = Deno.statSync(temp.at("shadow"));
  assert.equal((info.mode ?? 0) & 0o777, 0o644);
  assert.equal(info.mtime?.getTime(), 1_000_000);
});
