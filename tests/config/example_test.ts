/**
 * The example configuration loads as it is, and its commented keys are the defaults.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CONFIG_ENV_NAMES } from "../../src/config/env_names.ts";
import { configKeys, parseConfig } from "../../src/config/load_config.ts";

const text = await Deno.readTextFile(new URL("../../config.example.yaml", import.meta.url));
/** `#key` and `#  key` are settings that are switched off; `# word` is a remark. */
const uncommented = text.replace(/^(\s*)#(?=[^\s#]| {2})/gm, "$1");
const options = {
  path: "/srv/config.yaml",
  env: (name: string) =>
    (CONFIG_ENV_NAMES as readonly string[]).includes(name) ? "https://x.example/s" : undefined,
};

Deno.test("config.example.yaml loads as it is, without a warning", () => {
  const config = parseConfig(text, options);
  assert.deepEqual(config.warnings, []);
  assert.deepEqual(config.hub.urls, ["http://127.0.0.1:8000"]);
  assert.deepEqual(config.datasets.map(({ localDir }) => localDir), [
    "/srv/data/stock-trading-data-pro",
    "/srv/data/stock-fin-data-xbx",
  ]);
});

Deno.test("config.example.yaml shows the defaults in its commented keys", () => {
  const plain = parseConfig(text, options);
  const full = parseConfig(uncommented, options);
  assert.equal(full.hub.token, "https://x.example/s");
  assert.equal(full.hub.caFile, "/srv/hub-ca.pem");
  assert.deepEqual(full.datasets[0]?.maxAge, { hours: 30, weekdays: [1, 2, 3, 4, 5], hour: 17.5 });
  assert.equal(full.notify.targets.length, 5);
  assert.deepEqual(full.metrics, { textfile: "/srv/metrics/datahubsync.prom" });
  assert.deepEqual(full.mirror, { dir: "/srv/mirror", keepHours: 24 });
  assert.deepEqual(full.trustedFolders, ["/home/alice"]);
  full.trustedFolders = [];
  for (const section of [full.hub, full.datasets[0]!]) {
    assert.match(section.publicKeys?.join() ?? "", /^ed25519:[\w-]{43}$/);
  }
  full.hub.publicKeys = [];
  delete full.datasets[0]?.publicKeys;
  delete full.hub.token;
  delete full.hub.caFile;
  assert.match(full.warnings.join(), /max_age.calendar.*\/srv\/cn-a-share.txt.*no such file/);
  full.warnings = [];
  delete full.datasets[0]?.maxAge;
  assert.deepEqual(full.datasets[0]?.expect, {
    minFiles: 5000,
    maxRemoved: 0.05,
    maxShrink: 0.2,
    newestRow: { column: "交易日期", hours: 72, encoding: "auto" },
  });
  delete full.datasets[0]?.expect;
  assert.equal(full.datasets[0]?.changes, true);
  delete full.datasets[0]?.changes;
  assert.equal(full.datasets[0]?.keepAge, 720);
  delete full.datasets[0]?.keepAge;
  assert.deepEqual([full.datasets[0]?.maxSize, full.datasets[0]?.maxFiles], [50e9, 100_000]);
  delete full.datasets[0]?.maxSize;
  delete full.datasets[0]?.maxFiles;
  delete full.mirror;
  assert.deepEqual(full.sync.bandwidthHours, [{ from: 9, to: 15.5, limit: 2_000_000 }]);
  delete full.sync.bandwidthHours;
  delete full.language;
  delete full.notify.language;
  assert.deepEqual(full.ping, { url: "https://x.example/s", timeout: 10 });
  delete full.ping;
  full.metrics = {};
  full.notify.targets = [];
  assert.deepEqual(full, plain);
});

Deno.test("config.example.yaml names every key", () => {
  for (const key of configKeys()) {
    const name = key.split(".").at(-1);
    assert.match(uncommented, new RegExp(`(^|[\\s{-])${name}:`, "m"), key);
  }
});
