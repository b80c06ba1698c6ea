/** `--check` as a whole: what it says when all is well, what it costs, what it never does. */
import assert from "node:assert/strict";
import { AREAS } from "../../../src/cli/check/check_line.ts";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { assertTold, healthyPlace, type Line } from "./healthy_place.ts";

/** Everything below a folder, with sizes and times. */
function listing(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { size, mtime, mode } = Deno.lstatSync(path);
    if (isDirectory) return [`${path} ${mode}`, ...listing(path)];
    return [`${path} ${size} ${mtime?.getTime()} ${mode}`];
  }).sort();
}

Deno.test("checkCommand() finds nothing wrong where nothing is, in every area", async () => {
  await using place = await healthyPlace();
  const { code, lines } = await place.check();
  assert.deepEqual(lines.filter(({ verdict }) => verdict !== "ok"), []);
  assert.equal(code, 0);
  const areas = new Set(lines.map(({ check }) => check.split(".")[0]));
  assert.deepEqual([...areas].sort(), Object.keys(AREAS).sort());
});

Deno.test("checkCommand() says that all is good, and what isn't proven, and with --verbose all by area", async () => {
  await using place = await healthyPlace();
  const { lines } = await place.check();
  const brief = fakeTerminal();
  assert.equal(await checkCommand({ config: place.config }, brief, place.machine), 0);
  const note = "Hub\n  · its catalog isn't signed: nothing proves who made the data\n\n";
  assert.equal(brief.stdout(), `${note}${lines.length} checks passed.\n`);
  const terminal = fakeTerminal();
  const verbose = { config: place.config, verbose: true };
  assert.equal(await checkCommand(verbose, terminal, place.machine), 0);
  const text = terminal.stdout();
  assert.deepEqual(text.match(/^[A-Z].*/gm), Object.values(AREAS).map((title) => title()));
  assert.match(text, /^Program\n {2}✓ datahubsync \d/);
  assert.match(text, /^Hub\n {2}✓ 127\.0\.0\.1 is an address already\n/m);
  assert(text.endsWith(`\n\n${lines.length} checks passed.\n`));
});

Deno.test("checkCommand() says what runs: a binary of a commit, or the sources", async () => {
  await using place = await healthyPlace();
  for (const [compiled, from] of [[true, "commit"], [false, "its sources"]] as const) {
    place.machine.compiled = compiled;
    const { lines } = await place.check();
    const line = lines.find(({ check }) => check === "program.version");
    assert.match(line?.message ?? "", new RegExp(`^datahubsync \\d\\S* from ${from}`));
  }
});

Deno.test("checkCommand() finds nothing to warn of before the first sync", async () => {
  await using place = await healthyPlace({ synced: false });
  const { code, lines } = await place.check();
  assert.deepEqual(lines.filter(({ verdict }) => verdict !== "ok"), []);
  assert.equal(code, 0);
  // And where it was only tried: no schedule means no unwatched run that needs a log.
  await Deno.remove(place.cron);
  await place.edit(/logging:[^]*$/, "");
  const tried = (await place.check()).lines.filter(({ verdict }) => verdict !== "ok");
  assert.deepEqual(tried.map(({ check }) => check), ["schedule.present"]);
});

Deno.test("checkCommand() changes nothing on the disk", async () => {
  await using place = await healthyPlace();
  const before = listing(place.at("."));
  await place.check();
  assert.deepEqual(listing(place.at(".")), before);
});

Deno.test("checkCommand() makes nothing where nothing was", async () => {
  await using place = await healthyPlace({ synced: false });
  const before = listing(place.at("."));
  await place.check();
  assert.deepEqual(listing(place.at(".")), before);
});

Deno.test("checkCommand() downloads the catalog and one directory, and asks for two bytes", async () => {
  await using place = await healthyPlace();
  place.hub.hub.reset();
  await place.check();
  assert.deepEqual(place.hub.hub.requests.map(({ path }) => path), [
    "/api/datasets",
    "/api/datasets.signed",
    `/package/${place.name}.zip`,
    `/package/${place.name}.zip`,
  ]);
  assert.match(place.hub.hub.requests[2]?.range ?? "", /^bytes=\d+-\d+$/);
  assert.match(place.hub.hub.requests[3]?.range ?? "", /^bytes=0-0, ?(\d+)-\1$/);
});

Deno.test("checkCommand() prints what is wrong first, each with its reason and remedy", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  place.hub.hub.removeDataset(place.name);
  const terminal = fakeTerminal();
  assert.equal(await checkCommand({ config: place.config }, terminal, place.machine), 3);
  const text = terminal.stdout();
  assert.match(text, /^Datasets on the hub\n {2}✗ .*: the hub doesn't have it\n {4}→ correct/);
  assert.match(text, /^Schedule\n {2}! nothing syncs by itself.*\n {4}→ \(crontab -l/m);
  assert.match(text, /\n\n1 problem, 1 warning, \d+ checks passed \(--verbose lists them\)\.\n$/);
  assert.doesNotMatch(text, /✓/);
  const verbose = fakeTerminal();
  await checkCommand({ config: place.config, verbose: true }, verbose, place.machine);
  const all = verbose.stdout();
  assert(all.indexOf("✗") < all.indexOf("!") && all.indexOf("!") < all.indexOf("✓"), all);
  assert.match(all, /\n\n1 problem, 1 warning, \d+ checks passed\.\n$/);
});

Deno.test("checkCommand() ends with 2 and the places of a wrong configuration", async () => {
  await using place = await healthyPlace({ synced: false });
  await place.edit("local_dir", "loacl_dir");
  const { code, lines } = await place.check();
  assert.equal(code, 2);
  const [{ message, ...line }, ...more] = lines as [Line, ...Line[]];
  assert.deepEqual(more, []);
  assert.match(message, /config\.yaml:5:5: .*local_dir/);
  assert.deepEqual(line, {
    check: "config.valid",
    verdict: "error",
    dataset: null,
    remedy: "compare with config.example.yaml",
  });
});

Deno.test("checkCommand() says what is odd about a configuration", async () => {
  await using place = await healthyPlace();
  await place.edit("logging:", "colour: red\nlogging:");
  await assertTold(place, {
    check: "config.valid",
    verdict: "warning",
    message: /config\.yaml:6:1: .*colour/,
    remedy: `correct it in ${place.config}`,
  });
});

Deno.test("checkCommand() shows no secret of the configuration", async () => {
  await using place = await healthyPlace();
  await place.edit("hub:\n", "hub:\n  token: s3cret-token\n");
  place.hub.hub.setCatalog("<html>s3cret-token</html>");
  for (const json of [true, false]) {
    const terminal = fakeTerminal();
    await checkCommand({ config: place.config, json }, terminal, place.machine);
    assert.doesNotMatch(terminal.stdout(), /s3cret/);
    assert.match(terminal.stdout(), /\*\*\*/);
  }
});
