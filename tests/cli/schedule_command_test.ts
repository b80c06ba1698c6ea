/** `datahubsync schedule`: what it prints in each form, and what it refuses. */
import assert from "node:assert/strict";
import { runProgram } from "../../src/cli/run_program.ts";
import { scheduleCommand } from "../../src/cli/setup/schedule_command.ts";
import { UsageError } from "../../src/errors.ts";
import { localTime } from "../../src/monitoring/local_time.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

const NOW = new Date(2026, 10, 26, 9, 0).getTime();
const NEXT = [27, 28, 29].map((day) => localTime(new Date(2026, 10, day, 8, 15).getTime()));

Deno.test("scheduleCommand() prints the time and the next three runs", () => {
  const terminal = fakeTerminal();
  assert.equal(scheduleCommand(" 15  8 * * * ", {}, terminal, NOW), 0);
  assert.equal(terminal.stdout(), `15 8 * * *\n${NEXT.map((run) => `  ${run}\n`).join("")}`);
});

Deno.test("scheduleCommand() prints only OnCalendar= lines with --systemd", () => {
  const terminal = fakeTerminal();
  assert.equal(scheduleCommand("0 8 1 * MON", { systemd: true }, terminal, NOW), 0);
  assert.equal(terminal.stdout(), "OnCalendar=*-*-01 08:00:00\nOnCalendar=Mon *-*-* 08:00:00\n");
});

Deno.test("scheduleCommand() prints one document with --json", () => {
  const terminal = fakeTerminal();
  assert.equal(scheduleCommand("15 8 * * *", { json: true }, terminal, NOW), 0);
  assert.deepEqual(JSON.parse(terminal.stdout()), {
    expression: "15 8 * * *",
    next: NEXT,
    on_calendar: ["*-*-* 08:15:00"],
  });
});

Deno.test("scheduleCommand() says when @reboot comes, and that it has no calendar", () => {
  const terminal = fakeTerminal();
  assert.equal(scheduleCommand("@reboot", {}, terminal, NOW), 0);
  assert.equal(terminal.stdout(), "@reboot\n  when the machine has started\n");
  const json = fakeTerminal();
  assert.equal(scheduleCommand("@reboot", { json: true }, json, NOW), 0);
  assert.deepEqual(JSON.parse(json.stdout()), { expression: "@reboot", next: [], on_calendar: [] });
  assert.throws(
    () => scheduleCommand("@reboot", { systemd: true }, terminal, NOW),
    /has no OnCalendar= line/,
  );
});

Deno.test("scheduleCommand() refuses what cron doesn't take, what never comes, and two forms at once", () => {
  const terminal = fakeTerminal();
  const refused = (text: string, says: RegExp, options = {}): void =>
    assert.throws(() => scheduleCommand(text, options, terminal, NOW), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, says);
      return true;
    });
  refused("60 8 * * *", /^"60" is not a minute/);
  refused("0 8 31 2 *", /^"0 8 31 2 \*" never comes: no month has such a day$/);
  refused("15 8 * * *", /exclude each other/, { systemd: true, json: true });
  assert.equal(terminal.stdout(), "");
});

Deno.test("runProgram() takes the expression as one argument", async () => {
  const terminal = fakeTerminal();
  assert.equal(await runProgram(["schedule", "15 8 * * *", "--systemd"], terminal), 0);
  assert.equal(terminal.stdout(), "OnCalendar=*-*-* 08:15:00\n");
  await assert.rejects(runProgram(["schedule", "15", "8", "*", "*", "*"], terminal), UsageError);
  await assert.rejects(runProgram(["schedule"], terminal), UsageError);
});
