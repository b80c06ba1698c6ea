/**
 * Secrets and rights, seen from outside: where a token goes and where it never shows, what modes files
 * get, what the program may not do, and how it fails for a user who may not write.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { pro } from "../../src/demo/profiles.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { binaryPath } from "../support/binary.ts";
import { outcomeOf, run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { assembleModes } from "../support/mode_zip.ts";
import { endOf, programOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { buildZip } from "../support/zip_builder.ts";

const PROFILE = pro({ scale: 0.004, rows: (random) => 20 + Math.floor(random() * 60) });
const TOKEN = "s3cret-token-of-ours";
const ONE_ROW = new TextEncoder().encode("a,b\n1,2\n");
const asRoot = { ignore: Deno.uid() !== 0 };

Deno.test("the token goes to its hub only, and shows nowhere", async () => {
  await using temp = await tempDir();
  await using other = startHub({ kind: "modern", profile: PROFILE });
  await using hub = startHub({ kind: "modern", profile: PROFILE, bytesPerSecond: 200_000 });
  const config = temp.at("config.yaml");
  const logFile = temp.at("sync.log");
  const write = (token: string) =>
    writeConfig(config, {
      url: hub.url,
      localDir: temp.at("data"),
      logFile,
      hub: { token, retries: 1 },
    });
  await write("${DATAHUBSYNC_TOKEN}");
  hub.hub.faults.add({ name: "redirect", to: other.url });
  const env = { DATAHUBSYNC_TOKEN: TOKEN };
  const child = startProgram(["-c", config, "--json", "--verbose"], { env });
  const ps = await Deno.readTextFile(`/proc/${child.pid}/cmdline`);
  const ends = [await endOf(child)];
  assert.equal(ends[0]!.code, 0, ends[0]!.stderr);
  hub.hub.faults.clear();
  for (const name of ["require_auth", "html", "status_500", "redirect_loop"] as const) {
    hub.nextDay();
    hub.hub.faults.add({ name, token: "another", times: Infinity });
    ends.push(await runProgram(["-c", config, "--json", "--verbose"], { env }));
    hub.hub.faults.clear();
  }
  for (const { headers } of hub.hub.requests) {
    assert.equal(headers.get("authorization"), `Bearer ${TOKEN}`);
  }
  assert(other.hub.requests.length > 0, "the redirect was followed");
  for (const { headers } of other.hub.requests) {
    assert(!JSON.stringify([...headers]).includes(TOKEN), "the token left for another origin");
  }
  assert(!ps.includes(TOKEN));
  for (const { stdout, stderr } of ends) assert(!(stdout + stderr).includes(TOKEN));
  for (const [path, content] of await readTree(temp.path)) {
    assert(!new TextDecoder().decode(content).includes(TOKEN), `the token is in ${path}`);
  }
});

for (const umask of ["022", "077", "002", "000", "777", "277"]) {
  Deno.test(`files get the modes that umask ${umask} leaves but nobody else's to write, whatever the package says`, async () => {
    await using temp = await tempDir();
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    hub.hub.setDataset(hub.name, { version: "v1", package: assembleModes() });
    const config = temp.at("config.yaml");
    await writeConfig(config, { url: hub.url, localDir: temp.at("data") });
    const under = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
    const { code, stderr } = await runProgram(["-c", config], { under });
    assert.equal(code, 0, stderr);
    const mask = (parseInt(umask, 8) | (Deno.uid() === 0 ? 0o022 : 0o002)) & ~0o700;
    const modeOf = (path: string) => Deno.lstatSync(temp.at(path)).mode! & 0o7777;
    for (const { name } of Deno.readDirSync(temp.at("data"))) {
      assert.equal(modeOf(`data/${name}`), 0o666 & ~mask, name);
    }
    assert.equal(modeOf("data"), 0o777 & ~mask);
    assert.equal(modeOf(".data.datahubsync"), 0o700);
    for (const { name } of Deno.readDirSync(temp.at(".data.datahubsync"))) {
      assert.equal(modeOf(`.data.datahubsync/${name}`) & 0o077, 0, name);
    }
    const again = await runProgram(["-c", config], { under });
    assert.deepEqual([again.code, again.stderr], [0, ""], "the owner rule takes what it made");
  });
}

Deno.test("the binary's rights hold no program but /usr/bin/sync and /usr/bin/ls, no native code, and no environment but its own", async () => {
  await using temp = await tempDir();
  const probe = temp.at("probe.ts");
  await Deno.writeTextFile(
    probe,
    `const tries = {
      run: () => new Deno.Command("true").outputSync(),
      path: () => new Deno.Command("/usr/bin/true").outputSync(),
      link: () => new Deno.Command(Deno.args[0] + "/sync").outputSync(),
      shell: () => new Deno.Command("sh", { args: ["-c", "/usr/bin/sync"] }).outputSync(),
      preload: () => new Deno.Command("/usr/bin/sync", { env: { LD_PRELOAD: "x" } }).outputSync(),
      ls: () => new Deno.Command("/usr/bin/ls", { env: { LC_ALL: "C.UTF-8" }, clearEnv: true }).outputSync(),
      sync: () => new Deno.Command("/usr/bin/sync", { args: ["-f", Deno.args[0]], clearEnv: true }).outputSync(),
      kill: () => Deno.kill(Deno.ppid, "SIGCONT"),
      ffi: () => Deno.dlopen("libc.so.6", {}),
      env: () => Deno.env.get("SSH_AUTH_SOCK"),
      uname: () => Deno.systemMemoryInfo() && Deno.loadavg(),
    };
    for (const [name, go] of Object.entries(tries)) {
      try { go(); console.log(name, "allowed"); }
      catch (error) { console.log(name, error.name); }
    }`,
  );
  await Deno.symlink("/usr/bin/true", temp.at("sync"));
  const args = ["run", "--quiet", "--no-config", ...permissionFlags(), probe, temp.path];
  // Another program by the same name, found first.
  const env = { PATH: `${temp.path}:${Deno.env.get("PATH")}` };
  const { stdout } = await outcomeOf(Deno.execPath(), args, { env });
  assert.deepEqual(stdout.trim().split("\n"), [
    "run NotCapable",
    "path NotCapable",
    "link NotCapable",
    "shell NotCapable",
    "preload NotCapable",
    "ls allowed",
    "sync allowed",
    "kill NotCapable",
    "ffi NotCapable",
    "env NotCapable",
    "uname NotCapable",
  ]);
});

Deno.test("the binary can give its workers fewer permissions than it has", async () => {
  // The list of the runtime's features that `deno compile` wrote into it.
  const binary = Buffer.from(await Deno.readFile(binaryPath()));
  assert(binary.includes('"features":["worker-options"]'));
});

Deno.test({
  name: "a user without the right to write gets a clear error and exit code 3 (as root)",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    const config = temp.at("config.yaml");
    await writeConfig(config, { url: hub.url, localDir: temp.at("data", "stocks") });
    await Deno.chmod(temp.path, 0o755);
    assert.equal((await runProgram(["-c", config])).code, 0);
    const before = await readTree(temp.path);
    hub.nextDay({ rewritten: 2 });
    const [command] = programOf("release");
    if (command === Deno.execPath()) return; // the sources' cache isn't that user's
    const under = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    const end = await runProgram(["-c", config, "--json"], {
      under,
      env: { HOME: "/nonexistent" },
    });
    assert.equal(end.code, 3, end.stdout + end.stderr);
    assert.match(end.stderr, /permission denied|not permitted/i);
    assert.match(end.stderr, /hint: /);
    assertSameTree(await readTree(temp.path), before);
  },
});

Deno.test({
  name: "a data folder that its owner can't list is an error before there is news (as root)",
  ...asRoot,
  async fn(t) {
    const [command] = programOf("release");
    if (command === Deno.execPath()) return; // the sources' cache isn't that user's
    const user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    for (const folder of ["", "deep/er"]) {
      for (const mode of [0o311, 0o644, 0o000]) {
        await t.step(`${folder || "data"} ${mode.toString(8)}`, async () => {
          await using temp = await tempDir();
          await Deno.chown(temp.path, 65534, 65534);
          await Deno.chmod(temp.path, 0o755);
          const config = temp.at("config.yaml");
          const package_ = buildZip([{
            path: `${folder}/a.csv`.replace(/^\//, ""),
            content: ONE_ROW,
          }]);
          hub.hub.setDataset(hub.name, { version: "v1", package: package_ });
          await writeConfig(config, {
            url: hub.url,
            localDir: temp.at("data"),
            dataset: { strip_prefix: "" },
          });
          const sync = () =>
            runProgram(["-c", config], { under: user, env: { HOME: "/nonexistent" } });
          assert.equal((await sync()).code, 0);
          const closed = temp.at("data", folder);
          await Deno.chmod(closed, mode);
          const end = await sync();
          assert.equal(end.code, 3, end.stdout + end.stderr);
          assert.match(end.stderr, /can't list the folder .*: permission denied/i);
          const remedy = /^hint: .*: (chmod .*)$/m.exec(end.stderr)?.[1];
          assert.equal(remedy, `chmod u+rwx ${closed}`);
          const [setpriv, ...rest] = user;
          await run(setpriv!, [...rest, "sh", "-c", remedy!]);
          const again = await sync();
          assert.equal(again.code, 0, again.stderr);
        });
      }
    }
  },
});

Deno.test("a configuration that can't be read is exit code 2", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("config.yaml"), "hub: [");
  const end = await runProgram(["-c", temp.at("config.yaml")]);
  assert.equal(end.code, 2, end.stderr);
});
