/** Two datasets at once on a real terminal: each has a line of its own, and the bars don't mix. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { pro } from "../../src/demo/profiles.ts";
import { binaryPath, workplace } from "../support/binary.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { hasTmux, Screen } from "../support/screen.ts";
import { tempDir } from "../support/temp.ts";

const COLUMNS = 80;
/** `one [###---] 42% …`: nothing of another bar is on the line. */
const BAR = /^(one|two) +\[#*-*\] +(\d+)%[^[\]]*$/;

Deno.test({
  name: `two datasets at once have a bar each, which don't mix${hasTmux() ? "" : " (needs tmux)"}`,
  ignore: !hasTmux(),
  async fn() {
    const slow = {
      kind: "modern",
      profile: pro({ scale: 0.05, rows: 300 }),
      bytesPerSecond: 2e5,
    } as const;
    await using one = startHub({ ...slow, name: "one" });
    await using two = startHub({ ...slow, name: "two" });
    const line = ({ name, url }: TestHub): string =>
      `  - { name: ${name}, url: "${url}/package/${name}.zip", local_dir: ./data/${name} }`;
    await using place = await workplace(
      ["datasets:", line(one), line(two), "sync: { datasets: 2 }", ""].join("\n"),
    );
    await using temp = await tempDir();
    await using screen = new Screen(temp.at("tmux"));
    const command = `env -i TERM=screen-256color LC_ALL=C.UTF-8 '${binaryPath()}' ` +
      `--config '${place.at("config.yaml")}'`;
    await screen.start(command, { columns: COLUMNS, rows: 24 });
    const percents: Record<string, number[]> = { one: [], two: [] };
    let together = 0;
    let mixed = 0;
    let lines: string[] = [];
    for (const deadline = performance.now() + 120_000; performance.now() < deadline;) {
      lines = await screen.lines();
      for (const line of lines) assert(stringWidth(line) <= COLUMNS, line);
      const bars = lines.filter((line) => line.includes("[#") || line.includes("[-"));
      const read = bars.map((line) => BAR.exec(line)).filter((found) => found !== null);
      const names = read.map((found) => found[1]!);
      // A look may fall into the middle of a drawing; what is mixed stays mixed.
      const isMixed = read.length < bars.length || new Set(names).size < names.length;
      mixed = isMixed ? mixed + 1 : 0;
      assert(mixed < 5, `mixed:\n${lines.join("\n")}`);
      if (isMixed) continue;
      if (names.length === 2) together++;
      for (const found of read) percents[found[1]!]!.push(Number(found[2]));
      // Slow until both have been seen to move side by side.
      if (together > 2 && Object.values(percents).every((seen) => new Set(seen).size > 2)) {
        one.hub.pace.bytesPerSecond = two.hub.pace.bytesPerSecond = 6_000_000;
      }
      if (lines.some((line) => line.startsWith("rc="))) break;
    }
    const text = lines.join("\n");
    assert.match(text, /^rc=0$/m);
    assert(together > 2, `two bars were seen together ${together} times`);
    for (const seen of Object.values(percents)) {
      assert.deepEqual([...seen].sort((a, b) => a - b), seen, "it never goes back");
    }
    assert.doesNotMatch(text, /\[[#-]/, "no bar is left");
    for (const name of ["one", "two"]) assert.match(text, new RegExp(`^${name} +success`, "m"));
  },
});
