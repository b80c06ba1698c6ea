/** Crontabs as cron reads them: variables, columns, percent signs, and what is no job. */
import assert from "node:assert/strict";
import { type CronJob, readCrontab } from "../../src/schedule/crontab.ts";

const only = (text: string, withUser = false): Partial<CronJob> => {
  const jobs = readCrontab(text, { withUser });
  assert.equal(jobs.length, 1, text);
  const { variables: _, line: __, ...job } = jobs[0]!;
  return job;
};

Deno.test("readCrontab() reads fields, macros and the column of users", () => {
  assert.deepEqual(only("15  8\t* * 1-5   a b  c"), { time: "15 8 * * 1-5", command: "a b  c" });
  assert.deepEqual(only(" @daily a"), { time: "@daily", command: "a" });
  assert.deepEqual(only("0 8 * * MON bob a b", true), {
    time: "0 8 * * MON",
    user: "bob",
    command: "a b",
  });
  assert.deepEqual(only("@reboot root a", true), { time: "@reboot", user: "root", command: "a" });
  assert.deepEqual(only("0 8 * * * 1000 a", true), {
    time: "0 8 * * *",
    user: "1000",
    command: "a",
  });
});

Deno.test("readCrontab() ends a command at a percent sign, unless a backslash stands before it", () => {
  assert.equal(only("0 8 * * * a \\%d % b%c").command, "a %d ");
  assert.equal(only("0 8 * * * '/100\\% x/a' -c b\\%").command, "'/100% x/a' -c b%");
});

Deno.test("readCrontab() gives a job the variables that are set above it", () => {
  const jobs = readCrontab(
    '# SHELL=/x\nPATH=/a:/b\n0 1 * * * a\nMAILTO=""\n  X = \' y z \' \n"Q"=1\n0 2 * * * b\n',
    { withUser: false },
  );
  assert.deepEqual(jobs.map(({ line }) => line), [3, 7]);
  assert.deepEqual(Object.fromEntries(jobs[0]!.variables), { PATH: "/a:/b" });
  assert.deepEqual(Object.fromEntries(jobs[1]!.variables), {
    PATH: "/a:/b",
    MAILTO: "",
    X: " y z ",
    Q: "1",
  });
});

Deno.test("readCrontab() keeps a sixth field as one of the time", () => {
  assert.equal(only("0 15 8 * * * a").time, "0 15 8 * * *");
  assert.deepEqual(only("0 15 8 * * ? root a", true), {
    time: "0 15 8 * * ?",
    user: "root",
    command: "a",
  });
});

Deno.test("readCrontab() passes comments, empty lines and what is no job by", () => {
  for (const text of ["", "# 0 8 * * * a", "   ", "0 8 * *", "PATH=/a", "hello"]) {
    assert.deepEqual(readCrontab(text, { withUser: false }), [], text);
  }
  assert.deepEqual(readCrontab("0 8 * * * root", { withUser: true }), []);
});
