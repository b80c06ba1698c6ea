/** The container's files against the program: the commands in them are commands that it takes. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { optionsOf, visibleCommands } from "../docs/pages.ts";
import { readDockerfile } from "../support/dockerfile.ts";

const FOLDER = resolve(import.meta.dirname!, "..", "..", "packaging", "container");
const read = (name: string): Promise<string> => Deno.readTextFile(join(FOLDER, name));

/** Fails unless the program has this command, and the command these options. */
function assertKnown(words: readonly string[]): void {
  const command = visibleCommands().find((command) => command.name() === words[0]);
  assert(command !== undefined, `no command ${words[0]}`);
  for (const word of words.filter((word) => word.startsWith("--"))) {
    assert(optionsOf(command).includes(word), `${words[0]} has no ${word}`);
  }
}

Deno.test("the Dockerfile's command and health check are commands of the program", async () => {
  const image = readDockerfile(await read("Dockerfile"));
  assert.deepEqual(image.entrypoint, ["/usr/bin/datahubsync"]);
  assertKnown(image.cmd);
  assert.equal(image.healthcheck[0], image.entrypoint[0]);
  assertKnown(image.healthcheck.slice(1));
  assert.notEqual(image.user, "root");
});

Deno.test("readDockerfile() refuses an instruction that it doesn't know", () => {
  assert.throws(() => readDockerfile("FROM a\nONBUILD RUN b\n"), /ONBUILD/);
});

Deno.test("the compose file's services take the image's commands and mount its volumes", async () => {
  const image = readDockerfile(await read("Dockerfile"));
  const { services, volumes } = parse(await read("compose.yaml"));
  assert.deepEqual(Object.keys(services), ["hub", "client"]);
  assertKnown(services.hub.command);
  assertKnown(services.hub.healthcheck.test.slice(2));
  // Without a command of its own the client has the image's.
  assert.equal(services.client.command, undefined);
  const mounts: string[] = [...services.hub.volumes, ...services.client.volumes];
  for (const volume of image.volumes) {
    assert(mounts.some((mount) => mount.split(":")[1] === volume), volume);
  }
  for (const name of Object.keys(volumes)) {
    assert(mounts.some((mount) => mount.startsWith(`${name}:`)), name);
  }
});
