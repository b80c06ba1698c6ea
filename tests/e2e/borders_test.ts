/**
 * Attacks of a second user on the files of root's and another user's runs. Each attack is made, and
 * then seen to fail; the rule that would refuse the run beforehand is switched off by trusting the
 * folder, so that what opens, renames and changes modes stands on its own. Each is made twice: with the
 * `fs.protected_*` that Debian sets, and without them.
 */
import assert from "node:assert/strict";
import { attackTest, type Borders, borderTest, INSTALLED, NAME } from "../support/borders.ts";
import { end, OTHER, type RunOptions, USER } from "../support/rootfs.ts";
import { until } from "../support/until.ts";

const AS_OTHER: RunOptions = { asUser: OTHER };
const WORK = `/srv/data/.${NAME}.datahubsync`;

/** A file of root's that others neither read nor change, and what it must stay. */
const PREY = "/etc/prey";
async function prey(at: Borders): Promise<string> {
  await at.sh(`printf precious > ${PREY}; chmod 600 ${PREY}`);
  return await at.sh(`stat -c '%a %u %s %Y %h' ${PREY}`);
}

/** What an attacker can make of a name where they may write; `$1` is the name. */
const TRAPS: Record<string, string> = {
  "a link": `ln -s ${PREY} "$1"`,
  "a dangling link": `ln -s /etc/cron.d/planted "$1"`,
  "a pipe": `mkfifo "$1"`,
};

/** Root's files in folders that eve may write to, each below what is trusted. */
const NAMES: Record<string, string> = {
  "the lock": `${WORK}/lock`,
  "the partial": `${WORK}/partial`,
  "the journal": `${WORK}/journal`,
  "the manifest": `${WORK}/manifest`,
  "the log": "/srv/data/log",
  "the state": "/srv/data/state.json",
  "the state's lock": "/srv/data/state.json.lock",
  "the metrics": "/srv/data/metrics.prom",
  "the history": `${INSTALLED}/.datahubsync/history.jsonl`,
  "the report": "/srv/data/report.html",
};

for (const [what, name] of Object.entries(NAMES)) {
  attackTest(
    `${what} that is a link, a dangling link or a pipe harms nothing and holds nobody up`,
    async (at) => {
      await at.configure({
        more: [
          "logging: { file: /srv/data/log }",
          "metrics: { textfile: /srv/data/metrics.prom }",
          `trusted_folders: [/srv/data, ${INSTALLED}/.datahubsync]`,
        ],
      });
      const before = await prey(at);
      for (const [trap, set] of Object.entries(TRAPS)) {
        await at.sh(`rm -rf ${WORK} ${INSTALLED}/.datahubsync /srv/data/*`);
        await at.sh(`mkdir ${WORK} ${INSTALLED}/.datahubsync`);
        await at.sh(`chmod 777 /srv/data ${WORK} ${INSTALLED}/.datahubsync`);
        await at.sh(`set -- ${name}; ${set}`, AS_OTHER);
        const ran = await at.root.run([
          "timeout",
          "60",
          `${INSTALLED}/datahubsync`,
          ...what === "the report"
            ? ["report", "--output", name]
            : ["sync", "--state", "/srv/data/state.json"],
        ]);
        assert.notEqual(ran.code, 124, `${trap}: held up`);
        assert.equal(await at.sh(`stat -c '%a %u %s %Y %h' ${PREY}`), before, trap);
        assert.equal(await at.root.has("/etc/cron.d/planted"), false, trap);
        // The configuration refuses a log that waits for a reader; a report replaces reports only.
        if (ran.code === 2) assert.match(ran.stderr, /found a named pipe|isn't a report/);
        else if (ran.code !== 0) {
          // What stops the run names the file and the command, which helps.
          const hint = /hint: (?:.*; )?(mv .*)$/m.exec(ran.stderr)?.[1];
          assert(hint, `${trap}: ${ran.stderr}`);
          await at.sh(hint);
          const again = await at.datahubsync(["sync", "--state", "/srv/data/state.json"]);
          assert.equal(again.code, 0, `${trap}: ${again.stderr}`);
        }
      }
    },
  );
}

attackTest("a lock, log or state with a second name isn't written to", async (at) => {
  await at.configure({
    more: ["logging: { file: /srv/data/log }", "trusted_folders: [/srv/data]"],
  });
  for (const name of [`${WORK}/lock`, "/srv/data/log", "/srv/data/state.json.lock"]) {
    await at.sh(`rm -rf ${WORK} /srv/data/*; mkdir -p ${WORK}; printf precious > /srv/prey`);
    // Made by root: whether users may make it is for fs.protected_hardlinks.
    await at.sh(`ln /srv/prey ${name}`);
    await at.datahubsync(["sync", "--state", "/srv/data/state.json"]);
    assert.equal(await at.root.read("/srv/prey"), "precious", name);
  }
});

attackTest(
  "a foreign work folder places no file and runs no journal, in a sticky folder, too",
  async (at) => {
    await at.sh("chmod 1777 /srv/data; mkdir /srv/target; chmod 700 /srv/target");
    const foreign = `mkdir ${WORK}; cd ${WORK}; mkdir staging; ln -s ${PREY} lock; ` +
      `printf evil > staging/x; printf '{"format":1}' > journal; chmod -R 777 .`;
    const before = await prey(at);
    await at.sh(foreign, AS_OTHER);
    for (const options of [{}, { asUser: USER }]) {
      const home = options.asUser ? USER.home : INSTALLED;
      await at.configure({ path: `${home}/config.yaml` });
      if (options.asUser) await at.sh(`chown bob: ${home}/config.yaml`);
      const { code, stderr } = await at.datahubsync(["sync", "-c", `${home}/config.yaml`], options);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /belongs to eve: the work folder of bars/);
      assert.equal(await at.sh(`stat -c '%a %u %s %Y %h' ${PREY}`), before);
    }
    assert.equal(await at.root.has("/srv/data/bars"), false);
  },
);

attackTest("root refuses data whose owner could swap a subfolder for a link", async (at) => {
  await at.configure();
  await at.sh(
    "mkdir -p /srv/data/bars /srv/secret; chmod 700 /srv/secret; chown eve: /srv/data/bars",
  );
  await at.sh("ln -s /srv/secret /srv/data/bars/stock", AS_OTHER);
  const refused = await at.datahubsync(["sync"]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /belongs to eve: the data of bars/);
  // Trusted, the link itself is refused before the journal.
  await at.configure({ more: ["trusted_folders: [/srv/data]"] });
  const dir = [...at.hub.tree().keys()][0]!.split("/")[0]!;
  await at.sh(`rm /srv/data/bars/stock; ln -s /srv/secret /srv/data/bars/'${dir}'`, AS_OTHER);
  const trusted = await at.datahubsync(["sync"]);
  assert.equal(await at.sh("ls -A /srv/secret"), "");
  assert(dir.includes(".") ? trusted.code === 0 : trusted.code !== 0, trusted.stderr);
});

attackTest("a mirror of the web server's user makes no file of root's readable", async (at) => {
  const mirror = "/srv/www";
  await at.sh(`mkdir ${mirror}; chown eve: ${mirror}`);
  await at.configure({ more: [`mirror: { dir: ${mirror} }`] });
  const before = await prey(at);
  const refused = await at.datahubsync(["sync"]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /\/srv\/www belongs to eve: the mirror/);
  await at.configure({ more: [`mirror: { dir: ${mirror} }`, `trusted_folders: [${mirror}]`] });
  // Swaps whatever appears for a link to the prey, as fast as a shell can.
  const attack = at.root.spawn([
    "sh",
    "-c",
    `cd ${mirror}; while :; do for f in .datahubsync/staging/* .datahubsync/staging/*/*.tmp api/.*.tmp package/.*.tmp package/*.zip package/*/*.zip; do ` +
    `[ -f "$f" ] && [ ! -L "$f" ] && mv "$f" x && ln -s ${PREY} "$f"; done; done 2>/dev/null`,
  ], AS_OTHER);
  try {
    await at.sh(
      `mkdir -p ${mirror}/.datahubsync/staging ${mirror}/api ${mirror}/package; chown -R eve: ${mirror}`,
    );
    for (let run = 0; run < 3; run++) {
      at.hub.nextDay();
      await at.datahubsync(["sync"]);
      assert.equal(await at.sh(`stat -c '%a %u %s %Y %h' ${PREY}`), before);
    }
  } finally {
    await end(attack, at.root);
  }
});

borderTest("whatever a second user may open and keeps locked, root's run goes on", async (at) => {
  const file = "/srv/data/log";
  await at.configure({
    more: [
      `logging: { file: ${file}, max_size: 1KB }`,
      "metrics: { textfile: /srv/data/metrics.prom }",
      "mirror: { dir: /srv/data/mirror }",
      'notify: { on: [success], timeout: 1, targets: [{ type: webhook, url: "http://127.0.0.1:1/" }] }',
    ],
  });
  const sync = ["timeout", "60", `${INSTALLED}/datahubsync`, "sync", "--changes"];
  assert.equal((await at.root.run(sync)).code, 0);
  await at.sh(`chmod 644 ${file}`);
  const holder = at.root.spawn([
    "bash",
    "-c",
    `while IFS= read -r file; do exec {fd}<"$file" && flock -n $fd && echo "$file" >>/tmp/list
     done < <(find /opt /srv -type f -readable 2>/dev/null); mv /tmp/list /tmp/locked; sleep 600`,
  ], AS_OTHER);
  try {
    await until(() => at.root.has("/tmp/locked"));
    const locked = (await at.root.read("/tmp/locked")).split("\n");
    const history = `${INSTALLED}/.datahubsync/history.jsonl`;
    assert(locked.includes(history) && locked.includes(file), locked.join());
    assert.deepEqual(locked.filter((path) => /lock$/.test(path)), []);
    const lines = async () => (await at.root.read(history)).split("\n").length;
    const before = await lines();
    at.hub.nextDay();
    const { code, stderr } = await at.root.run(sync);
    assert.equal(code, 0, stderr);
    assert.equal(await lines(), before + 1);
    assert.doesNotMatch(await at.root.read(file), /keeps the lock/);
  } finally {
    await end(holder, at.root);
  }
}, { programs: ["flock", "timeout"] });
