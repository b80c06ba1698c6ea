/**
 * What the runtime refuses before the program begins, so that no message of the program's own can say
 * it: a current folder that was removed, arguments that aren't UTF-8, a limit on address space, and a
 * chroot without /proc. Nothing is made then, what
 * docs/troubleshooting.md quotes is what is printed, and its remedies work.
 */
import assert from "node:assert/strict";
import { binaryPath } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { has, installed } from "../support/installed.ts";
import { missingFor } from "../support/rootfs.ts";
import { tempDir } from "../support/temp.ts";

const ready = installed("bash") && has(Deno.build.os === "linux", "Linux");

async function bash(script: string, cwd: string): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", binaryPath()],
    cwd,
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "a removed current folder ends before the program, makes nothing, and `cd` helps",
  ignore: !ready,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    await Deno.writeTextFile(
      temp.at("config.yaml"),
      `hub: {url: "${hub.url}"}\ndatasets: [{name: bars, local_dir: ./data}]\n`,
    );
    const sync = `"$1" sync -c '${temp.at("config.yaml")}'`;
    const gone = await bash(`mkdir gone && cd gone && rmdir ../gone; ${sync}`, temp.path);
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /No such file or directory \(os error 2\)/);
    assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
    const again = await bash(`mkdir gone && cd gone && rmdir ../gone; cd / && ${sync}`, temp.path);
    assert.deepEqual(again, { code: 0, stderr: "" });
  },
});

Deno.test({
  name: "an argument that isn't UTF-8 ends before the program, makes nothing, and a new name helps",
  ignore: !ready,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    const text = `hub: {url: "${hub.url}"}\ndatasets: [{name: bars, local_dir: ./data}]\n`;
    await Deno.writeTextFile(temp.at("config.yaml"), text);
    // 配置 in GBK.
    const name = "$'\\xc5\\xe4\\xd6\\xc3.yaml'";
    const refused = await bash(`mv config.yaml ${name} && "$1" sync -c ${name}`, temp.path);
    assert.equal(refused.code, 101);
    assert.match(refused.stderr, /panicked at/);
    assert.equal((await bash('test "$(ls -A | wc -l)" = 1', temp.path)).code, 0);
    const renamed = await bash(`mv ${name} 配置.yaml && "$1" sync -c 配置.yaml`, temp.path);
    assert.deepEqual(renamed, { code: 0, stderr: "" });
  },
});

Deno.test({
  name:
    "a variable that isn't UTF-8 is named, without a stack; a language that isn't is no language",
  ignore: !ready,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    const text = `hub: {url: "${hub.url}", token: "\${DATAHUBSYNC_TOKEN}"}\n` +
      "datasets: [{name: bars, local_dir: ./data}]\n";
    await Deno.writeTextFile(temp.at("config.yaml"), text);
    const given = (name: string) => `env -u LANG ${name}=$'\\xc5\\xe4' "$1" sync -c config.yaml`;
    const refused = await bash(given("DATAHUBSYNC_TOKEN"), temp.path);
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /^error: the environment variable DATAHUBSYNC_TOKEN isn't UTF-8 text\nhint: set it in UTF-8/,
    );
    assert.doesNotMatch(refused.stderr, /bug/);
    assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
    const token = "export DATAHUBSYNC_TOKEN=abc; ";
    for (const name of ["LC_ALL", "LC_MESSAGES", "LANG"]) {
      const done = await bash(token + given(name), temp.path);
      assert.deepEqual(done, { code: 0, stderr: "" });
    }
  },
});

Deno.test({
  name: "a limit on address space ends before the program, makes nothing, and lifting it helps",
  ignore: !ready,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    const text = `hub: {url: "${hub.url}"}\ndatasets: [{name: bars, local_dir: ./data}]\n`;
    await Deno.writeTextFile(temp.at("config.yaml"), text);
    const sync = '"$1" sync -c config.yaml';
    const refused = await bash(`ulimit -c 0; ulimit -Sv 4000000; ${sync}; exit $?`, temp.path);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /Fatal process out of memory/);
    assert.match(refused.stderr, /Trace\/breakpoint trap/);
    assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
    const lifted = await bash(
      `ulimit -Sv 4000000; ulimit -v unlimited; ${sync}; exit $?`,
      temp.path,
    );
    assert.deepEqual(lifted, { code: 0, stderr: "" });
  },
});

Deno.test({
  name: "a root without /proc ends before the program, makes nothing, and mounting it helps",
  ignore: missingFor("mount", "umount") !== undefined,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    const text = `hub: {url: "${hub.url}"}\ndatasets: [{name: bars, local_dir: ./data}]\n`;
    await Deno.writeTextFile(temp.at("config.yaml"), text);
    const sync = '"$1" sync -c config.yaml';
    const within = (script: string) =>
      bash(
        `unshare -m -p -f bash -c 'umount -l /proc; ${script}' bash "$1"`,
        temp.path,
      );
    const refused = await within(sync);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no \/proc\/self\/exe available/);
    assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
    const mounted = await within(`mount -t proc proc /proc; ${sync}`);
    assert.deepEqual(mounted, { code: 0, stderr: "" });
  },
});
