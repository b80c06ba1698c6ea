/** What commands do without is gone when they have begun, in the process as it runs for users. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { notNeededBy, type Permission } from "../../src/cli/give_up.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { runProgram } from "../../src/cli/run_program.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { configFor } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { ROOT } from "../support/sources.ts";

Deno.test("notNeededBy() knows commands that there are, and takes nothing from those that sync", () => {
  const names = buildProgram(fakeTerminal(), () => {}).commands.map((command) => command.name());
  for (const name of ["status", "list", "report", "paths", "version"]) {
    assert(names.includes(name) && notNeededBy(name).length > 0, name);
  }
  for (const name of ["sync", "verify", "demo"]) assert.deepEqual(notNeededBy(name), [], name);
  for (const name of ["check", "init", "notify", "serve"]) {
    assert.deepEqual(notNeededBy(name), ["run"], name);
  }
  for (const name of ["convert", "pack"]) assert.deepEqual(notNeededBy(name), ["sync"], name);
  assert.deepEqual(notNeededBy("status", { offline: true }), ["net", "run", "write"]);
});

Deno.test("runProgram() gives up before the command begins", async () => {
  const given: (readonly Permission[])[] = [];
  const terminal = fakeTerminal();
  await runProgram(["version"], terminal, {
    giveUp: (permissions) => {
      assert.equal(terminal.stdout(), "");
      given.push(permissions);
    },
  });
  assert.deepEqual(given, [["net", "run", "write"]]);
});

for (
  const { words, lacks } of [
    { words: ["status"], lacks: ["sync", "ls", "write"] },
    { words: ["status", "--offline"], lacks: ["net", "sync", "ls", "write"] },
    { words: ["list"], lacks: ["sync", "ls", "write"] },
    { words: ["report", "--output", "report.html"], lacks: ["net", "sync", "ls"] },
    { words: ["pack", ".", "--output", "../site"], lacks: ["sync"] },
  ]
) {
  Deno.test(`${words.join(" ")} does its work without ${lacks.join(" and ")}`, async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    await Deno.writeTextFile(temp.at("config.yaml"), configFor(hub.url, [hub.name]));
    const run = JSON.stringify(join(ROOT, "src/cli/run.ts"));
    await Deno.writeTextFile(
      temp.at("probe.ts"),
      `const { run } = await import(${run});
      const code = await run(Deno.args);
      const needed = (command) => {
        const { state } = Deno.permissions.querySync({ name: "run", command });
        if (state !== "granted") throw new Deno.errors.NotCapable();
      };
      const tries = {
        net: () => Deno.listen({ port: 0 }),
        sync: () => needed("/usr/bin/sync"),
        ls: () => needed("/usr/bin/ls"),
        write: () => Deno.writeTextFileSync("written", ""),
      };
      const lacks = Object.entries(tries).filter(([, go]) => {
        try { return void go(); } catch (error) { return error.name === "NotCapable"; }
      });
      console.error(JSON.stringify({ code, lacks: lacks.map(([name]) => name) }));
      Deno.exit();`,
    );
    const { stdout, stderr } = await outcomeOf(
      Deno.execPath(),
      ["run", "--quiet", "--no-check", "--config", join(ROOT, "deno.json")]
        .concat([...permissionFlags(), temp.at("probe.ts"), ...words]),
      { cwd: temp.path, env: { NO_PROXY: "*" } },
    );
    const last = stderr.trimEnd().split("\n").at(-1)!;
    assert.deepEqual(JSON.parse(last), { code: 0, lacks }, stderr);
    assert(stdout.length > 0);
  });
}
