/**
 * The program on a way to the hub that is dark for a while, through a TCP proxy and over a real link
 * that goes down and up: once for as long as the program waits, until it says that it tries again,
 * and once for a moment that is nothing to its patience. All of them at once.
 *
 * Guarantees: each ends in the hub's tree, with everything that had arrived fetched once, and with
 * lines in the log that say what it waited for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { pro } from "../../src/demo/profiles.ts";
import type { Ended } from "../support/command.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { HUB_URL, Link, namespacesWork } from "../support/link.ts";
import { endOf, startProgram, writeConfig } from "../support/program.ts";
import { FaultyProxy } from "../support/proxy.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, type Tree } from "../support/tree.ts";
import { pause, until } from "../support/until.ts";

/** Seconds of `hub.timeout`: less than the way is dark, and so much more that no machine is as slow. */
const [IMPATIENT, PATIENT] = [20, 600];
/** How long the way is dark for the patient: longer than the kernel's first tries. */
const MOMENT_MS = 5_000;
/** Some 300 files and 7 MB packed, at 512 KB/s: ten seconds are left when it goes dark. */
const PROFILE = pro({ scale: 0.06, rows: (random) => 300 + Math.floor(random() * 100) });
const RATE = 1 << 19;
/** The package's directory, which is asked for first, and the heads of a few answers. */
const BESIDE = 200_000;
/** How much has come when it goes dark. */
const FAR = 2_000_000;

/** A run of the program. */
interface Run {
  end: Promise<Ended>;
  what: string;
  localDir: string;
  log: string;
}

async function start(
  temp: TempDir,
  way: { url: string; timeout: number; under?: string[] },
): Promise<Run> {
  const { url, timeout, under = [] } = way;
  const place = `timeout${timeout}`;
  const localDir = temp.at(place, "data");
  const config = temp.at(place, "config.yaml");
  const logFile = temp.at(place, "sync.log");
  // hub.retries is the default, 5: no more than anybody has.
  await writeConfig(config, { url, localDir, hub: { timeout }, logFile });
  const env = { NO_PROXY: "127.0.0.1,10.213.0.1" };
  const end = endOf(startProgram(["-c", config, "--json"], { under, env }));
  return { end, what: `${url}, ${timeout} s`, localDir, log: logFile };
}

/** Lets the way be dark until the impatient says that it tries again, or for a moment. */
async function staysDark({ log }: Run, timeout: number): Promise<void> {
  if (timeout === PATIENT) return await pause(MOMENT_MS);
  await until(async () => (await Deno.readTextFile(log)).includes("trying again"));
}

/** Fails unless the run ended well; gives the log's lines about trying again. */
async function endsWell(run: Run, hub: { tree: Tree; size: number }): Promise<string[]> {
  const { code, stdout, stderr } = await run.end;
  const log = await Deno.readTextFile(run.log);
  const about = `${run.what}\n${stdout}${stderr}${log}`;
  assert.equal(code, 0, about);
  assertSameTree(await readTree(run.localDir), hub.tree);
  const [{ bytes_downloaded }] = JSON.parse(stdout).results;
  assert(bytes_downloaded <= hub.size + BESIDE, `${bytes_downloaded} bytes came: ${about}`);
  assert.match(log, /Successfully synced dataset/);
  assert.doesNotMatch(log, / ERROR /);
  return log.split("\n").filter((line) => line.includes("trying again"));
}

Deno.test("sync goes on when the way to the hub was dark", async (t) => {
  const beside = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  const links = await namespacesWork();
  // Packed once: six times take longer than a timeout, on a thread that hubs have to answer on.
  await using source = startHub({ profile: PROFILE });
  const steps = [IMPATIENT, PATIENT].flatMap((timeout) => [
    {
      name: `with hub.timeout ${timeout} through a proxy`,
      fn: () => throughProxy(source, timeout),
    },
    ...(["hub", "client"] as const).map((end) => ({
      name: `with hub.timeout ${timeout} over a link that is down at the ${end}'s end (as root)`,
      ignore: !links,
      fn: () => overLink(source, timeout, end),
    })),
  ]);
  await Promise.all(steps.map((step) => t.step({ ...beside, ...step })));
});

async function throughProxy(source: TestHub, timeout: number): Promise<void> {
  await using temp = await tempDir();
  await using hub = new FaultyHub({ kind: "modern", bytesPerSecond: RATE });
  hub.setDataset(source.name, source.hub.datasets.get(source.name)!);
  await using proxy = new FaultyProxy(hub.url);
  const run = await start(temp, { url: proxy.url, timeout });
  await until(() => proxy.bytesDown >= FAR);
  proxy.goDark();
  await staysDark(run, timeout);
  proxy.comeBack();
  const size = source.package.length;
  const lines = await endsWell(run, { tree: source.tree(), size });
  // A connection that was given up may be sent the piece that the proxy held for it, and no more.
  const held = proxy.connections * (64 << 10);
  const most = size + BESIDE + held;
  assert(proxy.bytesDown <= most, `${proxy.bytesDown} bytes came, at most ${most} should`);
  if (timeout === PATIENT) assert.deepEqual(lines, [], "it was no stall yet");
  else assert.match(lines[0]!, /the server stopped sending; trying again in \S+ m?s/);
}

async function overLink(source: TestHub, timeout: number, end: "hub" | "client"): Promise<void> {
  await using temp = await tempDir();
  await using link = await Link.make();
  await Deno.writeFile(temp.at("package.zip"), source.package);
  const [command, ...args] = [
    ...link.under("hub"),
    ...[Deno.execPath(), "run", "-A", "--no-check", "--quiet"],
    ...[`${import.meta.dirname}/hub_process.ts`, temp.at("package.zip"), String(RATE)],
  ];
  const server = new Deno.Command(command!, { args, stdin: "null", stdout: "piped" }).spawn();
  const output = server.stdout.getReader();
  try {
    await output.read(); // it listens
    const run = await start(temp, { url: HUB_URL, timeout, under: link.under("client") });
    await until(async () => await link.bytesDown() >= FAR);
    await link.set("down", end);
    await staysDark(run, timeout);
    await link.set("up", end);
    const size = source.package.length;
    const lines = await endsWell(run, { tree: source.tree(), size });
    if (timeout === PATIENT) assert.deepEqual(lines, [], "it was no stall yet");
    else assert.match(lines[0]!, /the server stopped sending; trying again in \S+ m?s/);
    // All that came over the wire, with the heads of its packets and what the kernel sent twice.
    const came = await link.bytesDown();
    assert(came <= (size + BESIDE) * 1.1, `${came} bytes came for a package of ${size}`);
  } finally {
    server.kill("SIGKILL");
    await output.cancel();
    await server.status;
  }
}
