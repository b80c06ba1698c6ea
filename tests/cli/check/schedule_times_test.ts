/** `--check` against a cron file that cron passes by, and against times that it can't read or that never come. */
import assert from "node:assert/strict";
import { assertTold, healthyPlace } from "./healthy_place.ts";

Deno.test("--check tells a cron file that cron passes by for its mode; the remedy sets it", async () => {
  await using place = await healthyPlace();
  await Deno.chmod(place.cron, 0o666);
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message:
      /^cron ignores .*: it must belong to root, and only root may write to it \(its mode is 666\)$/,
    remedy: new RegExp(`^chmod 644 ${place.cron}`),
    fixes: Deno.uid() === 0,
  });
});

Deno.test({
  name: "--check tells a cron file that isn't root's either; the remedy gives it back (needs root)",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using place = await healthyPlace();
    await Deno.chmod(place.cron, 0o666);
    await Deno.chown(place.cron, 65534, 65534);
    await assertTold(place, {
      check: "schedule.readable",
      verdict: "error",
      message: /its mode is 666\)$/,
      remedy: `chmod 644 ${place.cron} && chown root: ${place.cron}`,
      fixes: true,
    });
    assert.equal((await Deno.stat(place.cron)).uid, 0);
  },
});

Deno.test("--check tells a cron file without its last newline; the remedy adds it", async () => {
  await using place = await healthyPlace();
  const text = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, text.trimEnd());
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /^cron ignores the last line of .*: it doesn't end in a newline$/,
    remedy: `echo >> ${place.cron}`,
    fixes: true,
  });
  await place.becomeUser(1000);
  await Deno.writeTextFile(place.cron, (await Deno.readTextFile(place.cron)).trimEnd());
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /doesn't end in a newline$/,
    remedy: "add a newline to its end",
  });
});

Deno.test("--check tells a time that cron can't read", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 88 * * * root ${place.program} sync -c ${place.config}\n`,
  );
  await assertTold(place, {
    check: "schedule.next",
    verdict: "error",
    message:
      /^cron can't read its time "15 88 \* \* \*": "88" is not an hour: 0 to 23 was expected$/,
    remedy: `correct it in ${place.cron}:1, to for example: 15 8 * * *`,
  });
});

Deno.test("--check tells a time that never comes", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 8 31 2 * root ${place.program} sync -c ${place.config}\n`,
  );
  await assertTold(place, {
    check: "schedule.next",
    verdict: "error",
    message: /^its time "15 8 31 2 \*" never comes: no month has such a day$/,
    remedy: `correct it in ${place.cron}:1, to for example: 15 8 * * *`,
  });
});

Deno.test("--check tells a field for seconds as one too many", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `0 15 8 * * * root ${place.program} sync -c ${place.config}\n`,
  );
  const { lines } = await place.check();
  const told = lines.find(({ check, verdict }) => check === "schedule.next" && verdict === "error");
  assert.match(
    told?.message ?? "",
    /^cron can't read its time "0 15 8 \* \* \*": expected five fields .*no fields for seconds/,
  );
});

Deno.test("--check says of a time that each cron reads its own way that it isn't understood", async () => {
  await using place = await healthyPlace();
  for (const [spec, says] of [["15 8 * * 5#2", "nth weekday"], ["0 22-2 * * *", "a range runs"]]) {
    await Deno.writeTextFile(place.cron, `${spec} root ${place.program} sync -c ${place.config}\n`);
    const { code, lines } = await place.check();
    assert.equal(code, 0);
    const told = lines.find(({ check, verdict }) =>
      check === "schedule.next" && verdict === "warning"
    );
    assert(told !== undefined);
    assert(told.message.startsWith(`its time "${spec}" isn't understood here: `), told.message);
    assert(told.message.includes(says!), told.message);
    assert.equal(told.remedy, null);
  }
});

Deno.test("--check says that CRON_TZ means a time to one cron and nothing to another", async () => {
  await using place = await healthyPlace();
  const text = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, `CRON_TZ=Pacific/Kiritimati\n${text}`);
  const { code, lines } = await place.check();
  assert.equal(code, 0);
  const told = lines.find((line) => line.check === "schedule.next" && line.verdict === "warning");
  assert.equal(
    told?.message,
    "its time is read in Pacific/Kiritimati (CRON_TZ) by cronie, and in this machine's zone by " +
      "Debian's cron: when it runs next isn't known here",
  );
  assert.equal(told.remedy, null);
});

Deno.test("--check tells that no cron daemon runs", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.at("root", "run", "crond.pid"));
  await assertTold(place, {
    check: "schedule.daemon",
    verdict: "warning",
    message: /^no cron daemon seems to run$/,
    remedy: "service cron start",
  });
  const told = async (...programs: string[]) => {
    await Deno.mkdir(place.at("root/usr/sbin"), { recursive: true });
    for (const name of programs) await Deno.writeTextFile(place.at("root/usr/sbin", name), "");
    const { lines } = await place.check();
    await Deno.remove(place.at("root/usr"), { recursive: true });
    return lines.find(({ check }) => check === "schedule.daemon")?.remedy;
  };
  assert.equal(await told("cron", "apt-get"), "service cron start");
  assert.equal(await told("apt-get"), "apt-get install cron && service cron start");
  assert.equal(await told("crond", "dnf", "systemctl"), "systemctl enable --now crond");
  assert.equal(await told("crond"), "crond");
  assert.equal(await told("dnf"), "dnf install cronie && systemctl enable --now crond");
});
