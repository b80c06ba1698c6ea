/** `datahubsync verify`: what it asks, and what it shows. */
import assert from "node:assert/strict";
import { statusCommand } from "../../src/cli/status/status_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { verifyCommand } from "../../src/cli/data/verify_command.ts";
import { readBack } from "../../src/messages/read_back.ts";
import { historyPathFor, readHistory } from "../../src/monitoring/history.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { FilesHub } from "../support/files_hub.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub, type TestHubOptions } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { dirname } from "node:path";

/** A configuration whose first hub is gone. */
async function place(options: TestHubOptions = {}) {
  const temp = await tempDir();
  const hub = startHub(options);
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `hub: {url: ["http://127.0.0.1:${CLOSED_PORT}", "${hub.url}"], retries: 0}\n` +
      `datasets: [{name: ${hub.name}, local_dir: ./data}]\n`,
  );
  return {
    hub,
    config,
    data: temp.at("data"),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

Deno.test("verifyCommand() asks the next hub where the first doesn't answer", async () => {
  await using at = await place();
  const terminal = fakeTerminal();
  const found = await verifyCommand([], { config: at.config }, terminal);
  assert.equal(found, 3);
  const count = at.hub.dataset.files.length;
  assert.match(terminal.stdout(), new RegExp(`✗ .* ${count} missing, 0 damaged, 0 extra\\n`));
  assert.equal(await verifyCommand([], { config: at.config, repair: true }, fakeTerminal()), 0);
});

Deno.test("verifyCommand() compares with the record where the hub is away, and says so", async () => {
  await using at = await place();
  const { config, data } = at;
  const verify = async (more: { repair?: boolean } = {}) => {
    const terminal = fakeTerminal();
    const code = await verifyCommand([], { config, json: true, ...more }, terminal);
    return { code, ...JSON.parse(terminal.stdout()).results[0] };
  };
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const asked = await verify();
  assert.deepEqual([asked.code, asked.note], [0, undefined]);
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace(at.hub.url, `http://127.0.0.2:${CLOSED_PORT}`));
  const note = /^compared with what was recorded when the files were placed: .* can't be reached/;
  const alone = await verify();
  assert.deepEqual([alone.code, alone.ok, alone.damaged], [0, true, []]);
  assert.match(alone.note, note);
  assert.match(readBack(alone.note, "zh"), /^已与文件放置时的记录核对：无法连接 /);
  const terminal = fakeTerminal();
  assert.equal(await verifyCommand([], { config }, terminal), 0);
  assert.match(terminal.stdout(), /^✓ .* 0 missing, 0 damaged, 0 extra\nnote: compared with /);
  // What is damaged is found, and isn't repaired without the hub.
  const [path] = [...at.hub.tree().keys()];
  await Deno.writeTextFile(`${data}/${path}`, "damaged");
  const found = await verify();
  assert.deepEqual([found.code, found.damaged, found.error], [3, [path], null]);
  const repair = await verify({ repair: true });
  assert.deepEqual([repair.code, repair.damaged, repair.repaired], [3, [path], 0]);
  assert.match(repair.error, /can't be reached/);
});

Deno.test("verifyCommand() compares with the record where the hub sends whole packages only, and repairs", async () => {
  await using at = await place({ kind: "no_ranges" });
  const { config, data } = at;
  const verify = async (repair: boolean) => {
    const terminal = fakeTerminal();
    const code = await verifyCommand([], { config, json: true, repair }, terminal);
    return { code, ...JSON.parse(terminal.stdout()).results[0] };
  };
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const sound = await verify(false);
  assert.deepEqual([sound.code, sound.ok, sound.error], [0, true, null]);
  assert.match(sound.note, /^compared with what was recorded .*answered a range with the whole/);
  const [[path, content]] = [...at.hub.tree()] as [[string, Uint8Array]];
  await Deno.writeTextFile(`${data}/${path}`, "damaged");
  const found = await verify(false);
  assert.deepEqual([found.code, found.damaged, found.error], [3, [path], null]);
  const repaired = await verify(true);
  assert.deepEqual([repaired.code, repaired.damaged, repaired.repaired], [0, [path], 1]);
  assert.deepEqual(await Deno.readFile(`${data}/${path}`), content);
});

Deno.test("verifyCommand() says that the hub is away where nothing was recorded", async () => {
  await using at = await place();
  const { config } = at;
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace(at.hub.url, `http://127.0.0.2:${CLOSED_PORT}`));
  await assert.rejects(verifyCommand([], { config }, fakeTerminal()), /can't be reached/);
});

Deno.test("verifyCommand() writes a repair into the history as the sync that it was, and nothing else", async () => {
  await using at = await place();
  const { config, hub } = at;
  const path = historyPathFor(config);
  await Deno.writeTextFile(config, `metrics: {textfile: ./metrics.prom}\n`, { append: true });
  const verify = (repair: boolean) => verifyCommand([], { config, repair }, fakeTerminal());
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const before = await readHistory(path);
  const [first, second] = [...hub.tree().keys()].map((name) => `${at.data}/${name}`);
  await Deno.writeTextFile(first!, "damaged");
  await Deno.remove(second!);
  assert.equal(await verify(false), 3);
  assert.deepEqual(await readHistory(path), before, "looking is no run");
  assert.equal(await verify(true), 0);
  assert.equal(await verify(true), 0);
  const [repair, ...more] = (await readHistory(path)).slice(before.length);
  assert.deepEqual(more, [], "nothing was to be fixed the second time");
  assert(repair !== undefined);
  const { dataset, outcome, success, version, versionBefore, entries, fetched, hub: asked } =
    repair;
  assert.deepEqual({ dataset, outcome, success, version, versionBefore, entries, fetched, asked }, {
    dataset: hub.name,
    outcome: "success",
    success: true,
    version: hub.dataset.version,
    versionBefore: hub.dataset.version,
    entries: hub.dataset.files.length,
    fetched: 2,
    asked: before.at(-1)!.hub,
  });
  assert(Date.parse(repair.at) >= Date.parse(before.at(-1)!.at));
  // What is made of the history counts it as a run that went well.
  const terminal = fakeTerminal();
  await statusCommand({ config, json: true }, terminal);
  const [row] = JSON.parse(terminal.stdout()).datasets;
  assert.deepEqual([row.last_outcome, row.last_attempt], ["success", repair.at]);
  const metrics = await Deno.readTextFile(`${dirname(config)}/metrics.prom`);
  assert.match(metrics, /^datahubsync_syncs_total\{.*outcome="success".*\} 2$/m);
});

Deno.test("verifyCommand() shows no file's name as more than one harmless line", async () => {
  await using at = await place();
  await Deno.mkdir(at.data);
  await Deno.writeTextFile(`${at.data}/\x1b[31mevil\n✓ fine\u202e`, "");
  const terminal = fakeTerminal();
  await verifyCommand([], { config: at.config }, terminal);
  assert.match(terminal.stdout(), /^ {2}extra {4}\[31mevil ✓ fine$/m);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.stdout(), /[\x1b\u202e]/);
});

/** Disks that can't hold a file, and which. */
const LEFT_OUT: Record<string, { fault: string; name: string; other: string; why: RegExp }> = {
  "a name that it refuses": {
    fault: "create=EILSEQ@*ST.csv",
    name: "*ST.csv",
    other: "a.csv",
    why: /exclude: \['\\\*ST\.csv'\]/,
  },
  "two names that it takes for one": {
    fault: "fold_case",
    name: "SH.csv",
    other: "sh.csv",
    why: /exclude: \['SH\.csv'\]/,
  },
  "a short name": {
    fault: "short_names",
    name: "DAILYQ~1.CSV",
    other: "daily quotes.csv",
    why: /exclude: \['DAILYQ~1\.CSV'\]/,
  },
};

for (const [what, { fault, name, other, why }] of Object.entries(LEFT_OUT)) {
  Deno.test({
    name: `verifyCommand() proposes no repair of what the disk can't hold: ${what}`,
    ignore: !canBeFaulty(),
    async fn() {
      await using ground = await mountFaulty(fault);
      await using hub = FilesHub.of({ [other]: "other", [name]: "left out", "z.csv": "z" });
      await using temp = await tempDir();
      const config = temp.at("config.yaml");
      await Deno.writeTextFile(
        config,
        `hub: {url: "${hub.url}", retries: 0}\n` +
          `datasets: [{name: d, local_dir: "${ground.at("d")}"}]\n`,
      );
      const synced = fakeTerminal();
      assert.equal(await syncCommand({ config, json: true }, synced), 3);
      assert.deepEqual(JSON.parse(synced.stdout()).results[0].left_out, [name]);
      const looked = fakeTerminal();
      assert.equal(await verifyCommand([], { config }, looked), 3);
      assert.match(looked.stdout(), /0 missing, 0 damaged, 0 extra, 1 that this disk can't hold/);
      assert.match(looked.stdout(), why);
      assert.doesNotMatch(looked.stdout(), /--repair/);
      assert(looked.stdout().includes(`  left out ${name}\n`), looked.stdout());
      // Beside a file that a repair does bring back, both remedies are there.
      await Deno.remove(ground.at("d", "z.csv"));
      const both = fakeTerminal();
      assert.equal(await verifyCommand([], { config }, both), 3);
      assert.match(both.stdout(), why);
      assert.match(
        both.stdout(),
        /hint: to fetch what is missing or damaged: .* verify d --repair/,
      );
      const json = fakeTerminal();
      assert.equal(await verifyCommand([], { config, repair: true, json: true }, json), 3);
      const [repaired] = JSON.parse(json.stdout()).results;
      assert.deepEqual([repaired.missing, repaired.left_out, repaired.repaired], [
        ["z.csv"],
        [name],
        1,
      ]);
      assert.equal(await Deno.readTextFile(ground.at("d", "z.csv")), "z");
      // The remedy, typed.
      const [glob] = /'(.*)'/.exec(why.exec(looked.stdout())![0])!.slice(1);
      const text = await Deno.readTextFile(config);
      await Deno.writeTextFile(config, text.replace("}]", `, exclude: ['${glob}']}]`));
      assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
      assert.equal(await verifyCommand([], { config }, fakeTerminal()), 0);
    },
  });
}
