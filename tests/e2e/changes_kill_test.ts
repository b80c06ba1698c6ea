/**
 * The program is killed at every step of a publish while a list of changes is kept: no change is
 * lost, whether somebody reads and confirms the list between the kill and the next run or not.
 */
import assert from "node:assert/strict";
import { PUBLISH_STEPS } from "../../src/store/publish/publish.ts";
import { SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, type Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
/** After the publish, before and after the version is recorded. */
const AFTERWARDS = ["published", "recorded"];

/** Days that differ by rows appended, a file rewritten, one new and one gone. */
function day(number: number): Tree {
  const rows = (count: number): string => "2026-11-23,1.00\n".repeat(count);
  return new Map(
    Object.entries({
      "grows.csv": rows(10 + number),
      "grows/too.csv": rows(20 + 2 * number),
      "other.csv": `of day ${number}\n${rows(5)}`,
      "same.csv": rows(3),
      [`only_on/day${number}.csv`]: rows(number + 1),
    }).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
}

/** What a day brings, as lines of the list, without what numbers them. */
function broughtBy(number: number): string[] {
  const [before, now] = [day(number - 1), day(number)];
  const line = (path: string, kind: string, from: number): string =>
    JSON.stringify([path, kind, from, now.get(path)?.length ?? 0]);
  const grown = ["grows.csv", "grows/too.csv"];
  return [
    ...grown.map((path) => line(path, "appended", before.get(path)!.length)),
    line("other.csv", "replaced", 0),
    line(`only_on/day${number}.csv`, "new", 0),
    line(`only_on/day${number - 1}.csv`, "removed", 0),
  ].sort();
}

for (const publish of ["files", "snapshot"] as const) {
  for (const reads of [true, false]) {
    const between = reads ? "a reader that confirms in between" : "nobody who reads in between";
    Deno.test(`no change is lost by a kill at any step of a publish: ${publish}, ${between}`, async () => {
      await using temp = await tempDir();
      await using site = await PackedSite.make(NAME);
      const [config, localDir] = [temp.at("config.yaml"), temp.at("data")];
      await writeConfig(config, { url: site.url, localDir, publish, dataset: { changes: true } });
      const run = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runProgram([...args, "-c", config], {
          build: "test",
        });
        assert.equal(code, 0, stderr);
        return stdout;
      };
      /** Reads what is unread, and confirms it. */
      const read = async (): Promise<string[]> => {
        const lines = (await run("changes")).split("\n").filter((line) => line !== "");
        const changes = lines.map((line) => JSON.parse(line));
        const last = Math.max(0, ...changes.map(({ number }) => number));
        if (last > 0) await run("changes", "--done", String(last));
        return changes.map(({ path, kind, from_byte, size }) =>
          JSON.stringify([path, kind, from_byte, size])
        );
      };
      let number = 0;
      await site.publish(day(number));
      await run("sync");
      await read();
      const steps = publish === "files" ? PUBLISH_STEPS : SNAPSHOT_STEPS;
      for (const step of [...steps, ...AFTERWARDS]) {
        await site.publish(day(++number));
        const child = startProgram(["sync", "-c", config], {
          build: "test",
          env: { DATAHUBSYNC_TEST_STOP: step },
        });
        const { signal } = await endOf(child, {
          onErr: (text) => text.includes(`stopped at ${step}`) && child.kill("SIGKILL"),
        });
        assert.equal(signal, "SIGKILL", `${step} wasn't met`);
        const seen = reads ? await read() : [];
        await run("sync");
        const later = await read();
        assertSameTree(await readTree(localDir), day(number));
        assert.deepEqual([...new Set([...seen, ...later])].sort(), broughtBy(number), step);
        // Once the list had its name, a reader who confirmed it doesn't get it again.
        if (reads && AFTERWARDS.includes(step)) assert.deepEqual(later, [], step);
      }
    });
  }
}
