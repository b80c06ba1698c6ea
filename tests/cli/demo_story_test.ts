/** The demo's story fits terminals in both languages, and its rows line up. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { DemoStory } from "../../src/cli/demo/demo_story.ts";
import { say, speak } from "../../src/cli/terminal/language.ts";
import { LANGUAGES } from "../../src/messages/catalogue.ts";
import { DEMO } from "../../src/messages/demo.ts";
import { emptyResult } from "../../src/sync/running_result.ts";
import type { Status } from "../../src/types.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

for (const language of LANGUAGES) {
  for (const columns of [60, 80, 120]) {
    Deno.test(`the demo's story fits ${columns} columns (${language})`, async () => {
      await speak(language);
      try {
        const terminal = { ...fakeTerminal({ watched: true }), columns: () => columns };
        const story = new DemoStory(terminal);
        for (const message of [DEMO.what_it_is, DEMO.hub_is, DEMO.report_is]) {
          story.say(say(message));
        }
        story.heading(DEMO.again);
        story.heading(DEMO.next_day);
        const lines = (): string[] => terminal.stdout().trimEnd().split("\n");
        for (const line of lines()) assert(stringWidth(line) <= columns, line);
        if (language === "zh") assert.match(lines()[0]!, /^DataHubSync 演示：/);
        const before = lines().length;
        story.rows((["success", "download_failed", "up_to_date"] as Status[]).map((status) => ({
          result: {
            ...emptyResult("stock-trading-data-pro", 0),
            status,
            bytesTotal: 2,
            durationMs: 5,
          },
          requests: 2,
        })));
        const widths = lines().slice(before).map((line) => stringWidth(line));
        assert.equal(new Set(widths).size, 1, terminal.stdout());
        assert(widths[0]! <= columns, terminal.stdout());
      } finally {
        await speak("en");
      }
    });
  }
}
