/** What install_client.sh is told to do, out of the facts; that it does it is in `tests/e2e/installer`. */
import assert from "node:assert/strict";
import { UsageError } from "../../../src/errors.ts";
import { Disk, type InstallFacts } from "../../../src/cli/installer/facts.ts";
import { InstallPlan } from "../../../src/cli/installer/plan.ts";
import { cronRemedy } from "../../../src/cli/installer/schedule_step.ts";
import { tempDir } from "../../support/temp.ts";
import { type Facts, factsOf, names, planOf, textOf, write } from "./planned.ts";

Deno.test("a plan makes the program, the config, the folders, the rotation and the schedule", async () => {
  await using temp = await tempDir();
  await write(
    temp,
    "notes/paths",
    "state\t/opt/d/.datahubsync/last_sync.json\nlog\t/opt/d/logs/s.log\n",
  );
  await write(temp, "notes/new/config.yaml", 'token: "${DATAHUBSYNC_TOKEN}"\n');
  const plan = planOf("client", factsOf(temp, {}), { DATAHUBSYNC_TOKEN: "a b" });
  const steps = plan.filter(([name]) => name === "begin").map(([, title]) => title);
  assert.deepEqual(steps, [
    "Program 9.9 in /opt/d",
    "Config /opt/d/config.yaml",
    "Folders of state, logs and data",
    "Log rotation",
    'Schedule "15 8 * * *" by cron.d, as bob',
  ]);
  assert.equal(names(plan).filter((name) => name === "end").length, steps.length);
  const cron = textOf(plan, "/etc/cron.d/datahubsync");
  assert.match(
    cron,
    /\nDATAHUBSYNC_TOKEN=a b\n15 8 \* \* \* bob \/opt\/d\/datahubsync sync -c \S+ -q --wait 30m\n$/,
  );
  assert(
    plan.some(([name, path, mode]) => name === "put" && path!.includes("cron.d") && mode === "600"),
  );
});

Deno.test("the job gets the variables that a new config names, no comment's and none of two lines", async () => {
  await using temp = await tempDir();
  const text =
    "token: ${DATAHUBSYNC_TOKEN}\nurl: ${DATAHUBSYNC_HUB_URL} # ${DATAHUBSYNC_PASSWORD}\n";
  await write(temp, "notes/new/config.yaml", `${text}user: \${DATAHUBSYNC_USERNAME}\n`);
  const env = {
    ...{ DATAHUBSYNC_TOKEN: "a\nMAILTO=eve", DATAHUBSYNC_HUB_URL: "http://hub" },
    ...{ DATAHUBSYNC_PASSWORD: "x", DATAHUBSYNC_SLACK_URL: "http://slack" },
  };
  const cron = textOf(planOf("client", factsOf(temp, {}), env), "/etc/cron.d/datahubsync");
  assert.deepEqual(cron.match(/^(DATAHUBSYNC|MAILTO).*$/gm), ["DATAHUBSYNC_HUB_URL=http://hub"]);
});

Deno.test("what is for a new config only is named where the config stays", async () => {
  await using temp = await tempDir();
  const given: [Facts, string | undefined][] = [
    [{ HUB_URL: "http://hub" }, "--hub-url"],
    [{ DATA_DIR: "/srv/x" }, "--data-dir"],
    [{ HUB_URL: "http://hub", DATA_DIR: "/srv/x" }, "--hub-url --data-dir"],
    [{}, undefined],
  ];
  for (const [facts, options] of given) {
    const plan = planOf("client", factsOf(temp, { ...facts, NEW_CONFIG: "" }));
    const said = plan.find(([name, words]) => name === "warn" && words!.includes("a new config"));
    const warning = `${options}: for a new config only; the existing one stays as it is`;
    assert.equal(said?.[1], options && warning);
  }
});

Deno.test("a machine without cron is told what installs it there, and of systemd only where that runs", async () => {
  await using temp = await tempDir();
  const told = (programs: string[], facts: Facts) => {
    const given = factsOf(temp, facts) as InstallFacts;
    const plan = new InstallPlan(given, new Disk(given), () => "");
    return cronRemedy(plan, (name) => programs.includes(name));
  };
  assert.equal(told(["apt-get"], {}), "apt-get install cron");
  assert.equal(told(["dnf"], { SYSTEMD: "yes" }), "dnf install cronie, or use --systemd");
  assert.equal(told(["apt-get", "sudo"], { UID_NOW: "4242" }), "sudo apt-get install cron");
  assert.equal(told(["apt-get"], { UID_NOW: "4242" }), "su -c 'apt-get install cron'");
});

Deno.test("a move away from root is a single step, of a client and of a hub", async () => {
  await using temp = await tempDir();
  const hub = { SITE: "/srv/hub", PACK: "/data/a\n/data/50% b\n" };
  for (const [question, facts] of [["client", {}], ["hub", hub]] as const) {
    const plan = planOf(question, factsOf(temp, { ...facts, FROM_ROOT: "yes" }));
    assert.equal(plan[0]![1], "Move from root to bob");
    const end = names(plan).indexOf("end");
    assert.equal(names(plan).lastIndexOf("end"), end, "one end");
    assert.equal(names(plan).lastIndexOf("begin") < end, true);
  }
  const job = textOf(planOf("hub", factsOf(temp, hub)), "/etc/cron.d/datahubsync-hub");
  assert.match(
    job,
    / bob \/opt\/d\/datahubsync pack \/data\/a '\/data\/50\\% b' --output \/srv\/hub /,
  );
});

Deno.test("a plan puts v2.0's files into the first dated folder that is free, and nobody else's", async () => {
  await using temp = await tempDir();
  for (const name of ["sync.sh", "sync_client.py", "src/sync_client.py", "requirements-dev.txt"]) {
    await write(temp, `dest/opt/d/${name}`, "python sync_client.py\n");
  }
  await write(temp, "dest/opt/d/mine.py", "print(1)\n");
  await write(temp, "dest/opt/d/v2-20300102/x", "");
  await write(temp, "here/sync_client.py", "");
  const plan = planOf("client", factsOf(temp, { V2: "yes" }));
  const moved = plan.filter(([name]) => name === "move").map(([, from, to]) => [from, to]);
  const aside = "/opt/d/v2-20300102-2";
  assert.deepEqual(moved, [
    ["/opt/d/sync_client.py", `${aside}/sync_client.py`],
    ["/opt/d/src/sync_client.py", `${aside}/src/sync_client.py`],
    ["/opt/d/sync.sh", `${aside}/sync.sh`],
    ["/opt/d/requirements-dev.txt", `${aside}/requirements-dev.txt`],
  ]);
  assert.match(textOf(plan, "/opt/d/sync.sh"), /^#!\/bin\/sh\nexec \S+ sync -c \S+ "\$@"\n$/);
});

Deno.test("a log whose name logrotate would read as a pattern isn't rotated, and that is said", async () => {
  await using temp = await tempDir();
  for (const sign of ['"', "\\", "*", "?", "{", "}", "[", "]"]) {
    await write(temp, "notes/paths", `log\t/opt/d/logs/${sign}.log\n`);
    const plan = planOf("client", factsOf(temp, {}));
    assert(plan.some(([name, words]) => name === "warn" && words!.includes("for a pattern")), sign);
    assert(!plan.some(([name, path]) => name === "put" && path!.includes("logrotate")), sign);
  }
});

Deno.test("a plan speaks the language of who installs", async () => {
  await using temp = await tempDir();
  const plan = planOf("client", factsOf(temp, { LANGUAGE: "zh" }));
  assert.equal(plan[0]![1], "程序 9.9，位于 /opt/d");
});

Deno.test("a plan needs every fact, and says which is missing", async () => {
  await using temp = await tempDir();
  const { KIND: _, ...facts } = factsOf(temp, {});
  assert.throws(
    () => planOf("client", facts),
    (error) => error instanceof UsageError && error.message === "installer plan needs KIND=",
  );
});
