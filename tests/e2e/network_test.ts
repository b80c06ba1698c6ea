/**
 * The program over a bad way to the hub: long, narrow, dropped, silent, dark; as a TCP proxy makes it,
 * and as a real link between two network namespaces does that is taken down and up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { pro } from "../../src/demo/profiles.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { startHub } from "../support/hub.ts";
import { Link, namespacesWork } from "../support/link.ts";
import { FaultyProxy, type ProxyOptions } from "../support/proxy.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { pause, until } from "../support/until.ts";

/** Some 100 files and 2 MB packed. */
const PROFILE = pro({ scale: 0.02, rows: (random) => 100 + Math.floor(random() * 100) });

const WAYS: Record<string, ProxyOptions> = {
  "of 200 ms each way": { delayMs: 200 },
  "of 400 KB a second": { bytesPerSecond: 400 << 10, delayMs: 20 },
  "that drops one connection in twenty": { dropShare: 0.05, within: 1 << 19 },
  "that drops half of the connections": { dropShare: 0.5, within: 1 << 19 },
  "on which one connection in five falls silent": { stallShare: 0.2, within: 1 << 19, seed: 3 },
};

for (const [what, way] of Object.entries(WAYS)) {
  Deno.test(`sync ends in the hub's tree over a way ${what}`, async () => {
    await using temp = await tempDir();
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    await using proxy = new FaultyProxy(hub.url, way);
    const localDir = temp.at("data");
    const config = temp.at("config.yaml");
    const retries = 20;
    await writeConfig(config, { url: proxy.url, localDir, hub: { timeout: 2, retries } });
    for (let day = 0; day < 2; day++) {
      const end = await runProgram(["-c", config, "--json"]);
      assert.equal(end.code, 0, end.stdout + end.stderr);
      assertSameTree(await readTree(localDir), hub.tree());
      hub.nextDay({ rewritten: 20 });
    }
  });
}

Deno.test("sync goes on where it was when the way was dark for longer than hub.timeout", async () => {
  await using temp = await tempDir();
  await using hub = startHub({ kind: "modern", profile: PROFILE, bytesPerSecond: 1 << 20 });
  await using proxy = new FaultyProxy(hub.url);
  const localDir = temp.at("data");
  const config = temp.at("config.yaml");
  const patience = { timeout: 1, retries: 10 };
  await writeConfig(config, { url: proxy.url, localDir, hub: patience });
  const end = endOf(startProgram(["-c", config, "--json"]));
  await until(() => proxy.bytesDown >= 400_000);
  proxy.goDark();
  await pause(3000);
  proxy.comeBack();
  const { code, stdout, stderr } = await end;
  assert.equal(code, 0, stdout + stderr);
  assertSameTree(await readTree(localDir), hub.tree());
  // What was in the proxy when it went dark is sent twice; what had arrived isn't.
  assert(hub.hub.bytesSent("/package/") < hub.package.length * 2);
});

Deno.test("sync ends in a clear error when the way stays dark, and the next run goes on", async () => {
  await using temp = await tempDir();
  await using hub = startHub({ kind: "modern", profile: PROFILE, bytesPerSecond: 1 << 20 });
  await using proxy = new FaultyProxy(hub.url);
  const localDir = temp.at("data");
  const config = temp.at("config.yaml");
  await writeConfig(config, { url: proxy.url, localDir, hub: { timeout: 4, retries: 1 } });
  const end = endOf(startProgram(["-c", config, "--json"]));
  await until(() => proxy.bytesDown >= 900_000);
  proxy.goDark();
  const { code, stdout, stderr } = await end;
  assert.equal(code, 3, stdout + stderr);
  assert.match(stderr, /no byte came for 4 s[^]*hint: /);
  assert.equal((await readTree(localDir)).size, 0);
  proxy.comeBack();
  hub.hub.requests.length = 0;
  assert.equal((await runProgram(["-c", config, "--json"])).code, 0);
  assertSameTree(await readTree(localDir), hub.tree());
  assert(hub.hub.bytesSent("/package/") < hub.package.length - 300_000, "it began again");
});

Deno.test({
  name: "sync goes on when the link between two machines goes down and up (as root)",
  ignore: !await namespacesWork(),
  async fn() {
    await using temp = await tempDir();
    await using link = await Link.make();
    const hub = startHub({ profile: PROFILE });
    const { tree, package: bytes } = { tree: hub.tree(), package: hub.package };
    await hub[Symbol.asyncDispose]();
    await Deno.writeFile(temp.at("package.zip"), bytes);
    const [command, ...args] = [
      ...link.under("hub"),
      ...[Deno.execPath(), "run", "-A", "--no-check", "--quiet"],
      `${import.meta.dirname}/hub_process.ts`,
      temp.at("package.zip"),
    ];
    const server = new Deno.Command(command!, { args, stdin: "piped", stdout: "piped" }).spawn();
    const output = server.stdout.getReader();
    try {
      await output.read(); // it listens
      const localDir = temp.at("data");
      const config = temp.at("config.yaml");
      const patience = { timeout: 1, retries: 20 };
      await writeConfig(config, { url: "http://10.213.0.1:8080", localDir, hub: patience });
      const under = link.under("client");
      let over = false;
      const end = endOf(
        startProgram(["-c", config, "--json"], { under, env: { NO_PROXY: "10.213.0.1" } }),
      ).finally(() => over = true);
      const partial = temp.at(".data.datahubsync", "partial");
      await until(async () =>
        over || ((await Deno.stat(partial).catch(() => undefined))?.size ?? 0) >= 300_000
      );
      await link.set("down");
      await pause(2500);
      await link.set("up");
      const { code, stdout, stderr } = await end;
      assert.equal(code, 0, stdout + stderr);
      assertSameTree(await readTree(localDir), tree);
    } finally {
      server.kill("SIGKILL");
      await server.stdin.close().catch(() => {});
      await output.cancel();
      await server.status;
    }
  },
});
