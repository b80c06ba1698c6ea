/** Cron's five fields: what is taken, what is refused and why; held against the machine's own cron. */
import assert from "node:assert/strict";
import { CronSyntaxError, parseCron } from "../../src/schedule/cron_expression.ts";
import { inChinese } from "../support/chinese.ts";
import { makeRootFs, missingFor } from "../support/rootfs.ts";

function timesOf(text: string) {
  const read = parseCron(text);
  return read.kind === "times" ? read : assert.fail(`${text} is ${read.kind}`);
}

Deno.test("parseCron() reads numbers, lists, ranges, steps and stars", () => {
  assert.deepEqual(timesOf("15 8 * * *").minutes, [15]);
  assert.deepEqual(timesOf("0,30,15 8 * * *").minutes, [0, 15, 30]);
  assert.deepEqual(timesOf("5-8 8 * * *").minutes, [5, 6, 7, 8]);
  assert.deepEqual(timesOf("*/20 8 * * *").minutes, [0, 20, 40]);
  assert.deepEqual(timesOf("5-59/20 8 * * *").minutes, [5, 25, 45]);
  assert.deepEqual(timesOf("1-3,10-20/5,3 8 * * *").minutes, [1, 2, 3, 10, 15, 20]);
  assert.equal(timesOf("* * * * *").days.length, 31);
  assert.equal(timesOf("00015\t 8 * * *").text, "00015 8 * * *");
});

Deno.test("parseCron() reads names in any case, alone, in lists and in ranges; 7 is Sunday, too", () => {
  assert.deepEqual(timesOf("0 8 * JAN,mar-May *").months, [1, 3, 4, 5]);
  assert.deepEqual(timesOf("0 8 * * MON-FRI").weekdays, [1, 2, 3, 4, 5]);
  assert.deepEqual(timesOf("0 8 * * 5-7").weekdays, [0, 5, 6]);
  assert.deepEqual(timesOf("0 8 * * sun,7").weekdays, [0]);
});

Deno.test("parseCron() writes macros out, and keeps @reboot", () => {
  assert.equal(timesOf("@daily").text, "0 0 * * *");
  assert.equal(timesOf(" @weekly ").text, "0 0 * * 0");
  assert.deepEqual(parseCron("@reboot"), { kind: "boot", text: "@reboot" });
});

Deno.test("parseCron() asks for either day only where neither field begins with a star", () => {
  assert.equal(timesOf("0 8 1 * 1").eitherDay, true);
  assert.equal(timesOf("0 8 1-31 * 1").eitherDay, true);
  assert.equal(timesOf("0 8 */2 * 1").eitherDay, false);
  assert.equal(timesOf("0 8 1 * */2").eitherDay, false);
});

/** What is refused, the reason, and whether cron refuses it, too. */
const REFUSED: [spec: string, says: RegExp, refused?: false][] = [
  ["", /^expected five fields .*; found ""$/],
  ["15 8 * *", /^expected five fields .*found "15 8 \* \*"$/],
  ["0 15 8 * * *", /; cron has no fields for seconds and years$/],
  ["0 15 8 * * * 2026", /; cron has no fields for seconds and years$/],
  ["@every_minute", /^expected five fields/],
  ["@DAILY", /^expected five fields/],
  ["60 8 * * *", /^"60" is not a minute: 0 to 59 was expected$/],
  ["0 24 * * *", /^"24" is not an hour: 0 to 23 was expected$/],
  ["0 8 0 * *", /^"0" is not a day of the month: 1 to 31 was expected$/],
  ["0 8 * 13 *", /^"13" is not a month: 1 to 12 was expected$/],
  ["0 8 * * 8", /^"8" is not a weekday: 0 to 7 was expected$/],
  ["0 8 * * monday", /^"monday" is not a weekday: 0 to 7 or sun to sat was expected$/],
  ["+5 8 * * *", /^"\+5" is not a minute: 0 to 59 was expected$/],
  ["-15 8 * * *", /^"" is not a minute/],
  ["0,, 8 * * *", /^"" is not a minute/],
  ["８ 8 * * *", /^"８" is not a minute/],
  ["15 ８ * * *", /^"８" is not an hour/],
  ["*/0 8 * * *", /^"\*\/0": the step of a minute must be a number from 1$/],
  ["5-10/0 8 * * *", /the step of a minute must be/],
  ["5/10 8 * * *", /^"5\/10": a step needs a range, as in 5-59\/10$/],
  ["0 8 * * MON/2", /^"MON\/2": a step needs a range, as in 1-7\/2$/],
  ["15 8 L * *", /^"L" is not a day of the month: `L` .* Quartz's; cron doesn't know it$/],
  ["15 8 LW * *", /`L` .* Quartz's/],
  ["15 8 * * 1L", /^"1L" is not a weekday: `L`/],
  ["15 8 1W * *", /`W` \(the nearest working day\)/],
  ["15 8 ? * *", /`\?` is Quartz's; in cron it is `\*`$/],
  ["H 8 * * *", /`H` is Jenkins's/],
  ["~ 8 * * *", /`~` \(a random value\)/, false],
  ["0~30 8 * * *", /`~` \(a random value\)/, false],
  ["15 8 * * 5#2", /`#` \(the nth weekday\) is Quartz's; cron reads only what/, false],
  ["0 22-2 * * *", /^"22-2" is not an hour: a range runs from the smaller to the larger$/, false],
  ["*-5 8 * * *", /^"\*" is not a minute/, false],
];

for (const [spec, says, refused = true] of REFUSED) {
  Deno.test(`parseCron() refuses "${spec}", and says why`, () => {
    assert.throws(() => parseCron(spec), (error) => {
      assert(error instanceof CronSyntaxError);
      assert.match(error.message, says);
      assert.match(error.hint ?? "", /"15 8 \* \* 1-5"/);
      for (const shown of [error.message, error.hint ?? ""]) {
        const { text, left } = inChinese(shown);
        assert.match(text, /[\u4e00-\u9fff]/);
        assert.deepEqual(left, [], text);
      }
      assert.equal(error.refused, refused);
      return true;
    });
  });
}

const TAKEN = [
  ...["15 8 * * *", "5-59/10 * * * *", "0 8 * * MON-FRI", "0 8 * * mon,wed", "0 8 * JAN-MAR *"],
  ...["0 8 * * 7", "0 8 * * 5-7", "@daily", "@reboot", "@annually", "*/2 */3 */5 * */2"],
  ...["* * *,5 * 1", "1-5,10-20/5 * * * *", "*/61 * * * *", "00015 8 * * *", "*/5,7 * * * *"],
];

const lacking = missingFor("crontab");
Deno.test({
  name: `this machine's crontab takes what parseCron() takes, and refuses what it calls refused${
    lacking ? ` (needs ${lacking})` : ""
  }`,
  ignore: lacking !== undefined,
  fn: async () => {
    await using root = await makeRootFs();
    const specs = [...TAKEN, ...REFUSED.map(([spec]) => spec)].filter((spec) => spec !== "");
    const script = specs.map((spec) =>
      `printf '%s\\n' '${spec} /bin/true' | crontab - 2>/dev/null && echo yes || echo no`
    ).join("\n");
    const { stdout } = await root.run(["sh", "-c", script]);
    const answers = stdout.trim().split("\n");
    assert.equal(answers.length, specs.length);
    const known = new Map(REFUSED.map(([spec, , refused = true]) => [spec, refused]));
    for (const [index, spec] of specs.entries()) {
      const refused = known.get(spec);
      if (refused === undefined) {
        assert.equal(answers[index], "yes", spec);
        assert.doesNotThrow(() => parseCron(spec), spec);
        // Four fields take the command for the fifth, and a year stands where the command does.
      } else if (refused && !/^(\S+ ){3}\S+$|2026$/.test(spec)) {
        assert.equal(answers[index], "no", spec);
      }
    }
  },
});
