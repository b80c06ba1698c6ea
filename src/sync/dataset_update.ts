/**
 * Updates a dataset that its version alone doesn't prove up to date: lock, gather, publish, record.
 *
 * Guarantees: `local_dir` changes only by publishing fully verified entries, and the version is
 * recorded only after that. The dataset's lock is held throughout.
 *
 * It is longer than 250 lines because every status that an update can end with is decided here.
 *
 * @module
 */
import { join } from "node:path";
import { flushAtOnceFrom } from "../fs/flush.ts";
import { FlushBeside } from "../fs/flush_beside.ts";
import { lackingIn } from "../store/abilities.ts";
import { ensureLayout, type Layout, resolveLayout } from "../store/layout.ts";
import { acquireLock } from "../store/lock.ts";
import { Manifest } from "../store/manifest.ts";
import { PartialPackage } from "../store/partial.ts";
import { rememberLocation } from "../store/memory/locations.ts";
import { publish, type PublishReport } from "../store/publish/publish.ts";
import { recoverPublish } from "../store/recover.ts";
import { checkSnapshot, publishSnapshot } from "../store/snapshot/snapshot.ts";
import { clearUsed, isRepublished, recordAgain } from "./decide/republished.ts";
import { recordVersion } from "../store/memory/state.ts";
import type { CatalogEntry, DatasetResult, Status } from "../types.ts";
import { gather, type Gathered, type GatherInput } from "./gather.ts";
import { KnownBlocks } from "../grown/memory.ts";
import { collectGarbage } from "../garbage.ts";
import { feedMirror, mirroredPackage } from "./mirrored.ts";
import { ExpectGate } from "./expect/expect_gate.ts";
import { type Changes, changesOf, countLeaving, withoutAliases } from "./changes/next_manifest.ts";
import { countsOf, noteKinds } from "./changes/change_kinds.ts";
import { retryOptionsFor } from "./hubs/retry_options.ts";
import { whyUnproven } from "./proof/package_proof.ts";
import { mustBeSigned } from "./decide/refusals.ts";
import type { RunningResult } from "./running_result.ts";
import { sayLeftOut } from "./changes/left_out.ts";
import { selectionWith } from "./decide/selection.ts";
import { believed } from "./on_disk/survey.ts";
import type { DatasetJob, SyncContext } from "./sync_context.ts";
import { distinctVersion, outcomeOf, versionToRecord } from "./decide/decide.ts";
import { SYNC } from "../messages/sync.ts";

const HOUR_MS = 3_600_000;

/** The update of one dataset. */
export class DatasetUpdater {
  readonly #job: DatasetJob;
  readonly #context: SyncContext;
  readonly #running: RunningResult;
  readonly #result: DatasetResult;
  readonly #gate: ExpectGate;
  /** Flushes staged files while others are built. */
  #beside: FlushBeside | undefined;
  /** Resolves once warnings about the file system are out. */
  #warned: Promise<void> | undefined;

  /** Reports progress and warnings through `running`. */
  constructor(job: DatasetJob, context: SyncContext, running: RunningResult) {
    this.#job = job;
    this.#context = context;
    this.#running = running;
    this.#result = running.value;
    this.#gate = new ExpectGate(job, context, running);
  }

  /** Updates the dataset; returns its status. Throws whatever goes wrong. */
  async run(listed: CatalogEntry, layout: Layout): Promise<Status> {
    const { dataset } = this.#job;
    if (this.#job.planOnly) return await this.#planOnly(listed, layout);
    await ensureLayout(layout);
    using _lock = await acquireLock(layout.lock, {
      clock: this.#context.clock,
      ...this.#context.holder,
    });
    const { onStep, sync: { durable } } = this.#context;
    onStep?.("locked");
    const recovered = await recoverPublish(layout, {
      durable,
      warn: (text) => this.#running.warn(text),
      ...(onStep && { onStep }),
    });
    if (recovered) this.#result.filesChanged = true;
    const now = recovered ? await this.#layoutAgain() : layout;
    if (dataset.publish === "snapshot") checkSnapshot(now);
    if (await this.#gate.remembers(listed, now)) return "rejected";
    return await this.#bringUpToDate(listed, now);
  }

  async #layoutAgain(): Promise<Layout> {
    const layout = await resolveLayout(this.#job.dataset.localDir);
    await ensureLayout(layout);
    return layout;
  }

  async #bringUpToDate(listed: CatalogEntry, layout: Layout): Promise<Status> {
    const before = await this.#loadManifest(layout);
    if (before === undefined) {
      this.#context.pool(); // start the workers while waiting for the hub
      this.#warned = this.#warnOfLacking(layout);
    }
    if (
      before !== undefined && isRepublished(listed, { layout, before }, this.#job, this.#context)
    ) {
      this.#running.enter("record");
      const found = { layout, before };
      Object.assign(this.#result, await recordAgain(listed, found, this.#job, this.#context));
      this.#context.onStep?.("recorded");
      return outcomeOf(listed, this.#job.recorded, false);
    }
    using partial = await PartialPackage.open(layout, { now: this.#context.clock });
    this.#beside = new FlushBeside(layout.staging, this.#context.sync);
    try {
      return await this.#fillAndPublish(listed, { layout, partial, before });
    } catch (error) {
      this.#result.bytesKept = partial.have.size;
      throw error;
    } finally {
      await this.#warned;
    }
  }

  /** Runs alongside the download: probing a busy disk takes half a second. */
  async #warnOfLacking(layout: Layout): Promise<void> {
    const lacking = (await lackingIn(layout.work, join(layout.work, "abilities"))).join(
      SYNC.lacking_and(),
    );
    if (lacking !== "") this.#running.warn(SYNC.file_system_lacking({ lacking }));
  }

  async #fillAndPublish(
    listed: CatalogEntry,
    found: { layout: Layout; partial: PartialPackage; before: Manifest | undefined },
  ): Promise<Status> {
    const { layout, partial, before } = found;
    const blocks = new KnownBlocks(layout);
    const here = await this.#gate.accepted(listed, layout);
    const gathered = await this.#gather(listed, { layout, partial, before, blocks, here });
    await this.#warned; // once a manifest is there, what a kill leaves of the trial would stay
    this.#running.enter("publish");
    const { version, behind } = this.#versionOf(listed, gathered, before);
    const changes = this.#changesTo(gathered, { layout, before, version });
    const unproven = gathered.proven ? undefined : whyUnproven(listed, changes);
    if (unproven !== undefined) this.#running.warn(unproven);
    if (await this.#gate.rejects(listed, { gathered, changes, layout, before, behind })) {
      this.#result.bytesKept = partial.have.size;
      return "rejected";
    }
    this.#running.warnOf(changes.overwritten, SYNC.changed_here());
    const at = { layout, before, gathered, version };
    const counted = await noteKinds(changes, at, this.#job.dataset, this.#context);
    // Everything is staged, so the partial's bytes needn't be flushed along with the rest.
    if (this.#context.mirror === undefined) partial.remove();
    const report = await this.#publish(layout, changes);
    if (counted !== undefined) this.#result.changes = countsOf(counted, report.kept);
    await blocks.remember(changes.manifest, gathered.staged);
    this.#context.onStep?.("published");
    this.#running.warnOf(report.kept, SYNC.no_longer_wanted());
    // Before recording, so that a failure is retried.
    const retry = retryOptionsFor(this.#context, (...notice) => this.#running.retried(...notice));
    const { hubSigns = false } = this.#job;
    await feedMirror(listed, { partial, gathered, version, hubSigns, retry }, this.#context);
    if (this.#context.mirror !== undefined) partial.remove();
    clearUsed(layout);
    this.#result.entriesDeleted = report.deleted;
    const changed = report.published > 0 || report.deleted > 0;
    if (changed) this.#result.filesChanged = true;
    this.#result.bytesOnDisk = changes.manifest.totalSize;
    await this.#record(listed, { layout, gathered, version });
    if (gathered.leftOut.size > 0) {
      sayLeftOut(this.#result, gathered.leftOut);
      return "extract_failed";
    }
    if (!behind) return outcomeOf(listed, this.#job.recorded, changed);
    return this.#endBehind(listed, gathered, changed);
  }

  /** The version to record, and whether the package is behind its announcement. */
  #versionOf(
    listed: CatalogEntry,
    { head: { stamp, stampText }, fingerprint }: Gathered,
    before: Manifest | undefined,
  ): { version: string | null; behind: boolean } {
    const { version, behind } = versionToRecord(listed, { instant: stamp, text: stampText });
    if (!listed.ambiguous) return { version, behind };
    const distinct = distinctVersion(version, {
      recorded: this.#job.recorded,
      changed: before?.fingerprint !== fingerprint,
      now: this.#context.clock(),
    });
    return { version: distinct, behind };
  }

  #changesTo(
    gathered: Gathered,
    at: { layout: Layout; before: Manifest | undefined; version: string | null },
  ): Changes {
    const { layout, before, version } = at;
    const { dataset } = this.#job;
    const selection = selectionWith(gathered.leftOut, dataset);
    collectGarbage(gathered.entries.length);
    const { deleteRemoved } = dataset;
    const changes = changesOf(gathered, before, { deleteRemoved, version, selection });
    changes.deletes = withoutAliases(layout, changes.deletes, changes.manifest);
    collectGarbage(gathered.entries.length);
    return changes;
  }

  async #publish(layout: Layout, changes: Changes): Promise<PublishReport> {
    const { sync, onStep, clock } = this.#context;
    const { publish: mode, keepVersions, keepAge } = this.#job.dataset;
    const flush = flushAtOnceFrom(layout.staging, sync) > 0;
    const { durable } = sync;
    const beside = this.#beside && { beside: this.#beside };
    const options = { durable, flush, ...beside, ...(onStep && { onStep }) };
    if (mode !== "snapshot") return await publish(layout, changes, options);
    const keepSince = keepAge === undefined ? {} : { keepSince: clock() - keepAge * HOUR_MS };
    return await publishSnapshot(layout, changes, { ...options, keepVersions, ...keepSince });
  }

  async #record(
    { name }: CatalogEntry,
    what: { layout: Layout; gathered: Gathered; version: string | null },
  ): Promise<void> {
    const { layout, gathered: { head, total }, version } = what;
    const { sync: { durable }, hub, onStep } = this.#context;
    this.#running.enter("record");
    await recordVersion(this.#job.statePath, name, version, { durable });
    const { bytesOnDisk: bytes = 0 } = this.#result;
    await rememberLocation(layout, { ...this.#job, name, bytes });
    await hub.placed?.({ head, total, version });
    this.#result.version = version;
    onStep?.("recorded");
  }

  /** How an update ends whose package is older than the catalog announced. */
  #endBehind(listed: CatalogEntry, { head: { stampText } }: Gathered, changed: boolean): Status {
    if (listed.version !== null) this.#result.announced = listed.version;
    const why = SYNC.package_older({ stamp: String(stampText), version: String(listed.version) });
    if (changed) this.#running.warn(why);
    else this.#result.error = why;
    return changed ? "success" : "package_not_ready";
  }

  async #planOnly(listed: CatalogEntry, layout: Layout): Promise<Status> {
    const before = await this.#loadManifest(layout);
    const blocks = new KnownBlocks(layout);
    const gathered = await this.#gather(listed, { layout, partial: undefined, before, blocks });
    const { stamp, stampText } = gathered.head;
    const { version } = versionToRecord(listed, { instant: stamp, text: stampText });
    await this.#gate.foresee(listed, { gathered, layout, before, version });
    return "planned";
  }

  async #loadManifest(layout: Layout): Promise<Manifest | undefined> {
    return await Manifest.load(layout.manifest, { warn: (text) => this.#running.warn(text) });
  }

  async #gather(
    listed: CatalogEntry,
    found: Pick<GatherInput, "layout" | "partial" | "blocks" | "here"> & {
      before: Manifest | undefined;
    },
  ): Promise<Gathered> {
    const { hub, force, mirror } = this.#context;
    const mirrored = await mirroredPackage(this.#job.dataset.name, this.#context);
    const { dataset, facts } = this.#job;
    const { layout, partial, before, blocks, here } = found;
    const gathered = await gather({
      ...(this.#beside && { beside: this.#beside }),
      dataset,
      listed,
      here,
      layout,
      blocks,
      partial,
      remote: hub.package(listed),
      known: (path) => believed(path, { read: facts, recorded: force ? undefined : before }),
      held: {
        // Files just read, or distrusted, don't identify a package.
        fingerprint: force || facts !== undefined ? null : before?.fingerprint ?? null,
        files: before?.size ?? 0,
      },
      knownFiles: before?.size ?? 0,
      knownBytes: before?.totalSize ?? 0,
      wantsWhole: (fingerprint) => mirror !== undefined && mirrored?.fingerprint !== fingerprint,
      deletesFor: (look) => dataset.deleteRemoved ? countLeaving(before, look) : 0,
      required: mustBeSigned(dataset, this.#context),
      retry: retryOptionsFor(this.#context, (...notice) => this.#running.retried(...notice)),
      onPhase: (phase) => this.#running.enter(phase),
      onReceived: (bytes) => this.#running.received(bytes),
    }, this.#context);
    this.#result.entries = gathered.entries.length;
    this.#result.entriesFetched = gathered.fetched;
    this.#result.bytesTotal = gathered.total;
    if (gathered.byPatch.entries > 0) this.#result.byPatch = gathered.byPatch;
    return gathered;
  }
}
