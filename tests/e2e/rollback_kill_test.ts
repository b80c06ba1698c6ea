/**
 * The program is killed at every step of a rollback: a reader finds one of the two versions whole, the
 * next command finishes or does it again, and the list of changes loses nothing.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROLLBACK_STEPS } from "../../src/store/snapshot/rollback.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { PackedSite } from "../support/site.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { assertSameTree, compareTrees, readTree, type Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";

function day(number: number): Tree {
  const files = {
    "grows.csv": "2026-11-23,1.00\n".repeat(10 + number),
    "other.csv": `of day ${number}\n`,
    "same.csv": "1\n",
    [`only_on/day${number}.csv`]: "1\n",
  };
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

const DATASET = { changes: true, keep_versions: 3 };

/** A configuration that keeps versions of the site's dataset, and what runs the program with it. */
async function snapshotOf(site: PackedSite, temp: TempDir) {
  const [config, localDir] = [temp.at("config.yaml"), temp.at("data")];
  await writeConfig(config, { url: site.url, localDir, publish: "snapshot", dataset: DATASET });
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProgram([...args, "-c", config], { build: "test" });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  return { config, localDir, run };
}

for (const step of ROLLBACK_STEPS) {
  Deno.test(`a rollback that is killed when it has ${step.replace("_", " ")} leaves one version whole, and is done again`, async () => {
    await using temp = await tempDir();
    await using site = await PackedSite.make(NAME);
    const { config, localDir, run } = await snapshotOf(site, temp);
    for (const number of [0, 1]) {
      await site.publish(day(number));
      await run("sync", "-q");
    }
    await run("changes", "--done", (await run("changes", "--last")).trim());

    const child = startProgram(["rollback", NAME, "-c", config], {
      build: "test",
      env: { DATAHUBSYNC_TEST_STOP: step },
    });
    const { signal, stderr } = await endOf(child, {
      onErr: (text) => text.includes(`stopped at ${step}`) && child.kill("SIGKILL"),
    });
    assert.equal(signal, "SIGKILL", stderr);
    const switched = ROLLBACK_STEPS.indexOf(step) >= ROLLBACK_STEPS.indexOf("switched");
    assertSameTree(await readTree(localDir), day(switched ? 0 : 1));

    // The pin goes first, so that no sync brings back what was to be left.
    await site.publish(day(2));
    const synced = await runProgram(["sync", "-c", config, "--json"], { build: "test" });
    const [{ error, hint }] = JSON.parse(synced.stdout).results;
    const status = await runProgram(["status", "--offline", "-c", config], { build: "test" });
    // What is said is so at this step, and so is what the files are compared with.
    const unreached = "pinned to version 000001, but 000002 is still live, " +
      "since the change to it was cut short";
    assert.equal(error, `${switched ? "pinned to version 000001" : unreached}: not synced`);
    const chinese = ["status", "--offline", "--lang", "zh", "-c", config];
    const seen = await runProgram(chinese, { build: "test" });
    assert.equal(status.stdout.includes("is still live"), !switched, status.stdout);
    assert.equal(seen.stdout.includes("当前仍是 000002"), !switched, seen.stdout);
    const alone = temp.at("alone.yaml");
    const nowhere = `http://127.0.0.1:${CLOSED_PORT}`;
    await writeConfig(alone, { url: nowhere, localDir, publish: "snapshot", dataset: DATASET });
    const whole = await runProgram(["verify", "-c", alone, "--json"], { build: "test" });
    assert.equal(whole.code, 0, whole.stdout + whole.stderr);
    // It isn't the newest, so nobody is asked.
    assert.equal(JSON.parse(whole.stdout).results[0].note, undefined);
    const live = await readTree(localDir);
    assertSameTree(live, day(switched ? 0 : 1));

    if (switched) assert.match(hint, / pin \S+ --off/);
    else assert.match(hint, / pin \S+ 000001.* pin \S+ --off/);
    await run("pin", NAME, "000001"); // what `sync` proposes
    assertSameTree(await readTree(localDir), day(0));
    const verified = await runProgram(["verify", "--offline", "-c", config], { build: "test" });
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    // Whoever loads by the list ends with the day that is live.
    const lines = (await run("changes")).trim().split("\n").map((line) => JSON.parse(line));
    const loaded = new Map(day(1));
    for (const { path, kind } of lines) {
      if (kind === "removed") loaded.delete(path);
      else loaded.set(path, await Deno.readFile(join(localDir, path)));
    }
    assert.deepEqual(compareTrees(loaded, day(0)), []);

    await run("pin", NAME, "--off");
    await run("sync", "-q");
    assertSameTree(await readTree(localDir), day(2));
    assert.equal(await run("sync", "-q"), "");
  });
}

for (const step of ROLLBACK_STEPS) {
  Deno.test(`a rollback that is killed when it has ${step.replace("_", " ")} goes no further when it is typed again`, async () => {
    await using temp = await tempDir();
    await using site = await PackedSite.make(NAME);
    const { config, localDir, run } = await snapshotOf(site, temp);
    for (const number of [0, 1, 2]) {
      await site.publish(day(number));
      await run("sync", "-q");
    }
    const child = startProgram(["rollback", NAME, "-c", config], {
      build: "test",
      env: { DATAHUBSYNC_TEST_STOP: step },
    });
    await endOf(child, {
      onErr: (text) => text.includes(`stopped at ${step}`) && child.kill("SIGKILL"),
    });
    assert.match(await run("rollback", NAME), /^\S+: 000002 .* is live and pinned/);
    assertSameTree(await readTree(localDir), day(1));
    const verified = await run("verify", "--offline");
    assert.match(verified, /✓/);
    assert.match(await run("rollback", NAME), /^\S+: 000001 .* is live and pinned/);
    assertSameTree(await readTree(localDir), day(0));
  });
}
