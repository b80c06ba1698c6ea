/**
 * Where the configuration is looked for, in which order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { locateConfig, PACKAGED } from "../../src/config/locate_config.ts";
import { ConfigError, UsageError } from "../../src/errors.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("locateConfig() takes the first of its places that holds a file", async () => {
  await using temp = await tempDir();
  const root = temp.path;
  const [cwd, executableDir] = [join(root, "cwd"), join(root, "bin")];
  const places = [
    join(root, "flag.yaml"),
    join(root, "env.yaml"),
    join(cwd, "config.yaml"),
    join(cwd, "config/config.yaml"),
    join(executableDir, "config.yaml"),
    join(executableDir, "config/config.yaml"),
  ];
  for (const folder of [cwd, executableDir]) {
    await Deno.mkdir(join(folder, "config"), { recursive: true });
  }
  for (const place of places) await Deno.writeTextFile(place, "");
  const none = { env: () => undefined, cwd, executableDir };
  const env = (name: string) => name === "DATAHUBSYNC_CONFIG" ? "../env.yaml" : undefined;
  assert.equal(await locateConfig({ ...none, env, flag: "../flag.yaml" }), places[0]);
  assert.equal(await locateConfig({ ...none, env }), places[1]);
  for (const place of places.slice(2)) {
    assert.equal(await locateConfig(none), place);
    await Deno.remove(place);
  }
  await assert.rejects(locateConfig(none), (error) => {
    assert(error instanceof ConfigError);
    assert.match(error.hint ?? "", /datahubsync init.*config.example.yaml/);
    return places.slice(2).every((place) => error.message.includes(place));
  });
});

Deno.test("locateConfig() of a package's program names the example that the package has, and its place", async () => {
  await using temp = await tempDir();
  const options = { env: () => undefined, cwd: temp.path, executableDir: "/usr/bin" };
  await assert.rejects(locateConfig(options), (error) => {
    assert(error instanceof ConfigError);
    for (const place of PACKAGED) assert(error.message.includes(place));
    assert.equal(
      error.hint,
      "make one here with `datahubsync init`, or one for this machine: copy " +
        "/usr/share/doc/datahubsync/examples/config.yaml to /etc/datahubsync/config.yaml and edit it",
    );
    return true;
  });
});

Deno.test("locateConfig() refuses a named file that isn't there", async () => {
  await using temp = await tempDir();
  const cwd = temp.path;
  await Deno.writeTextFile(join(cwd, "config.yaml"), "");
  const options = { env: () => "gone.yaml", cwd, executableDir: cwd };
  await assert.rejects(locateConfig(options), ConfigError);
  await assert.rejects(locateConfig({ ...options, flag: "gone.yaml" }), UsageError);
  await assert.rejects(locateConfig({ ...options, flag: "" }), UsageError);
});
