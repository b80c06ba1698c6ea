/** `datahubsync convert`: a plain folder becomes a snapshot, and back. */
import assert from "node:assert/strict";
import { convertCommand } from "../../src/cli/data/convert_command.ts";
import { LockedError, UsageError } from "../../src/errors.ts";
import { toSnapshot } from "../../src/store/snapshot/convert.ts";
import { ensureLayout, resolveLayout } from "../../src/store/layout.ts";
import { acquireLock } from "../../src/store/lock.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { tempDir } from "../support/temp.ts";

/** A folder with a file and a configuration. */
async function place(publish: string) {
  const temp = await tempDir();
  const config = temp.at("config.yaml");
  const local = temp.at("data");
  const configure = (form: string): Promise<void> =>
    Deno.writeTextFile(
      config,
      `hub: {url: http://h}\ndatasets: [{name: a, local_dir: ./data, publish: ${form}}]\n`,
    );
  await configure(publish);
  await Deno.mkdir(local);
  await Deno.writeTextFile(`${local}/x.csv`, "1");
  return {
    temp,
    config,
    local,
    configure,
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

Deno.test("convertCommand() makes a snapshot of a plain folder, and a plain folder of it", async () => {
  await using at = await place("snapshot");
  const terminal = fakeTerminal();
  assert.equal(await convertCommand("a", { config: at.config, to: "snapshot" }, terminal), 0);
  assert((await Deno.lstat(at.local)).isSymlink);
  assert.equal(await Deno.readTextFile(`${at.local}/x.csv`), "1");
  assert.match(
    terminal.stdout(),
    /a: .*data is now a link to .*\.data\.datahubsync\/versions\/000001\n/,
  );
  await at.configure("files");
  assert.equal(await convertCommand("a", { config: at.config, to: "files" }, terminal), 0);
  assert((await Deno.lstat(at.local)).isDirectory);
  assert.equal(await Deno.readTextFile(`${at.local}/x.csv`), "1");
  assert.match(terminal.stdout(), /data is now a plain folder\n$/);
});

Deno.test("convertCommand() says so when there is nothing to do", async () => {
  await using at = await place("files");
  const terminal = fakeTerminal();
  assert.equal(await convertCommand("a", { config: at.config, to: "files" }, terminal), 0);
  assert.match(terminal.stdout(), /^a: nothing to do: .*data is a plain folder/);
});

Deno.test("convertCommand() refuses what the configuration contradicts, and says what to edit", async () => {
  await using at = await place("files");
  await assert.rejects(
    convertCommand("a", { config: at.config, to: "snapshot" }, fakeTerminal()),
    (error) => {
      assert(error instanceof UsageError);
      assert.equal(
        error.hint,
        `set \`publish: snapshot\` for it in ${at.config}, then: ` +
          `datahubsync convert a --to snapshot -c ${at.config}`,
      );
      return true;
    },
  );
  assert((await Deno.lstat(at.local)).isDirectory);
});

Deno.test("convertCommand() refuses while a sync is under way", async () => {
  await using at = await place("snapshot");
  const layout = await resolveLayout(at.local);
  await ensureLayout(layout);
  using _lock = await acquireLock(layout.lock, { clock: Date.now, hostname: "h", pid: 1 });
  await assert.rejects(
    convertCommand("a", { config: at.config, to: "snapshot" }, fakeTerminal()),
    LockedError,
  );
  assert((await Deno.lstat(at.local)).isDirectory);
});

for (const step of ["journal_written", "taken_away", "put_back"]) {
  Deno.test(`convertCommand() finishes a conversion that was killed after ${step}`, async () => {
    await using at = await place("snapshot");
    const layout = await resolveLayout(at.local);
    await ensureLayout(layout);
    const killed = toSnapshot(layout, {
      onStep: (reached) => {
        if (reached === step) throw new Error("killed");
      },
    });
    await assert.rejects(killed);
    await convertCommand("a", { config: at.config, to: "snapshot" }, fakeTerminal());
    assert((await Deno.lstat(at.local)).isSymlink);
    assert.equal(await Deno.readTextFile(`${at.local}/x.csv`), "1");
  });
}

Deno.test("convertCommand() knows the configured datasets only", async () => {
  await using at = await place("files");
  await assert.rejects(
    convertCommand("b", { config: at.config, to: "files" }, fakeTerminal()),
    /no dataset named "b"/,
  );
});

Deno.test("convertCommand() without --to does what the configuration says", async () => {
  await using at = await place("snapshot");
  assert.equal(await convertCommand("a", { config: at.config }, fakeTerminal()), 0);
  assert((await Deno.lstat(at.local)).isSymlink);
  await at.configure("files");
  assert.equal(await convertCommand("a", { config: at.config }, fakeTerminal()), 0);
  assert((await Deno.lstat(at.local)).isDirectory);
});
