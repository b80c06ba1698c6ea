/** `--check` against a log that is nowhere, in the way or never rotated; the remedies are typed, and work. */
import assert from "node:assert/strict";
import { parseConfig } from "../../../src/config/load_config.ts";
import { assertTold, healthyPlace } from "./healthy_place.ts";

Deno.test("--check tells a configuration without a log", async () => {
  await using place = await healthyPlace();
  await place.edit(/logging:[^]*$/, "");
  await assertTold(place, {
    check: "log.writable",
    verdict: "warning",
    message: /^there is no log file: what a scheduled run does is written nowhere$/,
    remedy: `set logging.file in ${place.config}: file: ./logs/sync.log`,
  });
});

Deno.test("--check tells a folder where the log should be; the remedy moves it away", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.log);
  await Deno.mkdir(place.log);
  await assertTold(place, {
    check: "log.writable",
    verdict: "error",
    message: /sync\.log is a folder$/,
    remedy: `mv ${place.log} ${place.log}.old`,
    fixes: true,
  });
});

Deno.test("--check tells a log that nobody rotates; the remedy has logrotate do it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.at("root", "etc", "logrotate.d", "datahubsync"));
  await assertTold(place, {
    check: "log.rotated",
    verdict: "warning",
    message: /^nobody rotates it, and it has \d+ B$/,
    remedy:
      `printf '"%s" {\\n  weekly\\n  rotate 8\\n  compress\\n  delaycompress\\n  missingok\\n` +
      `  notifempty\\n}\\n' ${place.log} > ${
        place.at("root", "etc", "logrotate.d", "datahubsync")
      }`,
    fixes: true,
  });
  assert.equal(
    await Deno.readTextFile(place.at("root", "etc", "logrotate.d", "datahubsync")),
    `"${place.log}" {\n  weekly\n  rotate 8\n  compress\n  delaycompress\n  missingok\n  notifempty\n}\n`,
  );
});

Deno.test("--check takes a log that is kept nowhere as it is", async () => {
  await using place = await healthyPlace();
  await place.edit("./logs/sync.log", "/dev/stdout");
  const { lines } = await place.check();
  const log = lines.filter(({ check }) => check.startsWith("log."));
  assert.deepEqual(log.map(({ verdict, message }) => [verdict, message]), [
    ["ok", "it goes to /dev/stdout, where nothing is kept"],
  ]);
});

Deno.test("--check takes patterns of logrotate and logging.max_size for rotation", async () => {
  await using place = await healthyPlace();
  const rules = place.at("root", "etc", "logrotate.d", "datahubsync");
  const verdict = async () =>
    (await place.check()).lines.find(({ check }) => check === "log.rotated")?.verdict;
  await Deno.writeTextFile(rules, `# "${place.log}"\n${place.at("logs")}/*.log /x {\n daily\n}\n`);
  assert.equal(await verdict(), "ok");
  await Deno.writeTextFile(rules, `# "${place.log}"\n/x {\n daily\n}\n`);
  assert.equal(await verdict(), "warning");
  await place.becomeUser(1000);
  await assertTold(place, {
    check: "log.rotated",
    verdict: "warning",
    message: /^nobody rotates it, and it has \d+ B$/,
    remedy: `set logging.max_size in ${place.config}: max_size: 10MB`,
  });
  await place.edit(/$/, "  max_size: 10MB\n");
  parseConfig(await Deno.readTextFile(place.config), { path: place.config, env: () => undefined });
  const ours = (await place.check()).lines.find(({ check }) => check === "log.rotated");
  assert.deepEqual([ours?.verdict, ours?.message], [
    "ok",
    "it is rotated at 10 MB, and 5 are kept",
  ]);
});
