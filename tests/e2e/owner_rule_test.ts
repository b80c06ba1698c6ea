/**
 * The owner rule on the binary, as root and as two users without rights in a throw-away root.
 *
 * Longer than 250 lines because each file that the rule protects is attacked.
 */
import assert from "node:assert/strict";
import { borderTest, INSTALLED, NAME } from "../support/borders.ts";
import { canBeFaulty } from "../support/faulty_fs.ts";
import { underLyingFs } from "../support/lying_fs.ts";
import { listTree, OTHER, type RunOptions, USER } from "../support/rootfs.ts";

const DONE = { code: 0, signal: null, stdout: "", stderr: "" };

const CONFIG = `${INSTALLED}/config.yaml`;
const WORK = `/srv/data/.${NAME}.datahubsync`;
const AS_USER: RunOptions = { asUser: true };
const AS_OTHER: RunOptions = { asUser: OTHER };
/** Only what is ours: the machine's own temporary folders aren't. */
const skip = /^\/(proc|dev|run|usr|\.sbin|etc|var)(\/|$)/;

/** The command that a refusal prints. */
function hintOf(stderr: string): string {
  const hint = /^hint: (.*)$/m.exec(stderr)?.[1];
  assert(hint, stderr);
  return hint;
}

borderTest("all that is root's is silent, and so is a user's own home", async (at) => {
  await at.configure();
  const first = await at.datahubsync(["sync"]);
  assert.deepEqual(first, DONE);
  const home = `${USER.home}/sync`;
  await at.sh(
    `mkdir ${home}; ln ${INSTALLED}/datahubsync ${home}/ || cp ${INSTALLED}/datahubsync ${home}/`,
  );
  await at.configure({
    path: `${home}/config.yaml`,
    localDir: "./data",
    more: ["logging: { file: ./log }"],
  });
  await at.sh(`chown -R bob: ${home}/config.yaml ${home}; chmod 775 ${home}`);
  const own = await at.root.run(["sh", "-c", `cd ${home} && umask 002 && ./datahubsync`], AS_USER);
  assert.deepEqual(own, DONE);
  assert.doesNotMatch(await at.root.read(`${home}/log`), /WARN/);
  const again = await at.root.run(["sh", "-c", `cd ${home} && ./datahubsync`], AS_USER);
  assert.deepEqual(again, DONE);
});

/** What opens an installation of root's to others, and who is named. */
const OPENED: Record<string, [open: string, says: RegExp]> = {
  "the program's folder": [`chmod 777 ${INSTALLED}`, /everybody may write to \/opt\/datahubsync /],
  "the program": [`chmod 757 ${INSTALLED}/datahubsync`, /everybody may write to .*: the program/],
  "the configuration": [`chown eve: ${CONFIG}`, /config.yaml belongs to eve: the configuration/],
  "a folder above the data": [`chmod 777 /srv`, /everybody may write to \/srv /],
  "the data's folder": [`chown eve: /srv/data/bars`, /bars belongs to eve: the data of bars/],
  "the data's folder, sticky": [`chmod 1777 /srv/data/bars`, /everybody may write to .*bars /],
  "the work folder": [`chown eve: ${WORK}`, /belongs to eve: the work folder of bars/],
  "the state's folder": [
    `chgrp eve ${INSTALLED}; chmod 775 ${INSTALLED}`,
    /the group eve may write/,
  ],
};

for (const [what, [open, says]] of Object.entries(OPENED)) {
  borderTest(
    `root is refused where others may touch ${what}; the command closes it`,
    async (at) => {
      await at.configure();
      assert.equal((await at.datahubsync(["sync"])).code, 0);
      await at.sh(open);
      const before = await listTree(at.root.path, { skip, times: true });
      const refused = await at.datahubsync(["sync", "-c", CONFIG]);
      assert.equal(refused.code, 3, refused.stderr);
      assert.match(refused.stderr, /^error: Not run as root: /);
      assert.match(refused.stderr, says);
      assert.deepEqual(await listTree(at.root.path, { skip, times: true }), before);
      await at.sh(hintOf(refused.stderr));
      const closed = await at.datahubsync(["sync"]);
      assert.equal(closed.code, 0, closed.stderr);
    },
  );
}

borderTest(
  "root is refused below a home of somebody else's; trusting it is one command",
  async (at) => {
    const localDir = `${OTHER.home}/data/bars`;
    await at.sh(`mkdir -p ${localDir}`);
    await at.configure({ localDir });
    const refused = await at.datahubsync(["sync"]);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /\/home\/eve belongs to eve; the .* of bars lies there/);
    await at.sh(hintOf(refused.stderr));
    const trusted = await at.datahubsync(["sync"]);
    assert.equal(trusted.code, 0, trusted.stderr);
    // In a file that isn't root's the same words count for nothing.
    await at.sh(`chown eve: ${CONFIG}`);
    assert.equal((await at.datahubsync(["sync"])).code, 3);
  },
);

borderTest(
  "a user is refused a program, configuration or work folder of others, warned of data",
  async (at) => {
    const home = `${USER.home}/sync`;
    await at.sh(`mkdir -p ${home} /srv/shared; chmod 1777 /srv/shared; chown bob: ${home}`);
    await at.configure({
      path: `${home}/config.yaml`,
      localDir: "/srv/shared/bars",
      more: [`logging: { file: ${home}/log }`],
    });
    await at.sh(`chown bob: ${home}/config.yaml`);
    const args = ["sync", "-c", `${home}/config.yaml`];
    // Before the first run, so that nothing is forgiven.
    await at.sh("mkdir /srv/shared/.bars.datahubsync", AS_OTHER);
    const foreign = await at.datahubsync(args, AS_USER);
    assert.equal(foreign.code, 3);
    assert.match(foreign.stderr, /\.bars\.datahubsync belongs to eve: the work folder of bars/);
    assert.match(hintOf(foreign.stderr), /^(?:sudo mv |su -c 'mv )/);
    await at.sh(hintOf(foreign.stderr));
    assert.equal((await at.datahubsync(args, AS_USER)).code, 0);
    await at.sh("chmod 777 /srv/shared");
    assert.equal((await at.datahubsync(args, AS_USER)).code, 0);
    assert.match(await at.root.read(`${home}/log`), /WARN: everybody may write to \/srv\/shared/);
    await at.sh(`chown eve: ${home}/config.yaml`);
    const config = await at.datahubsync(args, AS_USER);
    assert.equal(config.code, 3);
    assert.match(
      config.stderr,
      /^error: Not run: .*config\.yaml belongs to eve: the configuration/m,
    );
  },
);

borderTest(
  "an installation that worked before the rule is warned with a version, and goes on",
  async (at) => {
    await at.configure({ more: ["logging: { file: ./log }"] });
    // As v2.0 leaves it: a state of root's, and folders that another user shares.
    await at.root.write(`${INSTALLED}/.last_sync.json`, "{}\n");
    await at.sh("chown eve: /srv/data");
    for (let run = 0; run < 2; run++) {
      const { code, stderr } = await at.datahubsync(["sync"]);
      assert.equal(code, 0, stderr);
    }
    const log = await at.root.read(`${INSTALLED}/log`);
    const warned =
      /WARN: (\/srv\/data belongs to eve.*from version 4\.0 on .*refuses [^:]*: (.*))$/m
        .exec(log);
    assert(warned, log);
    // The command that the warning names makes it an installation like any other…
    await at.sh(warned[2]!);
    assert.equal((await at.datahubsync(["sync"])).code, 0);
    // …which is refused when it opens up again.
    await at.sh(`chmod 777 ${INSTALLED}`);
    assert.equal((await at.datahubsync(["sync"])).code, 3);
  },
);

borderTest(
  "a foreign work folder is refused in an installation that worked before, too",
  async (at) => {
    await at.configure();
    await at.root.write(`${INSTALLED}/.last_sync.json`, "{}\n");
    await at.sh("chmod 1777 /srv/data");
    await at.sh(`mkdir ${WORK}`, AS_OTHER);
    const refused = await at.datahubsync(["sync"]);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /belongs to eve: the work folder/);
  },
);

borderTest(
  "root in somebody else's installation makes nothing and says what to type",
  async (at) => {
    await at.configure();
    await at.root.write(`${INSTALLED}/.installed`, `set\tuser ${USER.name}\n`);
    await at.sh(`chown root:bob ${INSTALLED}; chmod 1775 ${INSTALLED}; chown bob: /srv/data`);
    await at.sh("mkdir -p /usr/local/sbin; ln -sf /usr/sbin/runuser /usr/local/sbin/", {});
    const before = await listTree(at.root.path, { skip, times: true });
    const commands = [
      ["sync"],
      ["sync", "-d", NAME, "-c", CONFIG],
      ["verify", "--repair"],
      ["convert", NAME, "--to", "snapshot"],
    ];
    for (const args of commands) {
      const { code, stderr } = await at.datahubsync(args);
      assert.match(stderr, /Not run as root: this installation belongs to bob/);
      assert.equal(code, 3);
      const typed = hintOf(stderr);
      const program = `${INSTALLED}/datahubsync ${args.join(" ")}`;
      assert.match(typed, new RegExp(`^(sudo -u bob|runuser -u bob --) ${program}$`));
    }
    assert.deepEqual(await listTree(at.root.path, { skip, times: true }), before);
    const hint = hintOf((await at.datahubsync(["sync"])).stderr);
    await at.sh(hint);
    assert.equal(
      await at.sh("stat -c %U /srv/data/bars /srv/data/.bars.datahubsync/lock"),
      "bob\nbob\n",
    );
  },
);

borderTest("a configuration that others placed in the current folder isn't obeyed", async (at) => {
  await at.configure();
  await at.sh("mkdir /srv/trap; chmod 755 /srv/trap; chown eve: /srv/trap");
  await at.configure({ path: "/srv/trap/config.yaml", localDir: "/srv/trap/out" });
  await at.sh("chown eve: /srv/trap/config.yaml");
  for (const [options, whose] of [[{}, "root"], [AS_USER, "bob"]] as const) {
    for (const command of ["sync", "status --offline", "paths"]) {
      const ran = await at.root.run(
        ["sh", "-c", `cd /srv/trap && ${INSTALLED}/datahubsync ${command}`],
        options,
      );
      assert.equal(ran.code, 3, `${command} as ${whose}: ${ran.stdout}${ran.stderr}`);
      assert.match(ran.stderr, /isn't obeyed: \/srv\/trap belongs to eve/);
      assert.match(
        hintOf(ran.stderr),
        new RegExp(`datahubsync ${command} -c /srv/trap/config.yaml$`),
      );
    }
  }
  // Root's file in a folder where others may write is no better.
  await at.sh("chown root: /srv/trap/config.yaml /srv/trap; chmod 777 /srv/trap");
  const open = await at.root.run(["sh", "-c", `cd /srv/trap && ${INSTALLED}/datahubsync paths`]);
  assert.match(open.stderr, /isn't obeyed: everybody may write to \/srv\/trap /);
  await at.sh("chmod 755 /srv/trap");
  await at.sh(`cd /srv/trap && ${INSTALLED}/datahubsync paths`);
});

borderTest(
  "what root left in somebody's installation is given back by one command of --check",
  async (at) => {
    await at.configure({ more: ["logging: { file: ./log }"] });
    // As an older version let root run it: everything is root's.
    assert.equal((await at.datahubsync(["sync"])).code, 0);
    await at.root.write(`${INSTALLED}/.installed`, `set\tuser ${USER.name}\n`);
    await at.sh(`chown root:bob ${INSTALLED}; chmod 1775 ${INSTALLED}; chown bob: /srv/data`);
    at.hub.nextDay();
    assert.notEqual((await at.datahubsync(["sync"], AS_USER)).code, 0);
    for (const options of [{}, AS_USER]) {
      const { code, stdout } = await at.datahubsync(["check", "--json"], options);
      assert.equal(code, 3);
      const left = JSON.parse(stdout).checks.filter(({ check }: { check: string }) =>
        check === "folder.left"
      );
      assert.equal(left.length, 1, stdout);
      assert.match(left[0].message, /^runs as root left files that bob can't change: /);
      const { remedy } = left[0];
      assert.equal(/^(?:sudo|su -c) /.test(remedy), options === AS_USER);
      if (options === AS_USER) await at.sh(remedy);
    }
    const { code, stderr } = await at.datahubsync(["sync"], AS_USER);
    assert.equal(code, 0, stderr);
    const { stdout } = await at.datahubsync(["check", "--json"], AS_USER);
    assert.doesNotMatch(
      stdout,
      /folder\.left|"verdict":"error","dataset":[^,]*,"message":"[^"]*owner/,
    );
  },
);

/** Commands that write where they are told, and the file or folder that they make. */
const WRITERS: Record<string, { args: (at: string, hub: string) => string[]; makes: string }> = {
  init: {
    args: (at, hub) => ["init", "--quiet", "--hub-url", hub, "--output", `${at}/new.yaml`],
    makes: "new.yaml",
  },
  report: { args: (at) => ["report", "--output", `${at}/r.html`], makes: "r.html" },
  "sync --changes": { args: (at) => ["sync", "--changes", `${at}/list`], makes: "list" },
  demo: { args: (at) => ["demo", "--dir", `${at}/demo`, "--keep"], makes: "demo" },
};

for (const [command, { args, makes }] of Object.entries(WRITERS)) {
  borderTest(`root's ${command} writes nothing where others could swap it`, async (at) => {
    await at.configure();
    await at.sh("mkdir /srv/out /srv/kept /srv/open; chown eve: /srv/out; chmod 777 /srv/open");
    await at.sh("ln -s /srv/kept /srv/out/sub", AS_OTHER);
    const before = await listTree(at.root.at("/srv"), { times: true });
    for (const folder of ["/srv/out", "/srv/out/sub", "/srv/open"]) {
      const refused = await at.datahubsync(args(folder, at.hub.url));
      assert.equal(refused.code, 3, `${folder}: ${refused.stdout}${refused.stderr}`);
      assert.match(refused.stderr, /^error: Not run as root: /);
      assert.match(refused.stderr, /belongs to eve|everybody may write to \/srv\/open/);
    }
    assert.deepEqual(await listTree(at.root.at("/srv"), { times: true }), before);
    const refused = await at.datahubsync(args("/srv/open", at.hub.url));
    assert.equal(hintOf(refused.stderr), "chmod go-w /srv/open");
    await at.sh(hintOf(refused.stderr));
    if (command === "demo") return; // It takes a while, and tests/e2e has it elsewhere.
    const done = await at.datahubsync(args("/srv/open", at.hub.url));
    assert.equal(done.code, 0, done.stderr);
    assert(await at.root.has(`/srv/open/${makes}`));
  });
}

borderTest("init in somebody's folder names the command that its owner types", async (at) => {
  await at.sh("mkdir /srv/out; chown eve: /srv/out");
  const words = ["init", "--quiet", "--hub-url", at.hub.url, "--output", "/srv/out/c.yaml"];
  const refused = await at.datahubsync(words);
  assert.match(refused.stderr, /\/srv\/out belongs to eve; the configuration lies there/);
  await at.sh(hintOf(refused.stderr).replace(/^sudo -u eve/, "runuser -u eve --"));
  assert.equal(await at.sh("stat -c %U /srv/out/c.yaml"), "eve\n");
});

borderTest(
  "an access list that lets others write shows as group-write, and is closed",
  async (at) => {
    await at.configure();
    assert.equal((await at.datahubsync(["sync"])).code, 0);
    for (const [path, role] of [["/srv/data", "the work folder"], [CONFIG, "the configuration"]]) {
      await at.sh(`setfacl -m u:eve:rwx ${path}`);
      await at.sh(`test -w ${path}`, AS_OTHER);
      const refused = await at.datahubsync(["sync", "-c", CONFIG]);
      assert.equal(refused.code, 3, refused.stderr);
      assert.match(
        refused.stderr,
        /the group root, or whom an access list names \(getfacl\), may /,
      );
      assert(refused.stderr.includes(role!), refused.stderr);
      await at.sh(hintOf(refused.stderr));
      await assert.rejects(at.sh(`test -w ${path}`, AS_OTHER));
      const closed = await at.datahubsync(["sync", "-c", CONFIG]);
      assert.equal(closed.code, 0, closed.stderr);
    }
  },
  { programs: ["setfacl"] },
);

/** A file named by the configuration, what somebody else made of it, and what is said. */
const NAMED: Record<string, [attack: string, says: RegExp]> = {
  "a file of another user's": [
    "echo http://127.0.0.1:9 > $f; chown eve: $f",
    /belongs to eve: a file with a secret/,
  ],
  "a link of another user's": [
    "echo http://127.0.0.1:9 > /srv/t; ln -s /srv/t $f; chown -h eve: $f",
    /_file belongs to eve; a file with a secret lies there/,
  ],
  "a link to another user's file": [
    "echo http://127.0.0.1:9 > /srv/t; chown eve: /srv/t; ln -s /srv/t $f",
    /\/srv\/t belongs to eve; a file with a secret lies there/,
  ],
  "a file that everybody may write": [
    "echo http://127.0.0.1:9 > $f; chmod 666 $f",
    /everybody may write to/,
  ],
  "a pipe that nobody writes to": ["mkfifo $f", /_file`: .*isn't a regular file/],
};
const SECRETS = { token_file: "hub", url_file: "ping" };

for (const [what, [attack, says]] of Object.entries(NAMED)) {
  borderTest(`root is refused a token_file or url_file that is ${what}`, async (at) => {
    for (const [key, section] of Object.entries(SECRETS)) {
      const file = `/srv/${key}`;
      await at.sh(`rm -f /srv/t; f=${file}; ${attack}`);
      await at.configure({ more: section === "ping" ? [`ping: { ${key}: ${file} }`] : [] });
      if (section === "hub") {
        await at.sh(`sed -i 's|retries: 0|retries: 0, ${key}: ${file}|' ${CONFIG}`);
      }
      const { code, stderr } = await at.datahubsync(["sync", "-c", CONFIG]);
      assert.notEqual(code, 0, key);
      assert.match(stderr, says, key);
      assert.equal(await at.sh("ls -A /srv/data"), "", "nothing was made");
    }
  });
}

/** What is said of a calendar that isn't closed: a warning, and the data comes. */
const CALENDARS: Record<string, [attack: string, says: RegExp]> = {
  "a file of another user's": ["chown eve: $f", /WARN: \/srv\/off belongs to eve: the calendar/],
  "a link to another user's file": [
    "mv $f /srv/real; chown eve: /srv/real; ln -s /srv/real $f",
    /WARN: \/srv\/real belongs to eve; the calendar lies there/,
  ],
  "a pipe that nobody writes to": ["rm $f; mkfifo $f", /WARN: .*calendar`: .*isn't a regular file/],
};

for (const [what, [attack, says]] of Object.entries(CALENDARS)) {
  borderTest(`a calendar that is ${what} is warned of, and stops nothing`, async (at) => {
    await at.sh(`f=/srv/off; printf 'days off\\n2027-01-01\\n' > $f; ${attack}`);
    await at.configure({ more: ["logging: { file: ./log }"] });
    const late = "max_age: { hours: 24, calendar: /srv/off }";
    await at.sh(`sed -i 's|bars }|bars, ${late} }|' ${CONFIG}`);
    const { code, stderr } = await at.datahubsync(["sync", "-c", CONFIG]);
    assert.equal(code, 0, stderr);
    assert.match(await at.root.read(`${INSTALLED}/log`), says);
  });
}

for (const told of [true, false]) {
  const how = told ? "is named" : "may be anybody, where the kernel doesn't say who,";
  borderTest(
    `who mounted a FUSE file system over a work folder in a sticky folder ${how} and refused`,
    async (at) => {
      await at.configure({ localDir: "/srv/data/bars" });
      await at.sh("chmod 1777 /srv/data; mkdir /srv/data/bars");
      const sync = `${INSTALLED}/datahubsync sync`;
      const refused = await underLyingFs(at.root, WORK, sync, { told });
      assert.equal(refused.code, 3, refused.stderr);
      const whose = told ? "eve mounted" : "anybody may have mounted";
      assert(
        refused.stderr.includes(
          `${WORK} is a FUSE file system that ${whose}: the work folder of bars`,
        ),
        refused.stderr,
      );
      assert.equal(await at.sh(`ls ${OTHER.home}/back`), "");
      // The command given, typed: what is left is a foreign work folder, whose command helps.
      const freed = await underLyingFs(at.root, WORK, `${hintOf(refused.stderr)} && ${sync}`, {
        told,
      });
      assert.match(freed.stderr, /belongs to eve: the work folder of bars/);
      await at.sh(hintOf(freed.stderr));
      assert.deepEqual(await at.datahubsync(["sync"]), DONE);
    },
    { programs: canBeFaulty() ? [] : ["python3-fusepy"] },
  );
}

borderTest(
  "a FUSE file system of a user's own passes, and makes nobody trust what lies in it",
  async (at) => {
    // It says that the configuration is root's, and the configuration trusts everything.
    await at.sh("chmod 1777 /srv/data");
    const place = "/srv/data/fuse";
    await at.configure({ path: `${OTHER.home}/back/config.yaml`, more: ["trusted_folders: [/]"] });
    await at.sh(`chown -R ${OTHER.name}: ${OTHER.home}`);
    const sync = `${INSTALLED}/datahubsync sync -c ${place}/config.yaml`;
    for (const told of [true, false]) {
      const { code, stderr } = await underLyingFs(at.root, place, sync, { told });
      assert.equal(code, 3, stderr);
      assert.match(stderr, /belongs to eve|is a FUSE file system that anybody/);
    }
    const own = await underLyingFs(
      at.root,
      place,
      `cd / && setpriv --reuid=${OTHER.uid} --regid=${OTHER.uid} --clear-groups ` +
        `env HOME=${OTHER.home} ${sync} --dry-run`,
      { told: true },
    );
    assert.equal(own.code, 0, own.stderr);
  },
  { programs: canBeFaulty() ? [] : ["python3-fusepy"] },
);

borderTest("report where its user may not write says to name another file", async (at) => {
  await at.configure({ path: `${USER.home}/config.yaml` });
  await at.sh(`chown -R bob: ${USER.home}`);
  const report = `cd /srv && ${INSTALLED}/datahubsync report -c ${USER.home}/config.yaml`;
  const refused = await at.root.run(["sh", "-c", report], AS_USER);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /datahubsync-report\.html\): permission denied/);
  assert.equal(hintOf(refused.stderr), "name another file with --output");
  const page = `${USER.home}/report.html`;
  const done = await at.root.run(["sh", "-c", `${report} --output ${page}`], AS_USER);
  assert.deepEqual({ code: done.code, stdout: done.stdout }, { code: 0, stdout: `${page}\n` });
});
