/** Files that somebody exchanges for a pipe or a link between the look and the open. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfigFile } from "../src/config/config_file.ts";
import { StoreError } from "../src/errors.ts";
import { crcOfFile } from "../src/fs/crc_file.ts";
import { flushAll, flushDirectory } from "../src/fs/flush.ts";
import { copyToNew } from "../src/fs/new_file.ts";
import { openOwn, setOwnMode } from "../src/fs/own_file.ts";
import { readSource } from "../src/fs/source_file.ts";
import { openFolder, openPlain, readPlain, readPlainText } from "../src/plain_file.ts";
import { openSiteFile } from "../src/serve/site_file.ts";
import { PackageFile } from "../src/zip/read/package_file.ts";
import { runSync } from "./support/command.ts";
import { TempFolder } from "./support/temp.ts";

/** Everything that opens a file which another user may be able to exchange. */
const OPENERS: Record<string, (path: string) => unknown> = {
  "openOwn() for read": (path) => openOwn(path, { access: "read" }).close(),
  "openOwn() for append": (path) => openOwn(path, { access: "append", create: 0o600 }).close(),
  "openOwn() for write": (path) => openOwn(path, { access: "write", create: 0o600 }).close(),
  "setOwnMode()": (path) => setOwnMode(path, 0o666),
  "readSource()": (path) => readSource(path, (size) => new Uint8Array(size)),
  "openPlain()": (path) => openPlain(path).close(),
  "readPlain()": readPlain,
  "crcOfFile()": (path) => crcOfFile(path),
  "copyToNew()": (path) => copyToNew(path, `${path}.copy`),
  "flushAll()": (path) => flushAll([path]),
  "readConfigFile()": (path) => readConfigFile(path, "/", { file: "config.yaml", hint: "" }),
  "PackageFile.open()": (path) => PackageFile.open(path),
};

/** What takes the file's place. */
const TAKERS: Record<string, (path: string) => void> = {
  "a pipe": (path) => void runSync("mkfifo", [path]),
  "a link to a pipe": (path) => {
    runSync("mkfifo", [`${path}.pipe`]);
    Deno.symlinkSync(`${path}.pipe`, path);
  },
};

/** Runs `work` while the first look at `path` is followed by `swap`, until the work returns. */
function swapAfterLook<T>(path: string, swap: () => void, work: () => T): T {
  const { lstatSync, statSync } = Deno;
  let looked = false;
  const looking = (look: typeof lstatSync): typeof lstatSync => (at) => {
    const info = look(at);
    if (at === path && !looked) {
      looked = true;
      swap();
    }
    return info;
  };
  // Until the first `await` nothing else in this process runs.
  Deno.lstatSync = looking(lstatSync);
  Deno.statSync = looking(statSync);
  try {
    return work();
  } finally {
    Deno.lstatSync = lstatSync;
    Deno.statSync = statSync;
    assert(looked, "nothing was looked at before it was opened");
  }
}

for (const [taker, take] of Object.entries(TAKERS)) {
  for (const [opener, open] of Object.entries(OPENERS)) {
    Deno.test(`${opener} neither waits for ${taker} that takes the place nor reads it`, async () => {
      using temp = new TempFolder();
      const path = temp.at("file");
      Deno.writeTextFileSync(path, "ours", { mode: 0o600 });
      const swap = () => {
        Deno.removeSync(path);
        take(path);
      };
      await assert.rejects(async () => await swapAfterLook(path, swap, () => open(path)));
    });
  }
}

for (const access of ["read", "append", "write"] as const) {
  Deno.test(`openOwn() for ${access} opens no other file that takes the place by a link`, () => {
    using temp = new TempFolder();
    const [path, prey] = [temp.at("file"), temp.at("prey")];
    Deno.writeTextFileSync(path, "ours");
    Deno.writeTextFileSync(prey, "precious");
    const swap = () => {
      Deno.removeSync(path);
      Deno.symlinkSync(prey, path);
    };
    const open = () => openOwn(path, { access, create: 0o600 });
    assert.throws(() => swapAfterLook(path, swap, open), /it is a link/);
    assert.equal(Deno.readTextFileSync(prey), "precious");
  });
}

Deno.test("copyToNew() copies no other file that a link in the place of ours leads to", async () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("prey"), "precious");
  Deno.symlinkSync("prey", temp.at("ours"));
  await assert.rejects(copyToNew(temp.at("ours"), temp.at("copy")), /it is a link/);
  assert.deepEqual(temp.names().sort(), ["ours", "prey"]);
});

Deno.test("openOwn() opens the new file where the old one was rotated away meanwhile", () => {
  using temp = new TempFolder();
  const path = temp.at("log");
  Deno.writeTextFileSync(path, "old");
  const rotate = () => Deno.renameSync(path, `${path}.1`);
  using file = swapAfterLook(
    path,
    rotate,
    () => openOwn(path, { access: "append", create: 0o640 }),
  );
  assert.equal(file.statSync().size, 0);
});

Deno.test("a file of a site that becomes a pipe when it is opened isn't there", async () => {
  using temp = new TempFolder();
  const path = join(Deno.realPathSync(temp.path), "file");
  Deno.writeTextFileSync(path, "ours");
  const swap = () => {
    Deno.removeSync(path);
    runSync("mkfifo", [path]);
  };
  const site = Deno.realPathSync(temp.path);
  const opening = swapAfterLook(path, swap, () => openSiteFile(site, { path: "file" } as never));
  assert.equal(await opening, undefined);
});

Deno.test({
  name: "a file of a site isn't one that a link above it led to when it was opened",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using temp = new TempFolder();
    const site = Deno.realPathSync(temp.path);
    const [folder, own, elsewhere] = ["package", "own", "elsewhere"].map((at) => join(site, at));
    for (const path of [own!, elsewhere!]) {
      Deno.mkdirSync(path);
      Deno.writeTextFileSync(join(path, "file"), "");
    }
    Deno.symlinkSync(elsewhere!, folder!);
    const open = () => openSiteFile(site, { path: "package/file" } as never);
    const { realPath } = Deno;
    // Once it is open, and its name was looked at, the folder is one again.
    Deno.realPath = (path) => {
      Deno.realPath = realPath;
      Deno.removeSync(folder!);
      Deno.renameSync(own!, folder!);
      return realPath(path);
    };
    try {
      const opened = await open();
      opened?.file.close();
      assert.equal(opened?.info.ino, Deno.statSync(join(folder!, "file")).ino);
    } finally {
      Deno.realPath = realPath;
    }
  },
});

Deno.test("a file of a site is there by each of its names at once, and by a new one", async () => {
  using temp = new TempFolder();
  const site = Deno.realPathSync(temp.path);
  Deno.writeTextFileSync(join(site, "one"), "");
  for (const other of ["two", "three"]) {
    Deno.linkSync(join(site, "one"), join(site, other));
    // Asked anew: the time of its last change is another.
    for (const name of ["one", other]) {
      using file = (await openSiteFile(site, { path: name } as never))!.file;
      const beside = await openSiteFile(site, { path: name === "one" ? other : "one" } as never);
      beside!.file.close();
      assert(file.statSync().isFile);
    }
  }
});

Deno.test("openFolder() opens a folder and waits for no pipe in its place", async () => {
  using temp = new TempFolder();
  openFolder(temp.path).close();
  runSync("mkfifo", [temp.at("pipe")]);
  assert.throws(() => openFolder(temp.at("pipe")), Deno.errors.NotADirectory);
  await assert.rejects(flushDirectory(temp.at("pipe")), /pipe/);
});

Deno.test("a pipe where data should be is named with the command that moves it away", () => {
  using temp = new TempFolder();
  const path = temp.at("it's a pipe");
  runSync("mkfifo", [path]);
  assert.throws(() => crcOfFile(path), (error) => {
    assert(error instanceof StoreError && error.code === "wrong_type");
    assert.match(error.message, /was not opened: it is a pipe$/);
    runSync("sh", ["-euc", error.hint!]);
    return true;
  });
  assert.deepEqual(temp.names(), ["it's a pipe.old"]);
});

Deno.test("openPlain() gives a file of Deno's that reads, appends, and locks", () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("file"), "\ufeffone,");
  Deno.symlinkSync("file", temp.at("link"));
  {
    using file = openPlain(temp.at("link"), { access: "append" });
    assert(file.tryLockSync(true));
    file.writeSync(new TextEncoder().encode("two"));
  }
  assert.equal(readPlainText(temp.at("link")), "\ufeffone,two");
  assert.throws(() => openPlain(temp.at("link"), { follow: false }), /it is a link/);
  assert.throws(() => openPlain(temp.path), Deno.errors.IsADirectory);
  assert.throws(() => openPlain(temp.at("missing")), Deno.errors.NotFound);
  assert.throws(() => openPlain("/dev/null"), /neither a file nor a folder/);
});

Deno.test("nothing in src/ opens or reads a file by Deno's functions that wait for a pipe", async () => {
  const root = join(import.meta.dirname!, "..", "src");
  /** What these read is the program's own, or has just been made; a log may be standard output. */
  const allowed = new Set([
    ...["plain_file.ts", "version.ts", "cli/setup/version_command.ts", "monitoring/log_file.ts"],
    ...["cli/installer/blocked.ts", "cli/installer/config_text.ts", "cli/demo/demo_world.ts"],
  ]);
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isDirectory) await visit(path);
      else if (name.endsWith(".ts") && !allowed.has(path)) {
        const code = (await Deno.readTextFile(join(root, path))).replace(/^\s*(\*|\/\/).*$/gm, "");
        for (const [call] of code.matchAll(/Deno\.(open|read(Text)?File)(Sync)?\([\s\S]{0,160}/g)) {
          // A new file is made, or it is an error: nothing that is there is opened.
          if (!/createNew: true|, options\)/.test(call)) {
            found.push(`${path}: ${call.slice(0, 60)}`);
          }
        }
      }
    }
  };
  await visit("");
  assert.deepEqual(found, []);
});
