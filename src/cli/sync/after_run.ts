/**
 * Records a run for people who didn't watch: a history line per dataset, metrics, and messages.
 *
 * Guarantees: never throws and never changes a run's result; what can't be written or sent is a
 * warning in the log. Messages take no longer than `notify.timeout`, the ping, sent in parallel, no
 * longer than `ping.timeout`, and a signal stops both; nothing is sent or written after the end.
 * Metrics and messages are imported only if configured, so that a sync with nothing to do stays fast.
 *
 * @module
 */
import { makeFolder } from "../../fs/make_folder.ts";
import { hintOf, messageOf } from "../../errors.ts";
import { parseInstant } from "../../version_time.ts";
import { appendHistory, historyPathFor, readWholeHistory } from "../../monitoring/history.ts";
import { recordOf } from "../../monitoring/history_record.ts";
import { loadState } from "../../store/memory/state.ts";
import { emptyResult, statusOf } from "../../sync/running_result.ts";
import type { DatasetResult } from "../../types.ts";
import type { Ping } from "../../monitoring/ping.ts";
import { VERSION } from "../../version.ts";
import { secretsOf } from "../../client/secrets.ts";
import type { OpenRun } from "../command/open_run.ts";
import { dirname, join } from "node:path";

/** The part of an open run that this needs. */
export type ObservedRun = Pick<
  OpenRun,
  "config" | "context" | "datasets" | "fetch" | "log" | "statePath"
>;

/** Writes down what a run does. */
export class AfterRun {
  readonly #run: ObservedRun;
  readonly #historyPath: string;
  readonly #kept = new Set<string>();
  #ping: Ping | undefined;

  constructor(run: ObservedRun) {
    this.#run = run;
    this.#historyPath = historyPathFor(run.config.path);
  }

  /** Before the first dataset: marks the datasets as in progress in the metrics, and starts the ping. */
  async begin(): Promise<void> {
    const { config, context, fetch, log } = this.#run;
    if (config.ping !== undefined) {
      const { Ping } = await import("../../monitoring/ping.ts");
      this.#ping = new Ping(config.ping, {
        fetch,
        signal: context.signal,
        secrets: secretsOf(config),
        warn: (text) => log.warn(text),
      });
      this.#ping.start();
    }
    await this.#writeMetrics(this.#run.datasets.map(({ name }) => name));
  }

  /** After a dataset: its line in the history. One line per dataset and run: later calls do nothing. */
  async keep(result: DatasetResult): Promise<void> {
    if (this.#kept.has(result.dataset)) return;
    this.#kept.add(result.dataset);
    const { config } = this.#run;
    const record = recordOf(result, {
      hub: result.hub ?? config.hub.urls[0] ?? "",
      binaryVersion: VERSION,
      secrets: secretsOf(config),
    });
    await this.#attempt("write the history", () => appendHistory(this.#historyPath, record));
  }

  /** After the last dataset: whatever has no line yet, then metrics and messages. */
  async end(results: readonly DatasetResult[]): Promise<void> {
    for (const result of results) await this.keep(result);
    await this.#writeMetrics(
      results.filter(({ status }) => status === "locked").map(({ dataset }) => dataset),
    );
    await Promise.all([this.#notify(results), this.#ping?.end(results)]);
  }

  /** After a run that ended with an error: it becomes the result of every dataset. */
  async fail(error: unknown): Promise<void> {
    const { clock } = this.#run.context;
    const hint = hintOf(error);
    await this.end(this.#run.datasets.map(({ name }) => ({
      ...emptyResult(name, clock()),
      status: statusOf(error),
      error: messageOf(error),
      ...(hint !== undefined && { hint }),
    })));
  }

  async #writeMetrics(inProgress: readonly string[]): Promise<void> {
    const { config, context } = this.#run;
    const { textfile } = config.metrics;
    if (textfile === undefined) return;
    await this.#attempt("write the metrics", async () => {
      const { writeMetrics } = await import("../../monitoring/metrics.ts");
      const instants = await this.#instants();
      makeFolder(dirname(textfile));
      await writeMetrics(textfile, {
        history: await readWholeHistory(this.#historyPath),
        datasets: config.datasets.map(({ name, maxAge }) => ({
          name,
          maxAge,
          instant: instants.get(name) ?? null,
          inProgress: inProgress.includes(name),
        })),
        now: context.clock(),
        timezone: config.hub.timezone,
        binaryVersion: VERSION,
      });
    });
  }

  async #notify(results: readonly DatasetResult[]): Promise<void> {
    const { config, context, fetch, log } = this.#run;
    const { clock, signal } = context;
    // Notices dropped because of a signal are sent after the next run.
    if (config.notify.targets.length === 0 || signal.aborted) return;
    await this.#attempt("send notifications", async () => {
      const [{ notifyAll }, { staleness }] = await Promise.all([
        import("../../monitoring/notify/notify_all.ts"),
        import("../../monitoring/staleness.ts"),
      ]);
      const instants = await this.#instants();
      const { timezone } = config.hub;
      // The run that holds the lock will report its dataset.
      const news = results.filter(({ status }) => status !== "locked").map((result) => {
        const { dataset, status, error, hint, version } = result;
        const maxAge = config.datasets.find(({ name }) => name === dataset)?.maxAge;
        const instant = instants.get(dataset) ?? null;
        const age = staleness({ maxAge, instant, now: clock(), timezone });
        const words = { staleText: age.text, staleSince: age.due };
        return { dataset, outcome: status, error, hint, version, stale: age.stale, ...words };
      });
      const { problems } = await notifyAll(config.notify, news, {
        fetch,
        clock,
        signal,
        statePath: join(dirname(this.#historyPath), "notify.json"),
        secrets: secretsOf(config),
      });
      for (const problem of problems) log.warn(problem);
    });
  }

  /** The time of each dataset's data; unknown if the state can't be read. */
  async #instants(): Promise<Map<string, number | null>> {
    const { config, statePath } = this.#run;
    const state = await loadState(statePath).catch(() => new Map<string, string>());
    return new Map(
      [...state].map(([name, version]) => [name, parseInstant(version, config.hub.timezone)]),
    );
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#run.log.warn(`Can't ${what}: ${messageOf(error)}`);
    }
  }
}
