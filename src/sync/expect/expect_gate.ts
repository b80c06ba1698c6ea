/**
 * The gate between staging and publishing: a package that isn't as `datasets[].expect` asks for
 * doesn't pass, unless it was rejected before and a person has accepted it.
 *
 * Guarantees: changes no data. The package is compared with the last one that went live, as the
 * manifest has it; without a manifest only `min_files` and `newest_row` can be judged. Figures and
 * dates are judged, not contents: those have their CRC-32. A rejected package is neither fetched nor
 * judged again while the catalog announces the same one and the expectations are the same; what was
 * fetched stays, so that accepting it fetches nothing again. `accept` passes only the very package
 * that was rejected, never one that came later.
 *
 * @module
 */
import type { Expectations } from "../../config/dataset_config.ts";
import { grouped } from "../../digits.ts";
import { SYNC } from "../../messages/sync.ts";
import { hoursAfter } from "../../monitoring/staleness.ts";
import { dayText } from "../../monitoring/zone.ts";
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../../store/layout.ts";
import type { Manifest } from "../../store/manifest.ts";
import { loadRejection, type Rejection, saveRejection } from "../../store/memory/rejection.ts";
import { durationText } from "../../units.ts";
import type { Changes } from "../changes.ts";
import { selectionOf } from "../selection.ts";
import type { Gathered } from "../gather.ts";
import type { RunningResult } from "../running_result.ts";
import type { ListedJob, SyncContext } from "../sync_context.ts";
import { newestRowOf, type RowSearch } from "./newest_row.ts";

/** A package, the folder that it is for, and what the folder holds. */
interface GateInput {
  gathered: Gathered;
  layout: Layout;
  before: Manifest | undefined;
}

/** The gate of one dataset. */
export class ExpectGate {
  readonly #job: ListedJob;
  readonly #context: SyncContext;
  readonly #running: RunningResult;

  /** Reports why something doesn't pass through `running`. */
  constructor(
    job: ListedJob,
    context: SyncContext,
    running: RunningResult,
  ) {
    this.#job = job;
    this.#context = context;
    this.#running = running;
  }

  /** Whether the announced package was rejected by an earlier run. */
  async remembers(layout: Layout): Promise<boolean> {
    const { dataset, facts, force, accepted } = this.#job;
    if (dataset.expect === undefined || force || facts !== undefined) return false;
    const rejection = await loadRejection(layout);
    if (accepted) {
      if (rejection === undefined) this.#running.warn(SYNC.none_rejected());
      return false;
    }
    const why = this.#standing(rejection);
    if (why !== undefined) this.#say(why);
    return why !== undefined;
  }

  /** The fingerprint of the announced package, if it is the one that a person has accepted. */
  async accepted(layout: Layout): Promise<string | undefined> {
    if (!this.#job.accepted) return undefined;
    const rejection = await loadRejection(layout);
    const stands = rejection?.announced === this.#announced && !rejection.behind;
    return stands ? rejection.fingerprint : undefined;
  }

  /** Why the announced package was rejected; `undefined` = it must be judged. */
  #standing(rejection: Rejection | undefined): string | undefined {
    const stands = rejection?.announced === this.#announced && rejection.rules === this.#rules;
    return stands ? rejection.why : undefined;
  }

  /** For a dry run: judges a package by its directory alone. */
  async foresee({ version, ...seen }: GateInput & { version: string | null }): Promise<void> {
    const { dataset: { expect }, force } = this.#job;
    const { gathered, layout, before } = seen;
    if (expect === undefined) return;
    if (gathered.fingerprint === before?.fingerprint && version === before.version) return;
    const why = force ? undefined : this.#standing(await loadRejection(layout));
    const faults = why === undefined ? figureFaults(expect, seen) : [why];
    const rowsUnseen = expect.newestRow !== undefined && why === undefined;
    this.#running.value.foreseen = { faults, rowsUnseen };
  }

  /** Judges the staged package, and records a rejection; `behind` = it is older than announced. Throws StoreError. */
  async rejects(staged: GateInput & { changes: Changes; behind: boolean }): Promise<boolean> {
    const { expect } = this.#job.dataset;
    const { gathered: { fingerprint }, changes, layout, before, behind } = staged;
    if (expect === undefined) return false;
    // What is live passed when it came; the same under a new version is old data in a new package.
    const isLive = fingerprint === before?.fingerprint;
    if (isLive && changes.manifest.version === before.version) return false;
    const faults = figureFaults(expect, staged);
    const newest = await this.#newestRow(staged);
    if (newest?.fault !== undefined) faults.push(newest.fault);
    const accepted = faults.length > 0 && this.#job.accepted &&
      (await loadRejection(layout))?.fingerprint === fingerprint;
    if (accepted) this.#running.warn(SYNC.accepted({ faults: faults.join("; ") }));
    if (faults.length === 0 || accepted) {
      if (newest?.at !== undefined) this.#running.value.newestRow = newest.at;
      return false;
    }
    const why = SYNC.not_as_expected({ faults: faults.join("; ") });
    const [announced, rules] = [this.#announced, this.#rules];
    await saveRejection(layout, { fingerprint, announced, rules, why, behind });
    this.#say(why);
    return true;
  }

  /** The newest row's date, if it was looked for and found, and what is wrong with it. */
  async #newestRow(
    staged: GateInput & { changes: Changes },
  ): Promise<{ at?: number; fault?: string } | undefined> {
    const { expect, maxAge } = this.#job.dataset;
    const { clock, timezone } = this.#context;
    if (expect?.newestRow === undefined) return undefined;
    const { column, hours } = expect.newestRow;
    const [now, files] = [clock(), filesToSample(staged)];
    const named = JSON.stringify(column);
    const found = await newestRowOf({ ...expect.newestRow, files, now, timezone });
    if (found === "no_files") return undefined;
    if (found === "no_column") return { fault: SYNC.no_column({ named }) };
    if (found === "no_date") return { fault: SYNC.no_date({ named }) };
    const { at, end } = found;
    if (now < hoursAfter(end, { ...maxAge, hours }, timezone)) return { at };
    const fault = SYNC.newest_row({
      at: dayText(at, timezone),
      named,
      hours: durationText(hours * 3_600_000),
    });
    return { at, fault };
  }

  /** Everything of the configuration that a judgement depends on. */
  get #rules(): string {
    const { dataset } = this.#job;
    return JSON.stringify([dataset.expect, dataset.maxAge, selectionOf(dataset)]);
  }

  /**
   * What the catalog says of the package, as one text: another text is another package. If the version
   * doesn't identify it, the day is part of the text, so that it is judged again after a day.
   */
  get #announced(): string {
    const { version, digest, fingerprint, packageSize, ambiguous } = this.#job.listed;
    const isSure = version !== null && !ambiguous;
    const day = isSure ? null : new Date(this.#context.clock()).toISOString().slice(0, 10);
    return JSON.stringify([version, digest?.hex ?? null, fingerprint ?? null, packageSize, day]);
  }

  #say(why: string): void {
    const { value } = this.#running;
    const name = shellWord(this.#job.dataset.name);
    const accept = ownCommand(`sync --accept ${name}`, { config: this.#context.configPath });
    value.error = why;
    value.hint = SYNC.look_at_data({ accept });
  }
}

/** The files to look for the newest row in: the changed ones, or else those that are there. */
function filesToSample(
  { gathered, changes, layout }: GateInput & { changes: Changes },
): RowSearch["files"] {
  const { localDir, staging } = layout;
  if (changes.moves.length > 0) {
    return changes.moves.map(({ staged, size }) => ({ path: `${staging}/${staged}`, size }));
  }
  return gathered.entries.map(({ path, size }) => ({ path: `${localDir}/${path}`, size }));
}

/** What isn't as expected by the package's directory alone, one phrase each. */
function figureFaults(
  { minFiles, maxRemoved, maxShrink }: Expectations,
  { gathered, before }: Pick<GateInput, "gathered" | "before">,
): string[] {
  const { entries } = gathered;
  const faults: string[] = [];
  if (minFiles !== undefined && entries.length < minFiles) {
    faults.push(SYNC.few_files({ has: grouped(entries.length), least: grouped(minFiles) }));
  }
  if (before === undefined) return faults;
  const { absent } = before;
  if (maxRemoved !== undefined) {
    let removed = -absent.files;
    for (const [path] of before.entries()) if (!gathered.packagePaths.has(path)) removed++;
    const files = before.size - absent.files;
    if (removed > 0 && removed > files * maxRemoved) {
      const [gone, had] = [grouped(removed), grouped(files)];
      const [part, most] = [percent(removed / files), percent(maxRemoved)];
      faults.push(SYNC.lacks_files({ gone, had, part, most }));
    }
  }
  if (maxShrink !== undefined) {
    let had = -absent.bytes;
    for (const [path, { size }] of before.entries()) if (gathered.wants(path)) had += size;
    const has = entries.reduce((sum, { size }) => sum + size, 0);
    if (had > 0 && has < had * (1 - maxShrink)) {
      faults.push(SYNC.is_smaller({ part: percent(1 - has / had), most: percent(maxShrink) }));
    }
  }
  return faults;
}

function percent(part: number): string {
  const value = part * 100;
  return `${value < 10 && value % 1 !== 0 ? value.toFixed(1) : Math.round(value)} %`;
}
