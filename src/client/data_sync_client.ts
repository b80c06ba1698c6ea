/**
 * The library's client: syncs, asks and verifies for a program of yours.
 *
 * Guarantees: nothing is printed, nothing exits, no global state is read or written beyond what the
 * configuration names. Clients don't disturb each other: two on one dataset take turns by its lock
 * (the later one's result is `locked`), two on one state file lose nothing. It writes no log, no history
 * and no metrics, keeps no mirror and notifies nobody: that is the command's work. No error, result or
 * event shows one of the configuration's secrets.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { InterruptedError, UsageError } from "../errors.ts";
import { redactor } from "../redact.ts";
import { loadState } from "../store/memory/state.ts";
import type { PlanSummary } from "../sync/sync_context.ts";
import { syncAll } from "../sync/sync_all.ts";
import { chosenDatasets } from "./chosen_datasets.ts";
import { cleanError } from "./clean_error.ts";
import type { CallOptions, ClientOptions, SyncOptions, VerifyOptions } from "./client_options.ts";
import { Catalogs, firstCatalog } from "./first_catalog.ts";
import { type Engine, openEngine } from "./open_engine.ts";
import { secretsOf } from "./secrets.ts";
import { engineReporter } from "./sync_reporter.ts";
import { type SyncResult, toSyncResult } from "./sync_result.ts";
import { type DatasetUpdate, updateOf } from "./updates.ts";
import { verifyOne, type VerifyResult } from "./verify_one.ts";
import { verifySource } from "./verify_source.ts";
import { CLIENT } from "../messages/client.ts";

/**
 * Keeps the datasets of one configuration in sync with their hub. Its calls take turns: each waits
 * for the one before. Connections and workers are opened by the first call and kept until the
 * client is disposed of.
 *
 * @example Sync everything, and see what came of it
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, LocalHub, parseConfig } from "@datahubsync/client";
 *
 * // A hub to try it with; yours is a URL in a config.yaml, for `loadConfig`.
 * await using hub = await LocalHub.start({ bars: { "sh600000.csv": "date,close\n2026-01-05,7.1\n" } });
 * const dir = await Deno.makeTempDir();
 * const config = parseConfig(
 *   `{ hub: { url: "${hub.url}" }, datasets: [{ name: bars, local_dir: ./bars }] }`,
 *   { path: `${dir}/config.yaml` },
 * );
 *
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, { direct: true });
 * for (const result of await client.syncAll()) {
 *   if (!result.success) console.error(result.datasetName, result.status, result.error);
 * }
 * assert.equal(
 *   await Deno.readTextFile(`${dir}/bars/sh600000.csv`),
 *   "date,close\n2026-01-05,7.1\n",
 * );
 * const [again] = await client.syncAll();
 * assert.equal(again?.status, "up_to_date");
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export class DataSyncClient implements AsyncDisposable {
  /** The configuration that it was made with. */
  readonly config: Config;
  /** Where the recorded versions are. */
  readonly statePath: string;
  readonly #options: ClientOptions;
  readonly #closed = new AbortController();
  /** Takes the configuration's secrets out of what leaves the client. */
  readonly #clean: ReturnType<typeof redactor>;
  #engine: Engine | undefined;
  #last: Promise<void> = Promise.resolve();

  /** Opens nothing yet and never throws. `statePath` is made by the first sync. */
  constructor(config: Config, statePath: string, options: ClientOptions = {}) {
    this.config = config;
    this.statePath = statePath;
    this.#options = options;
    this.#clean = redactor(secretsOf(config));
  }

  /**
   * Syncs one dataset; whatever goes wrong with it is in the result.
   *
   * @throws {UsageError} when the configuration has no dataset of that name
   * @throws {StoreError} when the state can't be read
   * @throws {HubError} when `hub.ca_file` can't be used
   */
  async syncDataset(name: string, options: SyncOptions = {}): Promise<SyncResult> {
    const [result] = await this.#sync([name], options);
    return result!;
  }

  /**
   * Syncs all datasets, one after another; one that fails doesn't stop the others.
   *
   * @throws {StoreError} when the state can't be read
   * @throws {HubError} when `hub.ca_file` can't be used
   */
  async syncAll(options: SyncOptions = {}): Promise<SyncResult[]> {
    return await this.#sync(undefined, options);
  }

  /**
   * Asks the hub for its list and says for each dataset whether there is something new.
   *
   * @throws {HubError} when no hub answers with a list
   * @throws {InterruptedError} when it was stopped
   * @throws {StoreError} when the state or a folder can't be read
   */
  async checkUpdates(options: CallOptions = {}): Promise<DatasetUpdate[]> {
    return await this.#inTurn(options, async ({ hubsOf, context }) => {
      const catalogs = new Catalogs(hubsOf, context);
      const state = await loadState(this.statePath);
      const { hub: { timezone }, mirror } = this.config;
      return await Promise.all(this.config.datasets.map(async (dataset) => {
        const { catalog } = await catalogs.of(dataset);
        const recorded = state.get(dataset.name) ?? null;
        return await updateOf(catalog, { dataset, recorded, timezone, mirror });
      }));
    });
  }

  /**
   * Reads every file of a dataset and compares it with what the hub has; whatever goes wrong with the
   * dataset is in the result.
   *
   * @throws {UsageError} when the configuration has no dataset of that name
   * @throws {HubError} when no hub answers with a list
   * @throws {InterruptedError} when it was stopped
   */
  async verify(name: string, options: VerifyOptions = {}): Promise<VerifyResult> {
    const [dataset] = chosenDatasets(this.config, [name]);
    const { repair = false, offline = false } = options;
    return await this.#inTurn(options, async ({ hubsOf, context }) => {
      const hubs = hubsOf(dataset!);
      const { hub, traits, ...source } = await verifySource(dataset!, {
        hubs,
        offline,
        repair,
        ask: () => firstCatalog(hubs, context),
      });
      return await verifyOne(dataset!, {
        context: { ...context, hub, traits },
        ...source,
        statePath: this.statePath,
        repair,
      });
    });
  }

  /** Stops what is under way, waits for its end, and closes everything. */
  async close(): Promise<void> {
    this.#closed.abort(new InterruptedError(CLIENT.the_client_was_closed()));
    await this.#last;
    this.#engine?.[Symbol.dispose]();
    this.#engine = undefined;
  }

  /** The same as {@linkcode DataSyncClient.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #sync(names: string[] | undefined, options: SyncOptions): Promise<SyncResult[]> {
    const datasets = chosenDatasets(this.config, names);
    const { dryRun: planOnly = false, force = false } = options;
    const accept = new Set(options.accept ? datasets.map(({ name }) => name) : []);
    return await this.#inTurn(options, async ({ hubsOf, context, plans }) => {
      const job = { datasets, hubsOf, statePath: this.statePath, planOnly, force, accept };
      const results = await syncAll(job, context);
      return results.map((result) => toSyncResult(result, plans.get(result.dataset)));
    });
  }

  /** One call at a time: the workers serve one package at a time. */
  async #inTurn<T>(
    options: CallOptions,
    work: (
      engine: Pick<Engine, "hubsOf" | "context"> & { plans: Map<string, PlanSummary> },
    ) => Promise<T>,
  ): Promise<T> {
    if (this.#closed.signal.aborted) throw new UsageError(CLIENT.client_closed_before());
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await before;
      const engine = this.#engine ??= this.#open();
      const plans = new Map<string, PlanSummary>();
      const reporter = engineReporter(this.#options.reporter ?? {}, plans, this.#clean);
      const { mayReplace } = this.#options;
      const signals = [this.#closed.signal, this.#options.signal, options.signal];
      const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
      return await work({
        hubsOf: engine.hubsOf,
        context: { ...engine.context, reporter, signal, ...(mayReplace && { mayReplace }) },
        plans,
      });
    } catch (error) {
      throw cleanError(error, this.#clean);
    } finally {
      resolve();
    }
  }

  #open(): Engine {
    const { reporter, direct = false } = this.#options;
    return openEngine(this.config, {
      signal: this.#closed.signal,
      statePath: this.statePath,
      notesSigned: true,
      onCatalogRetry: (cause, waitMs, sentence) =>
        reporter?.retry?.("", this.#clean(cause), waitMs, this.#clean(sentence)),
      direct,
    });
  }
}
