/** What a person sees of the commands on real terminals of 60, 80 and 120 columns. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { buildProgram } from "../../src/cli/program.ts";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { onScreen } from "../support/screen.ts";

const NAME = "股票日线数据-专业版";
const OTHER = "stock-trading-data-pro";

for (const columns of [60, 80, 120]) {
  Deno.test({
    name: `list, sync, --wait, status and --dry-run on a terminal of ${columns} columns`,
    ignore: !installed("tmux"),
    async fn() {
      await using hub = startHub({ name: NAME });
      hub.hub.setDataset(OTHER, { version: hub.dataset.version });
      await using place = await workplace(
        configFor(hub.url, [NAME, OTHER], { hub: ["retries: 100"] }),
      );
      const on = (...words: string[]) =>
        onScreen([binaryPath(), ...words, "-c", place.at("config.yaml")], { columns, rows: 40 });
      /** What is to be seen at the end; no line of the `tables` first ones was wrapped. */
      const shown = async (code: number, ...words: string[]): Promise<string[]> => {
        await using screen = await on(...words);
        await screen.until(/^rc=/m);
        const lines = await screen.lines();
        for (const line of lines) assert(stringWidth(line) <= columns, line);
        assert(lines.includes(`rc=${code}`), lines.join("\n"));
        return lines;
      };
      const listed = await shown(0, "list");
      assert.match(listed[0]!, /^dataset +version.* size +ready +followed$/);
      assert.match(listed[1]!, /^股票日线数据\S* .* yes +yes$/);
      assert.match(listed[2]!, /^stock-trading-data-.* no.* yes$/);
      assert.match(listed.join("\n"), /Asia\/Shanghai/);

      const planned = (await shown(0, "sync", "--dry-run", "-d", NAME)).join("\n");
      assert.match(planned, /股票日线数据\S* +planned\n/);
      assert.match(
        planned,
        /\n {2}56 files in the package:\n +56 {2}new or changed: fetched whole\n/,
      );

      hub.hub.faults.add({ name: "status_503", path: "/package/", times: Infinity, retryAfter: 2 });
      await using syncing = await on("sync", "--wait", "10m");
      await syncing.shows(/the server answered 503; trying again in [\d.]+ s\s+\(\d+ of\s+100\)/);
      hub.hub.faults.clear();
      await syncing.shows(
        /waiting for stock-trading-data-pro\s+until \d\d:\d\d:\d\d[^]*asking\s+again\s+at\s+\d\d:\d\d:\d\d/,
      );
      for (const line of await syncing.lines()) assert(stringWidth(line) <= columns, line);
      await syncing.press("C-c");
      const ended = await syncing.ended();
      assert.equal(ended.code, 130);
      assert.match(ended.text, /note: stock-trading-data-pro: /);
      assert.doesNotMatch(ended.text, /error/);

      const status = await shown(0, "status");
      assert.equal(status[0], "! 1 of 2 datasets needs attention");
      assert.match(status[2]!, /^dataset +.*age +hub +last run/);
      assert.match(status[3]!, /^股票日线数据-\S* +.*up_to_date +success .* ago/);
      assert.match(status[4]!, /^stock-trading-\S* +.*never_synced +package_not_ready/);
    },
  });
}

for (const columns of [60, 80, 120]) {
  Deno.test({
    name: `the help of every command fits on a terminal of ${columns} columns`,
    ignore: !installed("tmux"),
    async fn() {
      const { commands } = buildProgram(fakeTerminal(), () => {});
      const names = ["", "help", "help sync", ...commands.map((command) => command.name())];
      const loop = `for one in '${
        names.join("' '")
      }'; do "$0" $one --help || echo "failed: $one"; done`;
      const size = { columns, rows: 1500 };
      await using screen = await onScreen(["bash", "-c", loop, binaryPath()], size);
      const { code, text } = await screen.ended();
      assert.equal(code, 0, text);
      assert.doesNotMatch(text, /failed:|error:/);
      assert.equal(text.match(/^Usage: /gm)?.length, names.length, text);
      // Commands that one may copy, with what they are for, stay on one line.
      const told = text.replace(/^(?:Examples|Exit codes):\n(?:\s+\S.*\n)+/gm, "");
      for (const line of told.split("\n")) assert(stringWidth(line) <= columns, line);
    },
  });
}
