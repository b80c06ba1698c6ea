/** Whatever stands in a crontab or a unit, reading it ends, and says at most that it isn't understood. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readCrontab } from "../../src/schedule/crontab.ts";
import { CronSyntaxError, parseCron } from "../../src/schedule/cron_expression.ts";
import { callsInShell, callsInWords } from "../../src/schedule/job_calls.ts";
import { readService } from "../../src/schedule/service_unit.ts";
import { NotUnderstood } from "../../src/schedule/shell_commands.ts";

const wanted = (word: string): boolean => word === "datahubsync";
const surroundings = { cwd: "/", variables: new Map([["A", "b c"]]), sourced: false };

const words = fc.array(
  fc.oneof(
    fc.constantFrom(...`'"\\$(){}[]\`<>|&;#~*?!%=-/ \t\n`),
    fc.constantFrom(
      "$(",
      "${",
      "$A",
      "<<",
      "2>&1",
      "datahubsync",
      "sh -c ",
      "cd ",
      "env ",
      "flock ",
    ),
    fc.constantFrom(
      "sudo -u ",
      "su - ",
      "timeout ",
      "-c",
      "--",
      "case ",
      "15 8 * * * ",
      "A=b ",
      "数",
    ),
  ),
  { maxLength: 30 },
).map((parts) => parts.join(""));

function understoodOrNot(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert(error instanceof NotUnderstood, String(error));
  }
}

Deno.test("callsInShell() throws nothing but NotUnderstood, whatever the line", () => {
  fc.assert(
    fc.property(words, (text) => understoodOrNot(() => callsInShell(text, surroundings, wanted))),
    { numRuns: 3000 },
  );
});

Deno.test("readService() and its words throw nothing but NotUnderstood, whatever the unit", () => {
  fc.assert(
    fc.property(words, words, (start, variables) =>
      understoodOrNot(() => {
        const unit = readService([`ExecStart=${start}\nEnvironment=${variables}\n`], "/root");
        callsInWords(unit.start, unit, wanted);
      })),
    { numRuns: 1000 },
  );
});

Deno.test("readCrontab() never throws, and parseCron() nothing but CronSyntaxError", () => {
  fc.assert(
    fc.property(words, fc.boolean(), (text, withUser) => {
      for (const { time } of readCrontab(text, { withUser })) {
        try {
          parseCron(time);
        } catch (error) {
          assert(error instanceof CronSyntaxError, String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a long hostile line is read in a moment", () => {
  const before = performance.now();
  for (const part of ["$(", "sh -c '", "cd x && ", "A=b ", "env ", '"$A" ', "%", "a=1;", "sudo "]) {
    for (const length of [8_000, 200_000]) {
      const text = part.repeat(length / part.length);
      understoodOrNot(() => callsInShell(text, surroundings, wanted));
      readCrontab(`15 8 * * * ${text}`, { withUser: true });
      understoodOrNot(() => {
        const unit = readService([`ExecStart=${text}\n`], "/root");
        callsInWords(unit.start, unit, wanted);
      });
    }
  }
  assert(performance.now() - before < 20_000, `${performance.now() - before} ms`);
});
