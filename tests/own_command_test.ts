/** How a person types this program. */
import assert from "node:assert/strict";
import { ownCommand, ownName, ownNameAnywhere, type Start } from "../src/own_command.ts";

const started = (argv0: string): Start => ({
  ours: true,
  argv0,
  execPath: "/opt/data hub/datahubsync",
});

Deno.test("ownName() is what was typed, quoted where a shell needs it", () => {
  assert.equal(ownName(started("datahubsync")), "datahubsync");
  assert.equal(ownName(started("./datahubsync")), "./datahubsync");
  assert.equal(ownName(started("/opt/data hub/datahubsync")), "'/opt/data hub/datahubsync'");
});

Deno.test("ownName() is datahubsync from the sources, in a program of others, and by default", () => {
  const start = { ours: false, argv0: "/usr/bin/deno", execPath: "/usr/bin/deno" };
  assert.equal(ownName(start), "datahubsync");
  assert.equal(ownName({ ...start, ours: true, argv0: "" }), "datahubsync");
  assert.equal(ownName(), "datahubsync");
});

Deno.test("ownNameAnywhere() is absolute where the path that was typed holds in one folder only", () => {
  assert.equal(ownNameAnywhere(started("./datahubsync")), "'/opt/data hub/datahubsync'");
  assert.equal(ownNameAnywhere(started("/srv/datahubsync")), "/srv/datahubsync");
  assert.equal(ownNameAnywhere(started("datahubsync")), "datahubsync");
  assert.equal(ownNameAnywhere(), "datahubsync");
});

Deno.test("ownCommand() names the files that the person named", () => {
  const start = started("./datahubsync");
  assert.equal(ownCommand("init", { start }), "./datahubsync init");
  assert.equal(
    ownCommand("sync", { start, config: "my conf.yaml", state: "s.json" }),
    "./datahubsync sync -c 'my conf.yaml' -s s.json",
  );
});
