/**
 * `datahubsync report`: writes the history as one HTML page, and prints where.
 *
 * Guarantees: asks no hub; the file is replaced as a whole or not at all, and only an earlier report
 * is replaced. Root writes none where others could put a link in its place.
 *
 * @module
 */
import { makeFolder } from "../../fs/make_folder.ts";
import { addressesOf } from "../../config/addresses.ts";
import type { Config } from "../../config/config.ts";
import { StoreError, UsageError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { diskError } from "../../fs/disk_error.ts";
import { openOwn } from "../../fs/own_file.ts";
import { parseInstant } from "../../version_time.ts";
import { loadState } from "../../store/memory/state.ts";
import { VERSION } from "../../version.ts";
import { EXIT } from "../command/exit_code.ts";
import { openConfig, type RunOptions, statePathOf } from "../command/open_run.ts";
import { passOutputGate } from "../command/owner_gate.ts";
import { historyOf } from "../status/status_view.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { dirname, resolve } from "node:path";
import { DISK } from "../../messages/disk.ts";
import { COMMAND } from "../../messages/command.ts";

/** The file that is written without `--output`. */
export const REPORT_NAME = "datahubsync-report.html";
const DAYS = 30;
/** The history goes no further back than six years. */
const MOST_DAYS = 6 * 366;

/** Runs `report`; returns the exit code. Throws UsageError, ConfigError, StoreError. */
export async function reportCommand(
  options: RunOptions & { output?: string; days?: string },
  terminal: Terminal,
): Promise<number> {
  const days = daysOf(options.days);
  const config = await openConfig(options, terminal);
  const statePath = await statePathOf(config, options);
  const path = resolve(options.output ?? REPORT_NAME);
  await refuseForeign(path);
  passOutputGate(path, { config, statePath });
  await writeReport(path, { config, statePath, days, now: Date.now() }).catch((cause) => {
    // Where somebody stands may be nobody's to write.
    if (options.output !== undefined || !(cause instanceof StoreError)) throw cause;
    const { code, message } = cause;
    throw new StoreError(code, message, { path, hint: COMMAND.other_output(), cause });
  });
  terminal.out(`${path}\n`);
  return EXIT.ok;
}

/** Writes the report of the last `days` to `path`. Throws StoreError. */
export async function writeReport(
  path: string,
  about: { config: Config; statePath: string; days: number; now: number },
): Promise<void> {
  const { config, statePath, days, now } = about;
  const { timezone } = config.hub;
  const { renderReport } = await import("../../monitoring/report/render_report.ts");
  const state = await loadState(statePath);
  const page = renderReport(await historyOf(config), {
    now,
    days,
    datasets: config.datasets.map(({ name, maxAge }) => (
      { name, maxAge, instant: parseInstant(state.get(name) ?? null, timezone) }
    )),
    timezone,
    version: VERSION,
    place: {
      machine: Deno.hostname(),
      hub: addressesOf(config).map(redactUrl).join(", "),
      config: config.path,
    },
  });
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw diskError(error, folder, DISK.make_the_folder());
  }
  await writeFileAtomic(path, page, { mode: 0o644, durable: false });
}

/** A report's title stands in its first bytes. */
const HEAD = 4_096;

/** Throws UsageError if something other than a report would be replaced. */
async function refuseForeign(path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined || (info.isFile && info.size === 0)) return;
  if (info.isFile) {
    const { REPORT_TITLE } = await import("../../monitoring/report/render_report.ts");
    if ((await headOf(path)).includes(`<title>${REPORT_TITLE}</title>`)) return;
  }
  throw new UsageError(COMMAND.isnt_report({ path }), {
    path,
    expected: "a report, or no file",
    found: info.isFile ? "a file of another kind" : info.isDirectory ? "a folder" : "a device",
    hint: COMMAND.other_output(),
  });
}

async function headOf(path: string): Promise<string> {
  try {
    using file = openOwn(path, { access: "read" });
    const bytes = new Uint8Array(HEAD);
    const length = await file.read(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch (error) {
    throw diskError(error, path, DISK.read_the_file());
  }
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return DAYS;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MOST_DAYS) return days;
  throw new UsageError(COMMAND.days_expected({ text: JSON.stringify(text) }), {
    expected: `1 to ${MOST_DAYS}`,
    found: text,
    hint: COMMAND.write_days({ most: MOST_DAYS }),
  });
}
