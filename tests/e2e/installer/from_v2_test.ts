/** install_client.sh over an installation of the Python client v2.0, built by hand as its installer left it. */
import assert from "node:assert/strict";
import { startHub } from "../../support/hub.ts";
import { listTree, type RootFs, USER } from "../../support/rootfs.ts";
import { assertDone, configText, rootTest, SCRIPT } from "./bundle.ts";

const OURS = "# datahubsync (install_client.sh)";

interface V2 {
  dir: string;
  /** Where the config lies below it. */
  config: "config/config.yaml" | "config.yaml";
}

async function buildV2(root: RootFs, { dir, config }: V2): Promise<void> {
  await root.write(
    `${dir}/${config}`,
    configText({ localDir: `${dir}/data/stock-trading-data-pro` }),
  );
  await root.write(`${dir}/.last_sync.json`, '{"stock-trading-data-pro": "2025-02-04T20:15:00Z"}');
  await root.write(`${dir}/logs/sync.log`, "old\n");
  await root.write(`${dir}/sync_client.py`, "STATE = '.last_sync.json'\n");
  await root.write(`${dir}/my_backtest.py`, "print('mine')\n");
  await root.write(`${dir}/requirements.txt`, "requests\npyyaml\n");
  await root.write(`${dir}/venv/pyvenv.cfg`, "home = /usr/bin\n");
  const call = `#!/bin/bash\ncd ${dir}\nvenv/bin/python3 sync_client.py --config ${config}`;
  await root.write(`${dir}/sync.sh`, `${call}\n`, 0o755);
  await root.write(`${dir}/test_client.sh`, `${call} --test\n`, 0o755);
  await root.write(`${dir}/data/stock-trading-data-pro/sh600000.csv`, "1\n");
}

const kept = [
  ".last_sync.json",
  "logs/sync.log",
  "my_backtest.py",
  "data/stock-trading-data-pro/sh600000.csv",
];
const aside = ["requirements.txt", "sync.sh", "sync_client.py", "test_client.sh", "venv"];

async function contents(root: RootFs, dir: string, names: string[]): Promise<string[]> {
  return await Promise.all(names.map((name) => root.read(`${dir}/${name}`)));
}

for (const config of ["config/config.yaml", "config.yaml"] as const) {
  rootTest(`install_client.sh takes over v2.0 with ${config}, in place, with its crontab line`, [
    "crontab",
  ], async (root) => {
    const dir = "/opt/datahubsync";
    await buildV2(root, { dir, config });
    const table =
      `MAILTO=me\n0 1 * * * true\n30 7 * * 1-5 ${dir}/sync.sh >> ${dir}/logs/cron.log 2>&1\n0 2 * * * false\n`;
    await root.write("/tmp/table", table);
    assertDone(await root.run(["crontab", "/tmp/table"]));
    const before = await contents(root, dir, [...kept, config]);
    const finished = await root.run(["bash", SCRIPT]);
    assertDone(finished);
    assert.match(finished.stdout, /taking over v2\.0/);
    assert.deepEqual(await contents(root, dir, [...kept, config]), before);
    const line = `30 7 * * 1-5 ${dir}/datahubsync sync -c ${dir}/${config} -q --wait 30m ${OURS}`;
    assert.equal(
      (await root.run(["crontab", "-l"])).stdout,
      `MAILTO=me\n0 1 * * * true\n${line}\n0 2 * * * false\n`,
    );
    // Named after the day, which may have been yesterday.
    const [old, ...others] = [...Deno.readDirSync(root.at(dir))].map(({ name }) => name)
      .filter((name) => /^v2-\d{8}$/.test(name));
    assert.deepEqual([old === undefined, others], [false, []]);
    const names = [...Deno.readDirSync(root.at(`${dir}/${old}`))].map(({ name }) => name).sort();
    assert.deepEqual(names, aside);
    assert.equal(
      await root.read(`${dir}/sync.sh`),
      `#!/bin/sh\nexec ${dir}/datahubsync sync -c ${dir}/${config} "$@"\n`,
    );
    assert.equal(
      await root.read(`${dir}/test_client.sh`),
      `#!/bin/sh\nexec ${dir}/datahubsync --check -c ${dir}/${config} "$@"\n`,
    );
    // Once more: nothing is left to take over.
    const settled = await listTree(root.at(dir));
    const again = await root.run(["bash", SCRIPT]);
    assertDone(again);
    assert.match(again.stdout, /an upgrade/);
    assert.deepEqual(await listTree(root.at(dir)), settled);
    assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
    assert.deepEqual(await contents(root, dir, [...kept, config]), before);
    assert.equal(
      (await root.run(["crontab", "-l"])).stdout,
      "MAILTO=me\n0 1 * * * true\n0 2 * * * false\n",
    );
    assert.equal(await root.has(`${dir}/sync.sh`), false);
    assert(await root.has(`${dir}/${old}/sync.sh`));
  });
}

rootTest(
  "sudo install_client.sh finds v2.0 by the crontab of who typed it, and goes on as that user",
  ["crontab", "runuser"],
  async (root) => {
    const dir = `${USER.home}/数据 client`;
    await buildV2(root, { dir, config: "config/config.yaml" });
    assertDone(await root.run(["chown", "-R", "bob:bob", USER.home]));
    await root.write("/tmp/table", `5 6 * * * cd "${dir}" && "${dir}/sync.sh"\n`);
    assertDone(await root.run(["crontab", "-u", USER.name, "/tmp/table"]));
    const sudo = { env: { SUDO_USER: USER.name } };
    const done = await root.run(["bash", SCRIPT, "--setup-crontab"], sudo);
    assertDone(done);
    assert.match(done.stdout, /is in a folder that belongs to bob: continuing as bob/);
    const table = await root.run(["crontab", "-u", USER.name, "-l"]);
    const command = `'${dir}/datahubsync' sync -c '${dir}/config/config.yaml' -q --wait 30m`;
    assert.equal(table.stdout, `5 6 * * * ${command} ${OURS}\n`);
    assert.equal(await root.has("/etc/cron.d/datahubsync"), false);
    const foreign = await root.run(["find", USER.home, "!", "-user", USER.name]);
    assert.equal(foreign.stdout, "");
  },
);

rootTest(
  "install_client.sh takes over a user's own v2.0 without root",
  ["crontab"],
  async (root) => {
    const dir = `${USER.home}/sync`;
    await buildV2(root, { dir, config: "config.yaml" });
    assertDone(await root.run(["chown", "-R", "bob:bob", USER.home]));
    await root.write("/tmp/table", `5 6 * * * ${dir}/sync.sh\n`);
    assertDone(await root.run(["crontab", "/tmp/table"], { asUser: true }));
    assertDone(await root.run(["bash", SCRIPT], { asUser: true }));
    const table = await root.run(["crontab", "-l"], { asUser: true });
    assert.equal(
      table.stdout,
      `5 6 * * * ${dir}/datahubsync sync -c ${dir}/config.yaml -q --wait 30m ${OURS}\n`,
    );
  },
);

rootTest("install_client.sh undoes a takeover that fails half-way", [], async (root) => {
  const dir = "/opt/datahubsync";
  await buildV2(root, { dir, config: "config.yaml" });
  // What v2.0's scripts leave behind can't all be moved: one is a mount.
  const script = `mount --bind ${dir}/venv ${dir}/venv; bash ${SCRIPT}`;
  const before = (await listTree(root.at(dir))).filter((line) =>
    !/^\/(datahubsync|\.installed)/.test(line)
  );
  const failed = await root.run(["bash", "-c", script]);
  assert.equal(failed.code, 1, failed.stdout + failed.stderr);
  assert.match(failed.stderr, /"Take over the v2\.0 installation in .*" failed\.\n.*it is undone/s);
  const after = (await listTree(root.at(dir))).filter((line) =>
    !/^\/(datahubsync|\.installed)/.test(line)
  );
  assert.deepEqual(after, before);
});

for (const place of ["sync_client.py", "src/sync_client.py"]) {
  rootTest(`a takeover leaves a ${place} that imports as v2.0's did, and is taken away again`, [
    "python3",
  ], async (root) => {
    const dir = "/opt/datahubsync";
    await using hub = startHub();
    await buildV2(root, { dir, config: "config.yaml" });
    const url = configText({ url: hub.url, localDir: `${dir}/data/stock-trading-data-pro` });
    await root.write(`${dir}/config.yaml`, url);
    await root.write(`${dir}/${place}`, "class DataSyncClient: 'v2.0, with .last_sync.json'\n");
    assertDone(await root.run(["bash", SCRIPT, "--user", "root"]));
    const [old] = [...Deno.readDirSync(root.at(dir))].map(({ name }) => name)
      .filter((name) => /^v2-\d{8}$/.test(name));
    assert.match(await root.read(`${dir}/${old}/${place}`), /v2\.0, with/);
    const program = [
      "import sys",
      `sys.path.insert(0, '${dir}/${place.replace(/\/?sync_client\.py$/, "")}')`,
      "from sync_client import DataSyncClient, SyncResult",
      `client = DataSyncClient('${dir}/config.yaml', '${dir}/.last_sync.json')`,
      "result = client.sync_dataset('stock-trading-data-pro')",
      "assert isinstance(result, SyncResult)",
      "print(result.dataset_name, result.success, result.status, result.error)",
    ];
    const done = await root.run(["python3", "-c", program.join("\n")]);
    assert.equal(done.stdout, "stock-trading-data-pro True success None\n", done.stderr);
    // An upgrade isn't a takeover, and brings the module up to date.
    await root.write(`${dir}/${place}`, `${await root.read(`${dir}/${place}`)}# an older one\n`);
    const again = await root.run(["bash", SCRIPT]);
    assertDone(again);
    assert.match(again.stdout, /an upgrade/);
    assert.doesNotMatch(await root.read(`${dir}/${place}`), /an older one/);
    assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
    assert.equal(await root.has(`${dir}/${place}`), false);
    assert(await root.has(`${dir}/${old}/${place}`));
  });
}

rootTest("an installation that never was v2.0 gets no sync_client.py", [], async (root) => {
  await root.write("/opt/datahubsync/config.yaml", configText());
  assertDone(await root.run(["bash", SCRIPT, "--user", "root"]));
  assert.equal(await root.has("/opt/datahubsync/sync_client.py"), false);
});
