/** The report on a terminal: no word and no command is broken, and nothing changes in a pipe. */
import assert from "node:assert/strict";
import type { CheckLine } from "../../../src/cli/check/check_line.ts";
import { reportText } from "../../../src/cli/check/report.ts";
import { speak } from "../../../src/cli/terminal/language.ts";
import { textWidth } from "../../../src/cli/terminal/text_width.ts";
import { DISK } from "../../../src/messages/disk.ts";

const COMMAND = "sudo chown -R data:data /srv/data/stock-trading-data";
const LINES: CheckLine[] = [
  {
    check: "folder.owner",
    verdict: "error",
    text: "the folder /srv/data/stock-trading-data belongs to root, and this program runs as data",
    remedy: `give it to the account that the program runs as: ${COMMAND}`,
  },
];
const clean = (text: string): string => text;

for (const width of [40, 60, 80]) {
  Deno.test(`reportText() hangs its lines on a terminal of ${width} columns`, () => {
    const whole = reportText(LINES, { clean });
    const lines = reportText(LINES, { clean, width }).split("\n");
    const at = lines.findIndex((line) => line.includes(COMMAND));
    assert(at > 0, lines.join("\n"));
    for (const line of lines) {
      assert(textWidth(line) <= width || line.trimStart() === COMMAND, line);
      assert.match(line, /^(?:\S.*| {2}✗ .*| {4}→ .*| {4}\S.*| {6}\S.*|)$/);
    }
    // Put together again, it is what a pipe gets: no word was broken.
    const joined = (text: string): string => text.replace(/\s+/g, " ");
    assert.equal(joined(lines.join("\n")), joined(whole));
  });
}

Deno.test("reportText() counts what passed only where something did", () => {
  assert.match(reportText(LINES, { clean }), /\n1 problem\.\n$/);
  const fine: CheckLine = { check: "hub.dns", verdict: "ok", text: "it is there" };
  const last = /\n1 problem, 1 check passed \(--verbose lists them\)\.\n$/;
  assert.match(reportText([...LINES, fine], { clean }), last);
});

Deno.test("reportText() in Chinese breaks no command, and hangs its lines", async () => {
  const remedy = DISK.folder_yours_again({ chown: COMMAND });
  await speak("zh");
  try {
    const lines = reportText([{ ...LINES[0]!, remedy }], { clean, width: 40 }).split("\n");
    const at = lines.indexOf("    → 让它的目录重新归你所有：");
    assert.equal(lines[at + 1], `      ${COMMAND}`);
  } finally {
    await speak("en");
  }
});
