/**
 * The gate between staging and publishing: a package that isn't as `datasets[].expect` asks for
 * doesn't pass, unless it was rejected before and a person has accepted it.
 *
 * Guarantees: changes no data. A rejected package is neither fetched nor judged again while the
 * catalog announces the same one and the expectations are the same; what was fetched stays, so that
 * accepting it fetches nothing again. `accept` passes only the very package that was rejected, never
 * one that came later.
 *
 * @module
 */
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../../store/layout.ts";
import type { Manifest } from "../../store/manifest.ts";
import { loadRejection, saveRejection } from "../../store/memory/rejection.ts";
import type { CatalogEntry } from "../../types.ts";
import type { DatasetJob, SyncContext } from "../sync_context.ts";
import { judge } from "./expectations.ts";
import type { Gathered } from "../gather.ts";
import type { RowSearch } from "./newest_row.ts";
import type { Changes } from "../changes/next_manifest.ts";
import type { RunningResult } from "../running_result.ts";
import { selectionOf } from "../decide/selection.ts";
import { SYNC } from "../../messages/sync.ts";

/** A staged package and the folder that it is for. */
interface GateInput {
  gathered: Gathered;
  changes: Changes;
  layout: Layout;
  before: Manifest | undefined;
  /** Whether the package says that it is older than announced. */
  behind: boolean;
}

/** The gate of one dataset. */
export class ExpectGate {
  readonly #job: DatasetJob;
  readonly #context: SyncContext;
  readonly #running: RunningResult;

  /** Tells why something doesn't pass through `running`. */
  constructor(job: DatasetJob, context: SyncContext, running: RunningResult) {
    this.#job = job;
    this.#context = context;
    this.#running = running;
  }

  /** Whether the announced package was rejected by an earlier run. */
  async remembers(listed: CatalogEntry, layout: Layout): Promise<boolean> {
    const { dataset, facts } = this.#job;
    if (dataset.expect === undefined || this.#context.force || facts !== undefined) return false;
    if (this.#isAccepted) {
      if (await loadRejection(layout) === undefined) this.#running.warn(SYNC.none_rejected());
      return false;
    }
    const why = await this.#standing(listed, layout);
    if (why !== undefined) this.#say(why);
    return why !== undefined;
  }

  /** The fingerprint of the announced package, if a person has accepted the very one announced now. */
  async accepted(listed: CatalogEntry, layout: Layout): Promise<string | undefined> {
    if (!this.#isAccepted) return undefined;
    const rejection = await loadRejection(layout);
    const stands = rejection?.announced === announcementOf(listed, this.#context.clock()) &&
      !rejection.behind;
    return stands ? rejection.fingerprint : undefined;
  }

  /** Why the announced package was rejected; `undefined` = it has to be judged. */
  async #standing(listed: CatalogEntry, layout: Layout): Promise<string | undefined> {
    const rejection = await loadRejection(layout);
    const stands = rejection?.announced === announcementOf(listed, this.#context.clock()) &&
      rejection.rules === this.#rules;
    return stands ? rejection.why : undefined;
  }

  /** For a dry run: judges a package by its directory alone. */
  async foresee(
    listed: CatalogEntry,
    seen: Pick<GateInput, "gathered" | "layout" | "before"> & { version: string | null },
  ): Promise<void> {
    const { dataset } = this.#job;
    const { gathered, layout, before, version } = seen;
    if (dataset.expect === undefined) return;
    if (gathered.fingerprint === before?.fingerprint && version === before.version) return;
    const { newestRow, ...expect } = dataset.expect;
    const why = this.#context.force ? undefined : await this.#standing(listed, layout);
    const { faults } = why !== undefined ? { faults: [why] } : await judge({
      dataset: { ...dataset, expect },
      gathered,
      before,
      sample: () => [],
      now: this.#context.clock(),
      timezone: this.#context.timezone,
    });
    const rowsUnseen = newestRow !== undefined && why === undefined;
    this.#running.value.foreseen = { faults, rowsUnseen };
  }

  /** Whether the staged package doesn't pass. Throws StoreError. */
  async rejects(listed: CatalogEntry, staged: GateInput): Promise<boolean> {
    const { dataset } = this.#job;
    const { gathered, changes, layout, before, behind } = staged;
    if (dataset.expect === undefined) return false;
    // What is live passed when it came; the same under a new version is old data in a new package.
    const isLive = gathered.fingerprint === before?.fingerprint;
    if (isLive && changes.manifest.version === before.version) return false;
    const { faults, newestRow } = await judge({
      dataset,
      gathered,
      before,
      sample: () => filesToSample(staged),
      now: this.#context.clock(),
      timezone: this.#context.timezone,
    });
    const { fingerprint } = gathered;
    const accepted = faults.length > 0 && this.#isAccepted &&
      (await loadRejection(layout))?.fingerprint === fingerprint;
    if (accepted) this.#running.warn(SYNC.accepted({ faults: faults.join("; ") }));
    if (faults.length === 0 || accepted) {
      if (newestRow !== undefined) this.#running.value.newestRow = newestRow;
      return false;
    }
    const why = SYNC.not_as_expected({ faults: faults.join("; ") });
    const announced = announcementOf(listed, this.#context.clock());
    await saveRejection(layout, { fingerprint, announced, rules: this.#rules, why, behind });
    this.#say(why);
    return true;
  }

  get #isAccepted(): boolean {
    return this.#context.accept?.has(this.#job.dataset.name) ?? false;
  }

  /** Everything of the configuration that a judgement depends on. */
  get #rules(): string {
    const { dataset } = this.#job;
    return JSON.stringify([dataset.expect, dataset.maxAge, selectionOf(dataset)]);
  }

  #say(why: string): void {
    const { value } = this.#running;
    const name = shellWord(this.#job.dataset.name);
    const accept = ownCommand(`sync --accept ${name}`, { config: this.#context.configPath });
    value.error = why;
    value.hint = SYNC.look_at_data({ accept });
  }
}

/**
 * What the catalog says of a package, as one text: another text is another package. Where several
 * packages may have the same version, or none, it holds for a day: then the package is judged again.
 */
function announcementOf(listed: CatalogEntry, now: number): string {
  const { version, digest, fingerprint, packageSize, ambiguous } = listed;
  const isSure = version !== null && !ambiguous;
  const day = isSure ? null : new Date(now).toISOString().slice(0, 10);
  return JSON.stringify([version, digest?.hex ?? null, fingerprint ?? null, packageSize, day]);
}

/** The files to look for the newest row in: the changed ones, or else those that are there. */
function filesToSample({ gathered, changes, layout }: GateInput): RowSearch["files"] {
  const { localDir, staging } = layout;
  if (changes.moves.length > 0) {
    return changes.moves.map(({ staged, size }) => ({ path: `${staging}/${staged}`, size }));
  }
  return gathered.entries.map(({ path, size }) => ({ path: `${localDir}/${path}`, size }));
}
