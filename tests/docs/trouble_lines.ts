/**
 * The lines that the documents' chapters on troubleshooting quote, made by the code that writes them:
 * a message that is reworded fails the documents' test.
 *
 * @module
 */
import { logReporter } from "../../src/cli/sync/log_reporter.ts";
import { parseConfig } from "../../src/config/load_config.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { buildZip } from "../support/zip_builder.ts";
import { DataHubSyncError, messageOf } from "../../src/errors.ts";
import { diskError } from "../../src/fs/disk_error.ts";
import { HubClient } from "../../src/hub/hub_client.ts";
import { proxyFor } from "../../src/hub/route/proxy.ts";
import { Watchdog } from "../../src/hub/request/watchdog.ts";
import type { Log } from "../../src/monitoring/log.ts";
import { acquireLock } from "../../src/store/lock.ts";
import { emptyResult, statusOf } from "../../src/sync/running_result.ts";
import { syncDataset } from "../../src/sync/sync_all.ts";
import { checkRoom } from "../../src/store/room.ts";
import { type DatasetJob, reporterOf, type SyncContext } from "../../src/sync/sync_context.ts";
import { checkVersion } from "../../src/sync/decide.ts";
import type { DatasetResult, Fetch } from "../../src/types.ts";
import { EngineRig } from "../support/engine.ts";
import { tempDir } from "../support/temp.ts";

const DATASET = "stock-trading-data-pro";
const HUB = "http://your-hub:8000";

/** Every line that has to be quoted. */
export async function troubleLines(): Promise<string[]> {
  return [
    ...await networkLines(),
    ...await diskLines(),
    ...await stateLines(),
    await behindLine(),
    await rejectedLine(),
    await unknownLine(),
    configLine(),
  ];
}

async function networkLines(): Promise<string[]> {
  const connect = "error sending request for url (u): client error (Connect): ";
  const failing = (reason: string): Fetch => () => Promise.reject(new TypeError(connect + reason));
  const answering = (status: number, page: string): Fetch => () =>
    Promise.resolve(new Response(page, { status }));
  return await Promise.all([
    failing("dns error: failed to lookup address information: Name or service not known"),
    failing("tcp connect error: Connection refused (os error 111)"),
    failing("invalid peer certificate: UnknownIssuer"),
    answering(401, "Unauthorized"),
    answering(407, "Proxy Authentication Required"),
    answering(404, "Not Found"),
    answering(200, "<!DOCTYPE html>"),
  ].map(async (fetch) => failed(await catalogError(fetch)))).then(async (lines) => [
    ...lines,
    failed(await catalogError(failing("unsuccessful tunnel"), "https://your-hub")),
    failed(await stall()).replace("0.001 s", "300 s"),
  ]);
}

/** The error of a hub that is asked over http directly, over https through a proxy. */
async function catalogError(fetch: Fetch, baseUrl = HUB): Promise<unknown> {
  const https = (name: string) => name === "https_proxy" ? "http://proxy:3128" : undefined;
  const hub = new HubClient({
    baseUrl,
    proxyOf: ({ href }) => proxyFor(href, https),
    fetch,
    clock: () => 0,
    random: () => 0,
    sleep: () => Promise.resolve(),
    timeoutMs: 300_000,
    timezone: "Asia/Shanghai",
    retries: 0,
    userAgent: "DataHubSync",
  });
  return await hub.catalog().then(() => undefined, (error) => error);
}

/** What the watchdog says after the default of 300 s; the text is made in a millisecond. */
async function stall(): Promise<unknown> {
  using watchdog = new Watchdog({
    timeoutMs: 1,
    url: `${HUB}/package/${DATASET}.zip`,
    signals: [],
  });
  const { signal } = watchdog;
  await new Promise((done) => signal.addEventListener("abort", done));
  return signal.reason;
}

async function diskLines(): Promise<string[]> {
  const disk = (code: string, path: string, doing: string) =>
    failed(diskError(Object.assign(new Error(code), { code }), path, doing));
  const work = `/data/.${DATASET}.datahubsync`;
  const room = await checkRoom("/", { bytes: Number.MAX_SAFE_INTEGER, files: 0 }, "auto")
    .then(() => undefined, (error) => error);
  return [
    failed(room).replace(
      /the disk of \/: [^(]* free /,
      "the disk of /data: 1.2 GB needed, 300 MB free ",
    ),
    disk("ENOSPC", `${work}/partial`, "write the partial"),
    disk("EACCES", work, "make the work folder"),
    disk("EROFS", work, "make the work folder"),
  ];
}

async function stateLines(): Promise<string[]> {
  const entry = {
    name: DATASET,
    version: "2026-11-22T06:02:38",
    instant: 0,
    ready: false,
    status: "packaging",
    packageSize: 0,
    fileCount: 0,
    totalSize: 0,
  };
  const check = checkVersion(entry, null, "UTC");
  if (check.kind !== "not_ready") throw new Error(`expected not_ready, found ${check.kind}`);
  await using dir = await tempDir();
  const holder = { clock: () => Date.UTC(2026, 10, 22, 0, 15), hostname: "server-1", pid: 4711 };
  using _held = await acquireLock(dir.at("lock"), holder);
  const locked = await acquireLock(dir.at("lock"), holder).then(() => undefined, (error) => error);
  return [
    logged({ status: "package_not_ready", error: check.why }),
    failed(locked),
  ];
}

/** A package that is older than announced, synced for real. */
async function behindLine(): Promise<string> {
  await using hub = new FaultyHub();
  hub.setDataset(DATASET, {
    version: "2026-11-22T06:02:38.165365",
    built: new Date("2026-11-21T06:02:38+08:00"),
    package: buildZip([{ path: "a.csv", content: new Uint8Array(1) }]),
  });
  await using rig = await EngineRig.make({ name: DATASET });
  const lines: string[] = [];
  const log = { warn: (message: string) => void lines.push(`WARN: ${message}`) };
  const logging = logReporter(log as unknown as Log);
  const reporter = reporterOf({ warn: logging });
  await rig.sync(hub.url, { context: { reporter } });
  return lines.join("\n");
}

/** A package that isn't as expected, synced for real. */
async function rejectedLine(): Promise<string> {
  const files = ["a.csv", "b.csv"].map((path) => ({ path, content: new Uint8Array(9) }));
  await using hub = new FaultyHub();
  hub.setDataset(DATASET, { version: "2026-11-22T06:02:38", package: buildZip(files) });
  await using rig = await EngineRig.make({ dataset: { expect: { minFiles: 5000 } } });
  return logged(await rig.sync(hub.url));
}

/** A dataset that the hub's list doesn't have: that is found out before anything else is needed. */
async function unknownLine(): Promise<string> {
  const job = { dataset: { name: DATASET }, listed: undefined, recorded: null };
  const { signal } = new AbortController();
  const context = { clock: () => 0, signal, reporter() {} };
  return logged(await syncDataset(job as unknown as DatasetJob, context as unknown as SyncContext));
}

function configLine(): string {
  const text = `hub:\n  url: ${HUB}\n  timout: 60\ndatasets: [{ name: a, local_dir: ./a }]\n`;
  try {
    parseConfig(text, { path: "/opt/datahubsync/config.yaml", file: "config.yaml" });
  } catch (error) {
    return `error: ${messageOf(error)}`;
  }
  throw new Error("the configuration should have been refused");
}

/** The log's line for a dataset whose sync ended in this error. */
function failed(error: unknown): string {
  const hint = error instanceof DataHubSyncError ? error.hint : undefined;
  return logged({
    status: statusOf(error),
    error: messageOf(error),
    ...(hint !== undefined && { hint }),
  });
}

function logged(ending: Pick<DatasetResult, "status"> & Partial<DatasetResult>): string {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log = { info: at("INFO"), warn: at("WARN"), error: at("ERROR"), debug: () => {} };
  logReporter(log as unknown as Log)({
    type: "finished",
    result: { ...emptyResult(DATASET, 0), ...ending },
  });
  return lines.join("\n");
}
