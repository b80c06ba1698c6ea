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
import { removeIfThere } from "../fs/if_there.ts";
import { collectGarbage } from "../garbage.ts";
import { KnownBlocks } from "../grown/memory.ts";
import type { RetryOptions } from "../hub/retry/retry.ts";
import { DISK } from "../messages/disk.ts";
import { SYNC } from "../messages/sync.ts";
import { lackingIn } from "../store/abilities.ts";
import { ensureLayout, type Layout, resolveLayout } from "../store/layout.ts";
import { acquireLock } from "../store/lock.ts";
import { Manifest } from "../store/manifest.ts";
import { rememberLocation } from "../store/memory/locations.ts";
import { dropRejection } from "../store/memory/rejection.ts";
import { recordVersion } from "../store/memory/state.ts";
import { PartialPackage } from "../store/partial.ts";
import { PatchFolder } from "../store/patch_folder.ts";
import { publish, type PublishReport, type PublishStep } from "../store/publish/publish.ts";
import { withFilesInPlace } from "../store/publish/take_back.ts";
import { recoverPublish } from "../store/recover.ts";
import { checkSnapshot, publishSnapshot, type SnapshotStep } from "../store/snapshot/snapshot.ts";
import { StagedBlocks } from "../store/staged_blocks.ts";
import type { DatasetResult, Status } from "../types.ts";
import {
  type Changes,
  changesOf,
  countLeaving,
  countsOf,
  noteKinds,
  withoutAliases,
} from "./changes.ts";
import { isRepublished, mirroredPackage } from "./decide.ts";
import { ExpectGate } from "./expect/expect_gate.ts";
import { gather, type Gathered } from "./gather.ts";
import { mustBeSigned, retryOptionsFor } from "./hubs/sources.ts";
import { feedMirror } from "./mirror.ts";
import { sayLeftOut } from "./on_disk/stock.ts";
import { believed } from "./on_disk/survey.ts";
import { recordedFolder } from "./on_disk/renamed.ts";
import { rememberMidstates } from "./proof/midstates.ts";
import { whyUnproven } from "./proof/package_proof.ts";
import { distinctVersion, versionToRecord } from "./recorded_version.ts";
import type { RunningResult } from "./running_result.ts";
import { selectionWith } from "./selection.ts";
import type { ListedJob, SyncContext } from "./sync_context.ts";

const HOUR_MS = 3_600_000;

/** The update of one dataset. */
export class DatasetUpdater {
  readonly #job: ListedJob;
  readonly #context: SyncContext;
  readonly #running: RunningResult;
  readonly #result: DatasetResult;
  readonly #gate: ExpectGate;
  readonly #retry: RetryOptions;
  #layout: Layout;
  /** What the last sync recorded of the folder. */
  #before: Manifest | undefined;
  /** Flushes staged files while others are built. */
  #beside: FlushBeside | undefined;
  /** Whether all new files are live, so that an error is about what comes after them. */
  #live = false;
  /** Resolves once warnings about the file system are out. */
  #warned: Promise<void> | undefined;

  /** Reports progress and warnings through `running`. */
  constructor(
    job: ListedJob,
    layout: Layout,
    context: SyncContext,
    running: RunningResult,
  ) {
    this.#job = job;
    this.#layout = layout;
    this.#context = context;
    this.#running = running;
    this.#result = running.value;
    this.#gate = new ExpectGate(job, context, running);
    this.#retry = retryOptionsFor(context, (...notice) => running.retried(...notice));
  }

  /** Updates the dataset; returns its status. Throws whatever goes wrong. */
  async run(): Promise<Status> {
    const { dataset, planOnly } = this.#job;
    if (planOnly) return await this.#planOnly();
    const { clock, holder, onStep, sync: { durable } } = this.#context;
    await ensureLayout(this.#layout);
    using _lock = await acquireLock(this.#layout.lock, { clock, ...holder });
    onStep?.("locked");
    const recovered = await recoverPublish(this.#layout, {
      durable,
      warn: (text) => this.#running.warn(text),
      ...(onStep && { onStep }),
    });
    if (recovered) {
      this.#result.filesChanged = true;
      this.#layout = await resolveLayout(dataset.localDir);
      await ensureLayout(this.#layout);
    }
    if (dataset.publish === "snapshot") checkSnapshot(this.#layout);
    if (await this.#gate.remembers(this.#layout)) return "rejected";
    return await this.#bringUpToDate();
  }

  async #bringUpToDate(): Promise<Status> {
    const layout = this.#layout;
    const before = await this.#loadManifest();
    if (before === undefined) {
      this.#context.pool().start(); // the threads start while waiting for the hub
      this.#warned = this.#warnOfLacking();
    } else if (isRepublished({ layout, before }, this.#job, this.#context)) {
      return await this.#recordAgain(before);
    }
    using partial = await PartialPackage.open(layout, { now: this.#context.clock });
    this.#beside = new FlushBeside(layout.staging, this.#context.sync);
    try {
      return await this.#fillAndPublish(partial);
    } catch (error) {
      this.#result.bytesKept = partial.have.size;
      if (!this.#live) throw error;
      this.#result.filesChanged = true;
      throw withFilesInPlace(error);
    } finally {
      await this.#warned;
    }
  }

  /** Records a new version text of the files that are there. */
  async #recordAgain(manifest: Manifest): Promise<Status> {
    clearUsed(this.#layout);
    manifest.version = this.#job.listed.version;
    await manifest.save(this.#layout.manifest, { durable: this.#context.sync.durable });
    this.#result.entries = manifest.size;
    this.#result.bytesTotal = manifest.total;
    this.#result.bytesOnDisk = manifest.totalSize;
    await this.#record(manifest.version);
    return this.#outcome(false);
  }

  /** Runs alongside the download: probing a busy disk takes half a second. */
  async #warnOfLacking(): Promise<void> {
    const { work } = this.#layout;
    const lacking = (await lackingIn(work, join(work, "abilities"))).join(SYNC.lacking_and());
    if (lacking !== "") this.#running.warn(SYNC.file_system_lacking({ lacking }));
  }

  async #fillAndPublish(partial: PartialPackage): Promise<Status> {
    const [job, layout, before] = [this.#job, this.#layout, this.#before];
    const { listed } = job;
    const { mirror, onStep, hub } = this.#context;
    const blocks = new KnownBlocks(layout);
    const gathered = await this.#gather(blocks, partial, await this.#gate.accepted(layout));
    await this.#warned; // the trial must end before a manifest exists, or a kill would leave it behind
    this.#running.enter("publish");
    const { version, behind } = this.#versionOf(gathered);
    const changes = this.#changesTo(gathered, version);
    const unproven = gathered.proven ? undefined : whyUnproven(listed, changes);
    if (unproven !== undefined) this.#running.warn(unproven);
    if (await this.#gate.rejects({ gathered, changes, layout, before, behind })) {
      this.#result.bytesKept = partial.have.size;
      return "rejected";
    }
    this.#running.warnOf(changes.overwritten, SYNC.changed_here());
    const target = { layout, before, gathered, version };
    const counted = await noteKinds(changes, target, job, this.#context);
    // Everything is staged, so the partial's bytes needn't be flushed along with the rest.
    if (mirror === undefined) partial.remove();
    const report = await this.#publish(changes);
    const changed = report.published > 0 || report.deleted > 0;
    if (changed) this.#result.filesChanged = true;
    this.#live = changed;
    if (counted !== undefined) this.#result.changes = countsOf(counted, report.kept);
    await blocks.remember(changes.manifest, gathered.staged);
    onStep?.("published");
    const learnt = { listed, layout, gathered, wantsList: mirror !== undefined };
    const midstates = await rememberMidstates(learnt, this.#context);
    this.#running.warnOf(report.kept, SYNC.no_longer_wanted());
    if (mirror !== undefined) {
      // Before recording, so that a failure is retried.
      const { hubSigns = false } = job;
      const fed = { partial, gathered, midstates, version, hubSigns, retry: this.#retry };
      await feedMirror(mirror, listed, fed, this.#context);
      partial.remove();
    }
    clearUsed(layout);
    this.#result.entriesDeleted = report.deleted;
    this.#result.bytesOnDisk = changes.manifest.totalSize;
    await this.#record(version);
    await hub.published?.({ head: gathered.head, total: gathered.total, version });
    if (gathered.leftOut.size > 0) {
      sayLeftOut(this.#result, gathered.leftOut);
      return "extract_failed";
    }
    if (!behind) return this.#outcome(changed);
    return this.#endBehind(gathered, changed);
  }

  /** The version to record, and whether the package is behind its announcement. */
  #versionOf({ head, fingerprint }: Gathered): {
    version: string | null;
    behind: boolean;
  } {
    const { listed, recorded } = this.#job;
    const { version, behind } = versionToRecord(listed, head);
    if (!listed.ambiguous) return { version, behind };
    const distinct = distinctVersion(version, {
      recorded,
      changed: this.#before?.fingerprint !== fingerprint,
      now: this.#context.clock(),
    });
    return { version: distinct, behind };
  }

  #changesTo(gathered: Gathered, version: string | null): Changes {
    const { dataset, dataset: { deleteRemoved } } = this.#job;
    const selection = selectionWith(gathered.leftOut, dataset);
    collectGarbage(gathered.entries.length);
    const changes = changesOf(gathered, this.#before, { deleteRemoved, version, selection });
    changes.deletes = withoutAliases(this.#layout, changes.deletes, changes.manifest);
    collectGarbage(gathered.entries.length);
    return changes;
  }

  async #publish(changes: Changes): Promise<PublishReport> {
    const { sync, sync: { durable }, clock } = this.#context;
    const { publish: mode, keepVersions, keepAge } = this.#job.dataset;
    const onStep = (step: PublishStep | SnapshotStep): void => {
      // An error after the journal has gone is about files that couldn't be placed.
      if (step === "journal_removed") this.#live = false;
      else if (step === (mode === "snapshot" ? "switched" : "folders_flushed")) this.#live = true;
      this.#context.onStep?.(step);
    };
    const layout = this.#layout;
    const flush = flushAtOnceFrom(layout.staging, sync) > 0;
    const beside = this.#beside && { beside: this.#beside };
    const options = { durable, flush, ...beside, onStep };
    if (mode !== "snapshot") return await publish(layout, changes, options);
    const keepSince = keepAge === undefined ? {} : { keepSince: clock() - keepAge * HOUR_MS };
    return await publishSnapshot(layout, changes, { ...options, keepVersions, ...keepSince });
  }

  async #record(version: string | null): Promise<void> {
    const { sync: { durable }, onStep } = this.#context;
    const { dataset: { name }, statePath } = this.#job;
    this.#running.enter("record");
    await recordVersion(statePath, name, version, { durable });
    await rememberLocation(this.#layout, { statePath, name, bytes: this.#result.bytesOnDisk });
    this.#result.version = version;
    onStep?.("recorded");
  }

  /** Nothing changed and no new version was announced: reports it as up to date. */
  #outcome(changed: boolean): Status {
    const { listed: { version }, recorded } = this.#job;
    return changed || (version !== null && version !== recorded) ? "success" : "up_to_date";
  }

  /** Ends an update whose package is older than announced. */
  #endBehind({ head: { stampText } }: Gathered, changed: boolean): Status {
    const announced = this.#job.listed.version;
    if (announced !== null) this.#result.announced = announced;
    const why = SYNC.package_older({ stamp: String(stampText), version: String(announced) });
    if (changed) this.#running.warn(why);
    else this.#result.error = why;
    return changed ? "success" : "package_not_ready";
  }

  async #planOnly(): Promise<Status> {
    const layout = this.#layout;
    const before = await this.#loadManifest();
    const gathered = await this.#gather(new KnownBlocks(layout));
    const { version } = versionToRecord(this.#job.listed, gathered.head);
    await this.#gate.foresee({ gathered, layout, before, version });
    return "planned";
  }

  async #loadManifest(): Promise<Manifest | undefined> {
    const warn = (text: string): void => this.#running.warn(text);
    return this.#before = await Manifest.load(this.#layout.manifest, { warn });
  }

  /** `accepted` is the fingerprint of a package that a person accepted. */
  async #gather(blocks: KnownBlocks, partial?: PartialPackage, accepted?: string) {
    const { hub, mirror } = this.#context;
    const { dataset, listed, facts, force } = this.#job;
    const before = this.#before;
    const mirrored = mirror && await mirroredPackage(mirror, dataset.name);
    const gathered = await gather({
      ...(this.#beside && { beside: this.#beside }),
      dataset,
      listed,
      accepted,
      layout: this.#layout,
      blocks,
      partial,
      remote: hub.package(listed),
      known: (path) => believed(path, { read: facts, recorded: force ? undefined : before }),
      held: {
        // Files just read, or distrusted, don't identify a package.
        fingerprint: force || facts !== undefined ? null : before?.fingerprint ?? null,
        files: before?.size ?? 0,
        bytes: before?.totalSize ?? 0,
      },
      recordedFolder: () => before === undefined ? "" : recordedFolder(before),
      wantsWhole: (fingerprint) => mirror !== undefined && mirrored?.fingerprint !== fingerprint,
      deletesFor: (look) => dataset.deleteRemoved ? countLeaving(before, look) : 0,
      mustBeSigned: mustBeSigned(dataset, this.#context),
      retry: this.#retry,
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

/** Removes what a publish no longer needs, including leftovers of a run killed before it recorded. */
function clearUsed(layout: Layout): void {
  new PatchFolder(layout).clear();
  new StagedBlocks(layout).remove();
  removeIfThere({ path: layout.staging, to: DISK.remove_what_is_done_with() }, { recursive: true });
  dropRejection(layout);
}
