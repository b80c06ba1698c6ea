/** watchScreen(): each drawing replaces the last one, and the screen is put back however it ends. */
import assert from "node:assert/strict";
import { InterruptedError } from "../../src/errors.ts";
import { watchScreen } from "../../src/cli/status/status_watch.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

Deno.test("watchScreen() draws over the last drawing and puts the screen back with it", async () => {
  const terminal = fakeTerminal({ watched: true });
  const stop = new AbortController();
  let drawn = 0;
  await watchScreen({
    frame: () => Promise.resolve(`drawing ${++drawn}\nline 2\nline 3\nline 4\n`),
    terminal,
    rows: () => 5,
    everyMs: 1,
    sleep: () => {
      if (drawn === 3) stop.abort(new InterruptedError("interrupted"));
      return stop.signal.aborted ? Promise.reject(stop.signal.reason) : Promise.resolve();
    },
    signal: stop.signal,
  });
  const text = terminal.stdout();
  assert(text.startsWith("\x1b[?1049h\x1b[?25l"));
  assert(text.endsWith("\x1b[?25h\x1b[?1049ldrawing 3\nline 2\nline 3\nline 4\n"));
  const drawings = text.split("\x1b[?2026h").slice(1);
  assert.equal(drawings.length, 3);
  for (const [n, one] of drawings.entries()) {
    assert(one.startsWith(`\x1b[Hdrawing ${n + 1}\x1b[K\r\n`), "no clearing before drawing");
    const shown = one.split("\x1b[?2026l")[0]!;
    assert.equal(shown.split("\r\n").length, 5, "never taller than the screen");
    assert(!shown.includes("line 4") && shown.endsWith("\x1b[J"));
  }
});

Deno.test("watchScreen() puts the screen back when a drawing fails", async () => {
  const terminal = fakeTerminal({ watched: true });
  const failing = watchScreen({
    frame: () => Promise.reject(new Error("no state")),
    terminal,
    rows: () => 24,
    everyMs: 1,
    sleep: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  await assert.rejects(failing, /no state/);
  assert(terminal.stdout().endsWith("\x1b[?25h\x1b[?1049l"));
});
