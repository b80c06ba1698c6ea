/**
 * What a person sees on a real terminal (tmux), wide and narrow, with Chinese names; and the demo.
 *
 * @module
 */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { pro } from "../../src/demo/profiles.ts";
import { binaryPath, configFor, runBinary, type Workplace, workplace } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { hasTmux, onScreen } from "../support/screen.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree } from "../support/tree.ts";
import { until } from "../support/until.ts";

const NAME = "股票日线数据-专业版";
const BAR = /^股票日线数据-\S* +\[(#*)-*\] +(\d+)%/;

function command(place: Workplace): string[] {
  const env = ["env", "-i", "TERM=screen-256color", "LC_ALL=C.UTF-8"];
  return [...env, binaryPath(), "--config", place.at("config.yaml")];
}

for (const columns of [80, 40]) {
  Deno.test({
    name: `a terminal of ${columns} columns shows one bar per dataset, then a table`,
    ignore: !hasTmux(),
    async fn() {
      await using hub = startHub({
        kind: "modern",
        name: NAME,
        profile: pro({ scale: 0.05, rows: 300 }),
        bytesPerSecond: 400_000,
      });
      await using place = await workplace(configFor(hub.url, [NAME]));
      await using screen = await onScreen(command(place), { columns, rows: 24 });
      const percents: number[] = [];
      let lines: string[] = [];
      await until(async () => {
        lines = await screen.lines();
        for (const line of lines) assert(stringWidth(line) <= columns, line);
        const bars = lines.filter((line) => line.includes("[#"));
        assert(bars.length <= 1, lines.join("\n"));
        const found = BAR.exec(bars[0] ?? "");
        if (found !== null) percents.push(Number(found[2]));
        // Slow until it has been seen to move, however seldom this test gets to look.
        if (new Set(percents).size > 2) hub.hub.pace.bytesPerSecond = 6_000_000;
        if (found !== null && columns === 80) {
          assert.match(
            bars[0]!,
            /% +[\d.]+ [kM]?B\/[\d.]+ MB( +[\d.]+ [kM]B\/s +\d:\d\d)? +\d+\/280$/,
          );
        }
        return lines.some((line) => line.startsWith("rc="));
      });
      assert(percents.length > 2 && percents.at(-1)! > percents[0]!, percents.join());
      assert.deepEqual([...percents].sort((a, b) => a - b), percents, "it never goes back");
      const text = lines.join("\n");
      assert.match(text, /^rc=0$/m);
      assert.equal(lines.filter((line) => line.includes("[")).length, 0, "no bar is left");
      assert.match(lines[0]!, /^股票日线数.* success, [\d.]+ MB in [\d.]+ s$/);
      assert.match(
        lines[1]!,
        columns === 80 ? /^dataset +status +version/ : /^dataset +status +time$/,
      );
      assert.equal(lines.length, 4, text);
    },
  });
}

Deno.test({
  name: "Ctrl-C on a terminal ends with 130 and a usable prompt",
  ignore: !hasTmux(),
  async fn() {
    await using hub = startHub({
      kind: "modern",
      profile: pro({ scale: 0.05, rows: 300 }),
      bytesPerSecond: 1_000_000,
    });
    await using place = await workplace(configFor(hub.url, [hub.name]));
    await using screen = await onScreen(command(place), { columns: 80, rows: 24 });
    await screen.shows(/\[#/);
    await screen.press("C-c");
    const { code, text } = await screen.ended();
    assert.equal(code, 130, text);
    assert.equal((await screen.tmux("display", "-p", "#{cursor_flag}")).trim(), "1");
  },
});

Deno.test("demo tells its story, proves the folders and leaves nothing behind", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("tmp"));
  const env = { TMPDIR: temp.at("tmp"), http_proxy: "http://127.0.0.1:1" };
  const ended = await runBinary(["demo"], { cwd: temp.path, env });
  assert.deepEqual([ended.code, ended.stderr], [0, ""], ended.stdout);
  for (const step of [1, 2, 3, 4, 5]) assert.match(ended.stdout, new RegExp(`^${step}\\. `, "m"));
  for (const status of ["success", "up_to_date", "download_failed"]) {
    assert(ended.stdout.includes(status), status);
  }
  assert.match(ended.stdout, /\nThe copies, removed at the end, are in\n {2}\/.*\/data\n/);
  // What README promises of a next day: one request, and a few hundred bytes per changed file.
  const [, each] = /\n {2}(\d+) B per changed file of .*, by one patch \(docs\/patch\.md\)\n/.exec(
    ended.stdout,
  )!;
  assert(Number(each) < 500, each);
  const nextDay = ended.stdout.split(/^5\. .*\n/m)[1]!.split("\n").slice(0, 2);
  for (const row of nextDay) assert.match(row, /^ {2}\S+ +success +1 /);
  assert.match(ended.stdout, /\nThe report is a page about these runs: open it in a browser\.\n/);
  assert.match(ended.stdout, /^All \d+ files are the hub's, byte for byte\./m);
  const [story, ending] = ended.stdout.split("\nAll ");
  for (const line of story!.split("\n")) assert(line.length <= 80, line);
  assert.match(ending!, /\$ .*datahubsync'? status\n/);
  // The report is what a reader is to look at afterwards; nothing else stays.
  const report = /^(\/.*\.html)$/m.exec(ending!)?.[1];
  assert.match(await Deno.readTextFile(report!), /^<!doctype html>/i);
  const left = [...Deno.readDirSync(temp.at("tmp"))].map(({ name }) => temp.at("tmp", name));
  assert.deepEqual(left, [report]);
});

Deno.test("demo --dir --keep leaves the folder, without --keep not; a filled one is refused", async () => {
  await using temp = await tempDir();
  assert.equal((await runBinary(["demo", "--dir", temp.at("new")])).code, 0);
  await assert.rejects(Deno.stat(temp.at("new")), Deno.errors.NotFound);

  const kept = await runBinary(["demo", "--dir", temp.at("kept"), "--keep"]);
  assert.equal(kept.code, 0, kept.stderr);
  assert.match(kept.stdout, new RegExp(`^Left in ${temp.at("kept")}:$`, "m"));
  // Each thing that is said to be left, and what it is.
  const listed = [...kept.stdout.split("Left in ")[1]!.matchAll(/^ {2}(\S+) +\S.*$/gm)];
  assert.equal(listed.length, 7);
  for (const [, name] of listed) assert(await Deno.stat(temp.at("kept", name!)), name);
  const names = [...Deno.readDirSync(temp.at("kept", "data"))].map(({ name }) => name);
  assert(names.includes("stock-trading-data-pro") && names.includes("stock-fin-data-xbx"));

  const before = await Deno.readTextFile(temp.at("kept/config.yaml"));
  const again = await runBinary(["demo", "--dir", temp.at("kept")]);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /isn't empty/);
  assert.equal(await Deno.readTextFile(temp.at("kept/config.yaml")), before);
});

Deno.test("without a terminal no bar and no table comes, whatever TERM says", async () => {
  await using hub = startHub();
  const env = { TERM: "xterm-256color", COLUMNS: "80" };
  await using place = await workplace(configFor(hub.url, [hub.name]), { env });
  assert.deepEqual(await place.run(), { code: 0, signal: null, stdout: "", stderr: "" });
  assertSameTree(await place.tree(hub.name), hub.tree());
});
