/** `--check` against a state, a manifest or files that don't agree; the remedies are typed, and work. */
import assert from "node:assert/strict";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { resolveLayout } from "../../../src/store/layout.ts";
import { Manifest } from "../../../src/store/manifest.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { assertTold, healthyPlace, type Line, type Place, sync } from "./healthy_place.ts";

const work = (place: Place): string => place.at("data", ".pro.datahubsync");

Deno.test("--check tells a state that can't be read; the remedy puts it aside", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.state, "{broken");
  await assertTold(place, {
    check: "state.readable",
    verdict: "error",
    message: /^The state .*\.last_sync\.json can't be read: found no JSON$/,
    remedy: `mv ${place.state} ${place.state}.bad`,
    fixes: true,
  });
});

Deno.test("--check tells a folder where the state should be; the remedy moves it away", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.state);
  await Deno.mkdir(place.state);
  await assertTold(place, {
    check: "state.readable",
    verdict: "error",
    message: /^Can't read the state \(.*\.last_sync\.json\): a folder is where a file should be$/,
    remedy: `mv ${place.state} ${place.state}.bad`,
    fixes: true,
  });
});

Deno.test("--check tells a state that lies behind a link which leads to itself", async () => {
  await using place = await healthyPlace();
  const loop = place.at("loop");
  await Deno.symlink(loop, loop);
  const terminal = fakeTerminal();
  const options = { config: place.config, state: `${loop}/state.json`, json: true };
  assert.equal(await checkCommand(options, terminal, place.machine), 3);
  const { checks }: { checks: Line[] } = JSON.parse(terminal.stdout());
  const told = checks.filter((line) => line.check.startsWith("state.") && line.verdict === "error");
  assert.match(
    told[0]!.message,
    /^Can't read the state \(.*\/state\.json\): links lead round in a circle$/,
  );
  assert.match(told[1]!.message, /^it can't be written: Can't look at the folder \(.*\/loop\): /);
  const remedy = "look at it with `ls -l` and remove the link that leads back";
  assert.deepEqual(told.map(({ check, remedy }) => [check, remedy]), [
    ["state.readable", remedy],
    ["state.writable", remedy],
  ]);
});

Deno.test("--check tells a recorded version whose files are gone; syncing fixes it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.data, { recursive: true });
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-05T20:15:00 is recorded, but .*\/data\/pro has no files$/,
    remedy: sync(place),
    fixes: true,
  });
});

Deno.test("--check tells settings that leave nothing of a package; no sync would", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.data, { recursive: true });
  await place.edit(/local_dir: .*\n/, "$&    include: ['*.CVS']\n");
  assert.equal(await syncCommand({ config: place.config, force: true }, fakeTerminal()), 0);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message:
      /: 2026-01-05T20:15:00 is recorded, and no file of it: the package was empty, or include and exclude leave nothing of it$/,
    remedy: `look at include and exclude of ${place.name} in ${place.config}`,
  });
});

Deno.test("--check tells a version that another program recorded; a forced sync fixes it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(`${work(place)}/manifest`);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: .* is recorded by another program: the next change reads all files once$/,
    remedy: `${place.program} sync --force -d ${place.name} -c ${place.config}`,
    fixes: true,
  });
});

Deno.test("--check tells files without a version; a forced sync fixes it", async () => {
  await using place = await healthyPlace();
  const layout = await resolveLayout(place.data);
  const manifest = await Manifest.load(layout.manifest);
  assert(manifest !== undefined);
  manifest.version = null;
  await manifest.save(layout.manifest);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-05T20:15:00 is recorded, but the files are of no version$/,
    remedy: sync(place, "sync --force"),
    fixes: true,
  });
});

Deno.test("--check tells a damaged manifest; a forced sync fixes it", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(`${work(place)}/manifest`, "garbage");
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: The manifest .* is damaged/,
    remedy: sync(place, "sync --force"),
    fixes: true,
  });
});

Deno.test("--check tells a manifest of a newer program", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(`${work(place)}/manifest`, '{"format":99,"x":1}');
  await assertTold(place, {
    check: "state.manifest",
    verdict: "error",
    message: /has format version 99; this program reads up to \d+$/,
    remedy: "it was written by a newer datahubsync: use that one, or remove the file to start over",
  });
});

Deno.test("--check tells a state that doesn't agree with the files; a forced sync fixes it", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.state, JSON.stringify({ [place.name]: "2026-01-04T20:15:00" }));
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-04T20:15:00 is recorded, but the files are of 2026-01-05T20:15:00$/,
    remedy: sync(place, "sync --force"),
    fixes: true,
  });
});

Deno.test("--check tells files that are missing or changed; verify --repair fixes it", async () => {
  await using place = await healthyPlace();
  const [one, two] = [...Deno.readDirSync(place.data)].map(({ name }) => name);
  await Deno.remove(`${place.data}/${one}`);
  await Deno.writeTextFile(`${place.data}/${two}`, "x");
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: of its 56 files 1 are missing and 1 have been changed here$/,
    remedy: `${place.program} verify ${place.name} --repair -c ${place.config}`,
    fixes: true,
  });
});
