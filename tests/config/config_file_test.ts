/** loadConfig(): the file on its disk: its name, its encoding, links to its folders, and logs that aren't files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load_config.ts";
import { run } from "../support/command.ts";
import { DATA, HUB } from "./cases.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("loadConfig() names the file relative to the current folder", async () => {
  await inFolder(async (cwd) => {
    await Deno.writeTextFile(join(cwd, "config.yaml"), HUB + "  tiemout: 3\n" + DATA);
    const expected = /^config.yaml:3:3: /;
    await assert.rejects(loadConfig(join(cwd, "config.yaml"), { cwd }), { message: expected });
    await assert.rejects(loadConfig("none.yaml", { cwd }), {
      message: /^none.yaml: there is no such file$/,
    });
    await assert.rejects(loadConfig(cwd, { cwd: "/" }), { message: /found a folder$/ });
  });
});

Deno.test("loadConfig() names another encoding and the place of its first letter", async () => {
  await inFolder(async (cwd) => {
    const ascii = new TextEncoder().encode(HUB + "  # ");
    const file = join(cwd, "config.yaml");
    await Deno.writeFile(file, new Uint8Array([...ascii, 0xca, 0xfd, 0xbe, 0xdd, 0x0a]));
    await assert.rejects(loadConfig(file, { cwd }), { message: /^config.yaml:3:5: .*GBK.*iconv/ });
    await Deno.writeFile(file, new Uint8Array([0xff, 0xfe, 0x68, 0]));
    await assert.rejects(loadConfig(file, { cwd }), { message: /UTF-16/ });
  });
});

Deno.test("loadConfig() takes a dataset whose folder is a link to its live snapshot", async () => {
  await inFolder(async (cwd) => {
    await Deno.mkdir(join(cwd, ".x.datahubsync/versions/000001"), { recursive: true });
    await Deno.symlink(".x.datahubsync/versions/000001", join(cwd, "x"));
    const file = join(cwd, "config.yaml");
    const text =
      "hub: { url: http://h }\ndatasets:\n  - { name: a, local_dir: x, publish: snapshot }\n";
    await Deno.writeTextFile(file, text);
    assert.equal((await loadConfig(file, { cwd })).datasets[0]?.localDir, join(cwd, "x"));
  });
});

Deno.test("loadConfig() sees through links that two datasets share a folder, or one has the system's", async () => {
  await inFolder(async (cwd) => {
    await Deno.mkdir(join(cwd, "real"));
    await Deno.symlink("real", join(cwd, "link"));
    const file = join(cwd, "config.yaml");
    const text =
      `${HUB}datasets:\n  - {name: a, local_dir: real/x}\n  - {name: b, local_dir: link}\n`;
    await Deno.writeTextFile(file, text);
    await assert.rejects(loadConfig(file, { cwd }), {
      message: /^config.yaml:5:26: .*one that contains that of dataset "a" .*config.yaml:4:26\)$/,
    });
    await Deno.symlink("/etc", join(cwd, "system"));
    await Deno.writeTextFile(file, text.replace("real/x", "system"));
    await assert.rejects(loadConfig(file, { cwd }), {
      message: /:4:26: .*"\/etc", where a package/,
    });
    await Deno.writeTextFile(file, text.replace("real/x", "other"));
    assert.equal((await loadConfig(file, { cwd })).datasets[1]?.localDir, join(cwd, "link"));
  });
});

Deno.test("loadConfig() refuses a log on which a run would wait, or that it would destroy", async () => {
  await inFolder(async (cwd) => {
    const file = join(cwd, "config.yaml");
    const write = (log: string): Promise<void> =>
      Deno.writeTextFile(file, `${HUB}${DATA}logging:\n  file: ${log}\n`);
    await run("mkfifo", [join(cwd, "pipe")]);
    await Deno.symlink("pipe", join(cwd, "link"));
    using _listener = Deno.listen({ transport: "unix", path: join(cwd, "socket") });
    const wrong: [log: string, found: string][] = [
      ["pipe", "a named pipe, on which a run would wait for a reader"],
      ["link", "a named pipe, on which a run would wait for a reader"],
      ["socket", "a socket"],
    ];
    for (const [log, found] of wrong) {
      await write(log);
      await assert.rejects(loadConfig(file, { cwd }), {
        name: "ConfigError",
        message: "config.yaml:7:9: `logging.file`: expected a file for the log, found " +
          `${found}: ${join(cwd, log)}; name a file, or /dev/stdout for a program that reads along`,
      });
    }
    await Deno.mkdir(join(cwd, "folder"));
    await Deno.symlink("/dev/null", join(cwd, "nothing"));
    for (const log of ["new.log", "config.yaml", "/dev/null", "/dev/stdout", "nothing", "folder"]) {
      await write(log);
      assert.equal((await loadConfig(file, { cwd })).logging.file?.endsWith(log), true, log);
    }
  });
});

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const folder = await Deno.realPath(temp.path);
  await run(folder);
}
