/**
 * install_client.sh killed without a chance to clean up, as by a power cut: between any two of its
 * commands, in an install, a takeover, an upgrade, an uninstall, and what makes a server a hub. What is
 * there then is old or new, never half; the same command again leaves what it leaves when nothing is killed.
 *
 * Bash counts its own commands and kills itself before one of them, so no timing decides. Everything
 * that the script started goes with it. Each case is killed at moments spread over the whole script;
 * `KILLS=100` in a run by hand tries more.
 */
import assert from "node:assert/strict";
import { clearSchedules, listTree, makeRootFs, type RootFs } from "../../support/rootfs.ts";
import { configText, makeBundle, pretendSystemd, rootTest, SCRIPT, sh } from "./bundle.ts";

const DIR = "/opt/datahubsync";
const KILLS = Number(Deno.env.get("KILLS") ?? 2);
const KILLER = `set -T
N=0
trap 'if [ "$BASHPID" = "$$" ]; then
  (( ++N == KILL_AT )) && kill -9 $$
  [ -z "\${COUNT-}" ] || (( N % 10 )) || echo $N >/tmp/count
fi' DEBUG
`;
/** Kills it when its program is in its place. */
const KILLER_AT_PROGRAM = `set -T
trap '[ "$BASHPID" != "$$" ] || [ ! -e ${DIR}/datahubsync ] || kill -9 $$' DEBUG
`;
/** What isn't the script's: the machine's own, and files with a time or a new number in them. */
const SKIP =
  /^\/(proc|dev|tmp|bundle|run|usr\/(?!local)|\.sbin|var\/log\/(?!datahub)|root\/\.|var\/spool\/cron\/crontabs\/|etc\/(passwd|shadow|group|gshadow|sub[ug]id|\.pwd))/;

const OTHERS = "1 2 3 4 5 other job % x";
const LAST = "# the last line has no newline";
const V2 = `mkdir -p ${DIR}/logs && cd ${DIR} && printf '%s' '${configText()}' >config.yaml
  echo '{"stock-trading-data-pro":"2026-01-01T00:00:00"}' >.last_sync.json
  cp /bundle/sync_client.py . && printf '#!/bin/sh\\npython3 sync_client.py\\n' >sync.sh
  chmod 755 sync.sh
  printf '${
  OTHERS.replace("%", "%%")
}\\n15 9 * * * ${DIR}/sync.sh\\n${LAST}' >/tmp/t; crontab /tmp/t`;
const NEW = ["--hub-url", "http://127.0.0.1:1", "--setup-crontab"];
const INSTALLED = `bash ${SCRIPT} ${NEW.join(" ")} >/dev/null 2>&1`;
const OLDER = `${INSTALLED}
  printf '#!/bin/sh\\necho datahubsync 2.0.0\\n' >${DIR}/datahubsync; echo '# mine' >>${DIR}/config.yaml`;

const DATA = "mkdir -p /data/bars && echo 1 >/data/bars/a.csv";
const HUB = [
  ...["--pack", "/data/bars", "--site", "/srv/hub", "--systemd", "--serve", "0.0.0.0:8000"],
];

const CASES: Record<string, { before: string; args: string[]; systemd?: boolean }> = {
  "an install": { before: "true", args: NEW },
  "a takeover of v2.0": { before: V2, args: ["--setup-crontab"] },
  "an upgrade": { before: OLDER, args: ["--setup-crontab"] },
  "an uninstall": { before: INSTALLED, args: ["--uninstall", "--purge"] },
  "a hub's install": { before: DATA, args: HUB, systemd: true },
  "a hub's uninstall": {
    before: `${DATA}; bash ${SCRIPT} ${HUB.join(" ")} >/dev/null 2>&1`,
    args: ["--uninstall", "--purge"],
    systemd: true,
  },
};

/** The script's command; the first process of a namespace, which this shell is, can't kill itself. */
const command = (
  args: string[],
): string[] => ["sh", "-c", '"$@"; exit $?', "sh", "bash", SCRIPT, ...args];
/** The exit code of what a SIGKILL ended. */
const KILLED = 137;

/** A root as the case begins, with the bundle and the killer. */
async function begun(before: string, systemd = false): Promise<RootFs> {
  const root = await makeRootFs();
  await clearSchedules(root);
  if (systemd) await pretendSystemd(root);
  await makeBundle(root.at("/bundle"));
  await root.write("/tmp/kill.sh", KILLER);
  await sh(root, before);
  return root;
}

/** What is there, without the inodes and times of big files. */
async function shown(root: RootFs): Promise<string[]> {
  const lines = await listTree(root.path, { skip: SKIP });
  // Its file begins with the time.
  const table = (await root.run(["crontab", "-l"])).stdout;
  return [`crontab: ${table}`, ...lines].filter((line) =>
    !/^\/(etc|var|opt|data|usr|home|root)\/ /.test(line)
  )
    .map((line) => /datahubsync [^/]*\d{6}/.test(line) ? line.replace(/(?: \d+){2}$/, "") : line)
    // What a killed step had made isn't listed yet: --uninstall leaves its empty folders.
    .map((line) => line.replace(/(\/\.installed .*) \S+$/, "$1"));
}

for (const [what, { before, args, systemd }] of Object.entries(CASES)) {
  rootTest(
    `${what} that is killed is whole after the next run`,
    ["crontab", "useradd"],
    async () => {
      const env = { BASH_ENV: "/tmp/kill.sh" };
      await using whole = await begun(before, systemd);
      const counted = await whole.run(command(args), { env: { ...env, KILL_AT: "0", COUNT: "1" } });
      assert.equal(counted.code, 0, counted.stderr);
      const commands = Number(await whole.read("/tmp/count"));
      assert(commands > 1000, `${commands} commands`);
      const expected = await shown(whole);
      const had = before === V2 ? [OTHERS, LAST] : [];
      for (let kill = 0; kill < KILLS; kill++) {
        const at = Math.floor(commands * (kill + 0.5) / KILLS) + 1;
        await using root = await begun(before, systemd);
        const config = await root.read(`${DIR}/config.yaml`).catch(() => undefined);
        const killed = await root.run(command(args), { env: { ...env, KILL_AT: String(at) } });
        const where = `killed at ${at} of ${commands}`;
        assert.equal(killed.code, KILLED, `${where}: ${killed.stderr}`);
        const table = (await root.run(["crontab", "-l"])).stdout;
        for (const line of had) assert(table.split("\n").includes(line), `${where}: ${table}`);
        const job = await root.read("/etc/cron.d/datahubsync").catch(() => "\n");
        assert.match(job, /\n$/, `${where}: a half file of cron's`);
        if (!args.includes("--purge") && config !== undefined) {
          assert.equal(await root.read(`${DIR}/config.yaml`), config, where);
        }
        const again = await root.run(command(args));
        assert.equal(again.code, 0, `${where}: ${again.stderr}`);
        assert.deepEqual(await shown(root), expected, where);
      }
    },
  );
}

rootTest(
  "an install that is killed when its program is in its place goes on as the user that it made",
  ["crontab", "useradd"],
  async () => {
    await using root = await begun("true");
    await root.write("/tmp/kill.sh", KILLER_AT_PROGRAM);
    const killed = await root.run(command(NEW), { env: { BASH_ENV: "/tmp/kill.sh" } });
    assert.equal(killed.code, KILLED, killed.stderr);
    assert(await root.has(`${DIR}/datahubsync`) && !await root.has("/etc/cron.d/datahubsync"));
    const again = await root.run(command(NEW));
    assert.equal(again.code, 0, again.stderr);
    assert.match(await root.read("/etc/cron.d/datahubsync"), /^15 8 \* \* \* datahubsync /m);
    assert.equal(await sh(root, "stat -c %U /data"), "datahubsync\n");
  },
);
