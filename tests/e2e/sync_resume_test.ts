/**
 * The binary ended in the middle: by kill -9, by signals, or kept out by another run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { until } from "../support/until.ts";
import { buildZip, type ZipInput } from "../support/zip_builder.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { binaryPath, configFor, type Workplace, workplace } from "../support/binary.ts";
import { mappedRanges } from "../support/partial_map.ts";
import { hasTmux, onScreen } from "../support/screen.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

const NAME = "big";
const MB = 1 << 20;

/** 64 files of noise, three quarters of a megabyte each: deflate can do nothing about them. */
function noiseTree(): Tree {
  const tree: Tree = new Map();
  for (let index = 0; index < 64; index++) {
    const content = new Uint8Array(MB * 3 / 4);
    for (let at = 0; at < content.length; at += 65_536) {
      crypto.getRandomValues(content.subarray(at, at + 65_536));
    }
    tree.set(`f${String(index).padStart(2, "0")}.csv`, content);
  }
  return tree;
}

const tree = noiseTree();
const inputs = [...tree].map(([path, content]): ZipInput => ({ path, content, level: 1 }));
const packed = buildZip(inputs);

/** A hub over a line of 24 MB/s: two seconds for the package. */
function slowHub(): FaultyHub {
  return new FaultyHub({
    kind: "modern",
    bytesPerSecond: LINE,
    datasets: { [NAME]: { version: "2026-11-20T20:15:00", package: packed } },
  });
}

const LINE = 24_000_000;
const sent = (hub: FaultyHub): number => hub.bytesSent(`/package/${NAME}`);

/**
 * Lets so little through until told otherwise that there is time, however busy the machine is; a
 * catalog still comes.
 */
function hold(hub: FaultyHub): () => void {
  hub.pace.bytesPerSecond = 20_000;
  return () => void (hub.pace.bytesPerSecond = LINE);
}

/** Holds the hub once so much is sent, and waits until the run has noted what has been sent. */
async function holdAt(hub: FaultyHub, share: number, place: Workplace): Promise<() => void> {
  await until(() => sent(hub) > share * packed.length);
  const goOn = hold(hub);
  // Two megabytes, or a while, pass before a run notes what has come.
  await until(async () => await noted(place) > sent(hub) - 2 * MB);
  return goOn;
}

/** Bytes that the run's map of the partial tells of. */
async function noted(place: Workplace): Promise<number> {
  const map = place.at("data", `.${NAME}.datahubsync`, "partial.map");
  return (await mappedRanges(map)).reduce((sum, [start, end]) => sum + end - start, 0);
}

Deno.test("after kill -9 in mid-download the next run goes on: under 1.05 packages in all", async () => {
  assert(packed.length > 30 * MB);
  await using hub = slowHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  {
    await using running = place.start();
    const goOn = await holdAt(hub, 0.6, place);
    running.kill("SIGKILL");
    assert.equal((await running.ended).signal, "SIGKILL");
    goOn();
    assert.equal((await place.tree(NAME)).size, 0, "nothing is live before all is verified");
  }
  const ended = await place.run("--json");
  assert.equal(ended.code, 0, ended.stderr);
  assertSameTree(await place.tree(NAME), tree);
  const share = sent(hub) / packed.length;
  assert(share < 1.05, `${share} packages were sent`);
  assert(JSON.parse(ended.stdout).results[0].bytes_downloaded < 0.5 * packed.length);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends with ${code} and keeps state and partial`, async () => {
    await using hub = slowHub();
    const small = buildZip([{ path: "a.csv", content: new Uint8Array(100) }]);
    hub.setDataset("small", { version: "2026-11-20T20:15:00", package: small });
    await using place = await workplace(configFor(hub.url, ["small", NAME]));
    await using running = place.start("--json");
    const goOn = await holdAt(hub, 0.5, place);
    running.kill(signal);
    const ended = await running.ended;
    goOn();
    assert.equal(ended.code, code, ended.stderr);
    const { results } = JSON.parse(ended.stdout);
    assert.deepEqual(results.map(({ status }: { status: string }) => status), [
      "success",
      "interrupted",
    ]);
    const kept = results[1].bytes_kept;
    assert(kept > MB, `${kept}`);
    assert.match(ended.stderr, /^interrupted: [\d.]+ MB kept; run again to go on\n$/);
    assert.deepEqual(Object.keys(await place.state()), ["small"]);
    assert.equal((await place.tree(NAME)).size, 0);
    assert.equal((await place.run()).code, 0);
    assertSameTree(await place.tree(NAME), tree);
    const share = sent(hub) / packed.length;
    assert(share < 1.05, `${share} packages were sent`);
  });
}

Deno.test("a second run at the same time finds the lock: exit 4, silent, and the first one goes on", async () => {
  await using hub = slowHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  await using first = place.start();
  await until(() => sent(hub) > MB);
  const goOn = hold(hub);
  const second = await place.run();
  assert.deepEqual([second.code, second.stdout, second.stderr], [4, "", ""]);
  if (hasTmux()) {
    // A person is told who holds it.
    const words = [binaryPath(), "sync", "-c", place.at("config.yaml")];
    await using screen = await onScreen(words, { columns: 160 });
    const seen = await screen.ended();
    assert.equal(seen.code, 4);
    const holder = `process ${first.pid} on ${Deno.hostname()}, since `;
    assert.match(seen.text, new RegExp(`\\nnote: ${NAME}: Another run holds the lock: ${holder}`));
  }
  const third = JSON.parse((await place.run("--json")).stdout).results[0];
  assert.deepEqual([third.status, third.success], ["locked", false]);
  goOn();
  const ended = await first.ended;
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
  assertSameTree(await place.tree(NAME), tree);
});

Deno.test("a lock whose holder was killed is free", async () => {
  await using hub = slowHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  await using first = place.start();
  await until(() => sent(hub) > MB);
  const goOn = hold(hub);
  first.kill("SIGKILL");
  assert.equal((await first.ended).signal, "SIGKILL");
  goOn();
  assert.equal((await place.run()).code, 0);
});
