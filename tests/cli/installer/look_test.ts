/** What install_client.sh is told before it changes anything: the options, schedules that are there, v2.0. */
import assert from "node:assert/strict";
import { tempDir } from "../../support/temp.ts";
import { answerOf, type Facts, factsOf, planOf, write } from "./planned.ts";

const MARK = "# datahubsync (install_client.sh)";

/** The facts that a look sets. */
function setBy(plan: ReturnType<typeof planOf>): Record<string, string> {
  return Object.fromEntries(
    plan.filter(([name]) => name === "set_fact").map(([, name, value]) => [name!, value!]),
  );
}

const NOTHING = { KIND: "", SCHEDULE: "", RUN_USER: "" };

const refused: [what: string, facts: Facts, operation: string, says: RegExp][] = [
  ["two schedules", { WANT_CRON: "yes", WANT_SYSTEMD: "yes" }, "reject", /exclude each other/],
  ["a user that is an option", { RUN_USER: "-R" }, "reject", /name of a user was expected/],
  ["--user without root", { UID_NOW: "7", RUN_USER: "eve" }, "reject", /--user eve needs root/],
  ["--systemd where none runs", { WANT_SYSTEMD: "yes", DESTDIR: "" }, "die", /doesn't run here/],
  ["a --then of two lines", { THEN: "a\nb", WANT_CRON: "yes" }, "reject", /one line was expected/],
  ["a --then with \\%", { THEN: "date +\\%F", WANT_CRON: "yes" }, "reject", /a backslash before/],
  ["--then and --no-then", { THEN: "a", NO_THEN: "yes" }, "reject", /exclude each other/],
  ["--then with no schedule", { THEN: "a" }, "reject", /--then needs --setup-crontab/],
  ["a schedule that never comes", { WANT_CRON: "yes", SCHEDULE: "0 0 30 2 *" }, "reject", /never/],
  ["a hub without root", { UID_NOW: "7", PACK: "/a\n" }, "reject", /--pack and --serve need root/],
  ["a hub and a client", { PACK: "/a\n", HUB_URL: "http://h" }, "reject", /a hub, .* a client/],
  ["a site alone", { SITE: "/srv/x" }, "reject", /--site goes with/],
  ["a site that is everybody's", { PACK: "/a\n", SITE: "/srv" }, "reject", /no place for a site/],
  ["a folder that climbs", { PACK: "/a/../b\n" }, "reject", /with \. or \.\./],
  ["a folder that can't be quoted", { PACK: "/a$b\n" }, "reject", /can't be used/],
  ["a port below 1024", { SERVE: "0.0.0.0:80" }, "reject", /a port from 1024 on/],
  ["an address with a newline", { SERVE: "a\nUser=root:8000" }, "reject", /an address such as/],
  [
    "a hub's schedule of four fields",
    { PACK: "/a\n", SCHEDULE: "1 2 * *" },
    "reject",
    /five fields/,
  ],
];
for (const [what, facts, operation, says] of refused) {
  Deno.test(`a look refuses ${what}, and nothing else is done`, async () => {
    await using temp = await tempDir();
    const plan = planOf("look", factsOf(temp, { ...NOTHING, ...facts }));
    assert.equal(plan.length, 1);
    assert.equal(plan[0]![0], operation);
    assert.match(plan[0]![1]!, says);
  });
}

Deno.test("a look keeps the schedule that is there, wherever it is", async () => {
  for (
    const [path, text, expected] of [
      ["dest/etc/cron.d/datahubsync", "PATH=/bin\n5 6 * * 1 eve /opt/d/datahubsync sync\n", {
        ...{ KIND: "cron.d", SCHEDULE: "5 6 * * 1", EARLIER_USER: "eve" },
      }],
      ["dest/etc/systemd/system/datahubsync.timer", "# Schedule: 7 8 * * *\n[Timer]\n", {
        ...{ KIND: "systemd", SCHEDULE: "7 8 * * *", EARLIER_USER: "root" },
      }],
      ["notes/crontabs/eve", `0 1 * * * true\n1  2 * * *\t/opt/d/datahubsync sync ${MARK}\n`, {
        ...{ KIND: "crontab", SCHEDULE: "1 2 * * *", EARLIER_USER: "eve" },
      }],
      ["notes/crontabs/eve", "@daily cd /opt/d && ./sync.sh\n", {
        ...{ KIND: "crontab", SCHEDULE: "@daily", EARLIER_USER: "eve" },
      }],
      ["notes/crontabs/eve", `1 2 * * * /opt/other/sync.sh\n# 3 4 * * * /opt/d/sync.sh\n`, {
        ...{ KIND: "", SCHEDULE: "15 8 * * *", EARLIER_USER: "" },
      }],
    ] as const
  ) {
    await using temp = await tempDir();
    await write(temp, path, text);
    const { V2: _, KEEP_SPEC, THEN: __, ...found } = setBy(planOf("look", factsOf(temp, NOTHING)));
    assert.deepEqual(found, expected);
    assert.equal(KEEP_SPEC, expected.KIND === "" ? "" : "yes");
  }
});

Deno.test("a look remembers the user and --then, until --no-then", async () => {
  await using temp = await tempDir();
  await write(temp, "notes/installed", "set\tuser eve\nset\tthen /srv/load now\n");
  const set = setBy(planOf("look", factsOf(temp, NOTHING)));
  assert.deepEqual([set.EARLIER_USER, set.THEN], ["eve", "/srv/load now"]);
  const not = setBy(planOf("look", factsOf(temp, { ...NOTHING, NO_THEN: "yes" })));
  assert.equal(not.THEN, "");
});

Deno.test("v2.0 is found by a crontab's line, in every way of writing it, and our own stand-in isn't it", async () => {
  await using temp = await tempDir();
  const lines = [
    `5 6 * * * cd "/srv/a b" && "/srv/a b/sync.sh"`,
    "5 6 * * * /srv/c/sync.sh",
    "5 6 * * * cd /srv/d && ./sync.sh",
    "#5 6 * * * /srv/e/sync.sh",
    "5 6 * * * /srv/f/sync.sh",
  ];
  await write(temp, "notes/crontabs/eve", lines.join("\n"));
  for (const name of ["a b", "c", "d", "e", "f"]) {
    await write(temp, `dest/srv/${name}/config.yaml`, "");
    const text = name === "f" ? 'exec /srv/f/datahubsync sync "$@"' : "python sync_client.py";
    await write(temp, `dest/srv/${name}/sync.sh`, text);
  }
  assert.deepEqual(answerOf("v2", factsOf(temp, NOTHING)), [
    "eve\t/srv/a b",
    "eve\t/srv/c",
    "eve\t/srv/d",
    "",
  ]);
  const set = setBy(planOf("look", factsOf(temp, { ...NOTHING, INSTALL_DIR: "/srv/c" })));
  assert.equal(set.V2, "yes");
});

Deno.test("a new config is the example with the hub's address, in the language of who installs", async () => {
  await using temp = await tempDir();
  await write(temp, "here/config.example.yaml", 'hub:\n  url: "x"\nd:\n    local_dir: ./data/a\n');
  const facts = { HUB_URL: "hub:8000", DATA_DIR: "/srv/$&", LANGUAGE: "zh" };
  const plan = planOf("example", factsOf(temp, facts));
  assert.deepEqual(plan.filter(([name]) => name === "text").map(([, line]) => line), [
    ...["hub:", '  url: "http://hub:8000"', "d:", '    local_dir: "/srv/$&/a"', "", "language: zh"],
  ]);
});

Deno.test("a start is refused by what --check says of the owners, unless it is about the new program", async () => {
  await using temp = await tempDir();
  const check = (message: string, verdict = "error") => ({
    ...{ check: "folder.owner", verdict, message, remedy: "mv a b" },
  });
  const checks = [
    check("fine", "ok"),
    check(`${temp.at("here/datahubsync")} may be replaced`),
    check("/data belongs to eve"),
  ];
  await write(temp, "notes/check", JSON.stringify({ checks }));
  const [refused] = planOf("start", factsOf(temp, {}));
  assert.deepEqual(refused, [
    "reject",
    "the sync would fail, so nothing was changed: /data belongs to eve",
    "mv a b, or name another folder in /opt/d/config.yaml",
    "",
  ]);
  await write(temp, "notes/check", JSON.stringify({ checks: checks.slice(0, 2) }));
  assert.match(planOf("start", factsOf(temp, {}))[0]![1]!, /^DataHubSync 9\.9 to .*: a fresh inst/);
});

Deno.test("a start isn't refused for where a new program lies, which is copied; for a package's it is, in Chinese too", async () => {
  await using temp = await tempDir();
  const message = "/home/eve belongs to eve; the program lies there";
  const remedy = "add to trusted_folders in /opt/d/config.yaml: /home/eve";
  const checks = [{ check: "program.owner", verdict: "error", message, remedy }];
  await write(temp, "notes/check", JSON.stringify({ checks }));
  const start = (facts: Facts): string[] => planOf("start", factsOf(temp, facts))[0]!;
  assert.equal(start({})[0], "say");
  assert.deepEqual(start({ PACKAGED: "yes" }).slice(0, 2), [
    "reject",
    `the sync would fail, so nothing was changed: ${message}`,
  ]);
  assert.deepEqual(start({ PACKAGED: "yes", LANGUAGE: "zh" }).slice(0, 3), [
    "reject",
    "同步将会失败，未做任何改动：/home/eve 属于 eve；程序在那里",
    "请在 /opt/d/config.yaml 的 trusted_folders 中加入：/home/eve；或在 /opt/d/config.yaml 中换一个目录",
  ]);
});

Deno.test("a folder that is everybody's, or holds the program, blocks a dataset", async () => {
  await using temp = await tempDir();
  for (const [folder, blocks] of [["/etc", true], ["/opt", true], ["/home/nobody-here", false]]) {
    await write(temp, "notes/paths", `local_dir\t${folder}\n`);
    const plan = planOf("blocked", factsOf(temp, { DESTDIR: "" }));
    const said = plan.some(([, why]) => why === `${folder} is no folder for a dataset`);
    assert.equal(said, blocks, `${folder}`);
  }
});

Deno.test("the end says what is new, and what to type, with the variables that the config needs", async () => {
  await using temp = await tempDir();
  const facts = { DESTDIR: "", EARLIER_VERSION: "1.0", USER_NOW: "bob", UID_NOW: "4242" };
  await write(temp, "notes/new/config.yaml", 'token: "${DATAHUBSYNC_TOKEN}"\n');
  const plan = planOf("client", factsOf(temp, facts), { DATAHUBSYNC_TOKEN: "s3cret" });
  const said = plan.filter(([name]) => name === "say").map(([, text]) => text!);
  assert.equal(said[0], "New since 1.0:");
  assert.equal(said.at(-3), "Done. Next:");
  assert.equal(said.at(-2), "  /opt/d/datahubsync --check -c /opt/d/config.yaml");
  assert(!said.join().includes("s3cret"));
});

const users: [what: string, facts: Facts, expected: Record<string, string> | RegExp][] = [
  ["one that is there", { RUN_UID: "7", RUN_USER: "eve", RUN_GROUP: "staff" }, {
    ...{ RUN_USER: "eve", RUN_GROUP: "staff", MAKE_USER: "", FROM_ROOT: "", CAN_OWN: "yes" },
  }],
  ["the system's, which is made", {
    RUN_UID: "",
    RUN_USER: "datahubsync",
    RUN_GROUP: "",
    DESTDIR: "",
  }, {
    ...{ RUN_USER: "datahubsync", RUN_GROUP: "datahubsync", MAKE_USER: "yes", FROM_ROOT: "" },
    CAN_OWN: "yes",
  }],
  ["root, where none can be made", {
    RUN_UID: "",
    RUN_USER: "datahubsync",
    CAN_MAKE: "",
    DESTDIR: "",
    EARLIER_USER: "root",
  }, { ...{ RUN_USER: "root", RUN_GROUP: "root", MAKE_USER: "", FROM_ROOT: "", CAN_OWN: "yes" } }],
  ["one that only DESTDIR has", { RUN_UID: "", RUN_USER: "eve", RUN_GROUP: "" }, {
    ...{ RUN_USER: "eve", RUN_GROUP: "eve", MAKE_USER: "", FROM_ROOT: "", CAN_OWN: "" },
  }],
  ["one who takes over from root", { RUN_UID: "7", RUN_USER: "eve", EARLIER_USER: "root" }, {
    ...{ RUN_USER: "eve", RUN_GROUP: "staff", MAKE_USER: "", FROM_ROOT: "yes", CAN_OWN: "yes" },
  }],
  ["nobody who isn't there", { RUN_UID: "", RUN_USER: "eve", DESTDIR: "" }, /no user eve/],
  ["nobody who was asked for and can't be made", {
    ...{ RUN_UID: "", RUN_USER: "datahubsync", ASKED: "datahubsync", CAN_MAKE: "", DESTDIR: "" },
  }, /no user datahubsync/],
];
for (const [what, facts, expected] of users) {
  Deno.test(`the sync runs as ${what}`, async () => {
    await using temp = await tempDir();
    const plan = planOf("user", factsOf(temp, facts));
    if (expected instanceof RegExp) {
      assert.deepEqual([plan.length, plan[0]![0]], [1, "reject"]);
      assert.match(plan[0]![1]!, expected);
    } else {
      assert.deepEqual(setBy(plan), expected);
    }
  });
}
