/**
 * `datahubsync status`: shows within seconds whether all is well.
 *
 * Guarantees: changes nothing. Exit code 0 if the status could be determined, whatever it is; 3 if
 * the hub couldn't be asked: the rest is shown anyway. A hub that doesn't answer is given up after
 * ten seconds.
 *
 * @module
 */
import { openEngine } from "../../client/open_engine.ts";
import type { Config } from "../../config/config.ts";
import { processEnvironment } from "../../environment.ts";
import { InterruptedError, UsageError } from "../../errors.ts";
import { sleep } from "../../hub/retry/sleep.ts";
import { trustSystemStore } from "../../hub/tls/tls.ts";
import { redactor } from "../../redact.ts";
import { ownCommand } from "../../own_command.ts";
import type { Surroundings } from "../check/schedule/schedule_sources.ts";
import { STATUS } from "../../messages/status.ts";
import { EXIT } from "../command/exit_code.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { secretsOf } from "../../client/secrets.ts";
import { asItsUser } from "../command/owner_gate.ts";
import { openConfig, type RunOptions, statePathOf } from "../command/open_run.ts";
import { statusDocument } from "./status_document.ts";
import { renderStatus } from "./status_table.ts";
import {
  askSources,
  type HubAnswer,
  readStatus,
  scheduleOf,
  type StatusView,
} from "./status_view.ts";
import { watchScreen } from "./status_watch.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { onJobSignal } from "../terminal/job_control.ts";
import { type Terminal, terminalRows } from "../terminal/terminal.ts";
import { jsonText } from "../../plain_text.ts";

interface StatusOptions extends RunOptions {
  watch?: boolean;
  offline?: boolean;
}

/** A person is waiting, so shorter than in a sync. */
const PATIENCE_MS = 10_000;
const RETRIES = 1;
/** With `--watch`, local facts are shown before a slow hub answers. */
const FIRST_DRAWING_MS = 500;
/** How often to read files again, and how often to ask the hub, which has other clients. */
const REDRAW_MS = 2_000;
const ASK_AGAIN_MS = 60_000;

/** Runs `status`; returns the exit code. Throws UsageError, ConfigError, StoreError. */
export async function statusCommand(
  options: StatusOptions,
  terminal: Terminal,
  machine: Surroundings = thisMachine(),
): Promise<number> {
  if (options.watch && (options.json || !terminal.outIsTerminal)) {
    const found = options.json ? "--json" : STATUS.pipe_or_file();
    throw new UsageError(STATUS.watch_needs_terminal({ found }), {
      expected: "a terminal",
      found,
      hint: STATUS.without_watch(),
    });
  }
  const config = await openConfig(options, terminal);
  const statePath = await statePathOf(config, options);
  using status = new Status(options, { config, statePath, machine });
  if (options.watch) return await watch(status, terminal);
  const view = await status.read();
  if (options.json) terminal.out(`${jsonText(statusDocument(view, status.config))}\n`);
  else terminal.out(status.draw(view, terminal));
  return "error" in view.hub ? EXIT.failed : EXIT.ok;
}

/** Reads the status on demand. */
class Status implements Disposable {
  readonly config: Config;
  readonly #options: StatusOptions;
  readonly #statePath: string;
  readonly #machine: Surroundings;
  readonly #stop = new AbortController();
  readonly #engine;
  #answer: HubAnswer;
  #asking: Promise<void> = Promise.resolve();
  #askedAt = -Infinity;

  constructor(
    options: StatusOptions,
    { config, statePath, machine }: { config: Config; statePath: string; machine: Surroundings },
  ) {
    this.config = config;
    this.#statePath = statePath;
    this.#options = options;
    this.#machine = machine;
    trustSystemStore();
    const { hub } = config;
    const retries = Math.min(hub.retries, RETRIES);
    const { signal } = this.#stop;
    this.#engine = openEngine({ ...config, hub: { ...hub, retries } }, { signal, statePath });
    this.#answer = { kind: options.offline ? "not_asked" : "asking" };
  }

  /** The current status; waits at most the given ms for the hub's answer. */
  async read(waitMs = Infinity): Promise<StatusView> {
    const { config } = this;
    const now = Date.now();
    if (!this.#options.offline && now - this.#askedAt >= ASK_AGAIN_MS) {
      this.#askedAt = now;
      this.#asking = this.#ask();
    }
    const waits = [this.#asking];
    if (waitMs < Infinity) waits.push(sleep(waitMs, this.#stop.signal).catch(() => {}));
    await Promise.race(waits);
    return await readStatus({
      config,
      statePath: this.#statePath,
      datasets: chosenDatasets(config, this.#options.dataset),
      hub: this.#answer,
      schedule: await scheduleOf(config, this.#machine, now),
      now: Date.now(),
    });
  }

  draw(view: StatusView, terminal: Terminal): string {
    const width = terminal.outIsTerminal ? terminal.columns() : Infinity;
    const used = { config: this.config, statePath: this.#statePath };
    const command = (words: string): string => asItsUser(used, ownCommand(words, this.#options));
    return renderStatus(view, { colours: terminal.colours, width, command });
  }

  /** Never throws: an error is part of the answer. */
  async #ask(): Promise<void> {
    const { signal } = this.#stop;
    const datasets = chosenDatasets(this.config, this.#options.dataset);
    const patience = { patienceMs: PATIENCE_MS, signal };
    const answer = await askSources(datasets, this.#engine.hubsOf, patience);
    this.#answer = cleaned(answer, this.config);
  }

  [Symbol.dispose](): void {
    this.#stop.abort(new InterruptedError("interrupted"));
    this.#engine[Symbol.dispose]();
  }
}

/**
 * Redraws the status until Ctrl-C, which isn't a failure. Ctrl-Z ends it as well: stopped, it would leave
 * the shell on its screen, and to put that back first and stop itself it would have to send a signal, which
 * takes the permission to run every program.
 */
async function watch(status: Status, terminal: Terminal): Promise<number> {
  using signals = stopSignals();
  const left = new AbortController();
  using _ctrlZ = onJobSignal("SIGTSTP", () => left.abort(new InterruptedError("interrupted")));
  await watchScreen({
    frame: async () => status.draw(await status.read(FIRST_DRAWING_MS), terminal),
    terminal,
    rows: terminalRows,
    everyMs: REDRAW_MS,
    sleep,
    signal: AbortSignal.any([signals.signal, left.signal]),
  });
  return signals.code === undefined || signals.code === EXIT.interrupted ? EXIT.ok : signals.code;
}

/** A hub's page may echo secrets. */
function cleaned(answer: HubAnswer, config: Config): HubAnswer {
  if (!("error" in answer) || answer.error === undefined) return answer;
  return { ...answer, error: redactor(secretsOf(config))(answer.error) };
}

function thisMachine(): Surroundings {
  return { root: "", home: processEnvironment("HOME"), env: processEnvironment };
}
