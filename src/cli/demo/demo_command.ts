/**
 * `datahubsync demo`: shows on made-up data what a sync is: the first one, one with nothing to do,
 * one that is cut and resumed, and one after a change.
 *
 * Guarantees: its hub is a folder that was packed and is served, as anybody would have it; it talks to
 * that on loopback only, around any proxy. Exit code 0 only when the
 * folders hold exactly what the hub has at the end. Nothing is left behind unless `keep`, also when
 * it fails or is interrupted, but for the report that it names at its end.
 *
 * @module
 */
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { join } from "node:path";
import { InterruptedError, StoreError } from "../../errors.ts";
import { COMMAND } from "../../messages/command.ts";
import { DEMO } from "../../messages/demo.ts";
import { ownCommand, PROGRAM } from "../../own_command.ts";
import { syncAll } from "../../sync/sync_all.ts";
import type { DatasetResult, Status } from "../../types.ts";
import { AfterRun } from "../sync/after_run.ts";
import { demoError, openDemoFolder } from "./demo_folder.ts";
import { DemoStory, keptText } from "./demo_story.ts";
import { DemoWorld } from "./demo_world.ts";
import { EXIT } from "../command/exit_code.ts";
import { logReporter } from "../sync/log_reporter.ts";
import { type OpenRun, openRun } from "../command/open_run.ts";
import { passSiteGate } from "../hub_end/site_gate.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { said, say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText, secondsText } from "../../units.ts";

/** Runs `demo`; returns the exit code. Throws UsageError when `dir` isn't empty. */
export async function demoCommand(
  options: { dir?: string; keep?: true },
  terminal: Terminal,
): Promise<number> {
  // What it makes there is removed at the end: root does neither in somebody else's folder.
  const passGate = (output: string): void =>
    passSiteGate([], { output, warn: (text) => sayWarning(terminal, text) });
  if (options.dir !== undefined) passGate(options.dir);
  const folder = await openDemoFolder(options.dir);
  const clear = (): void => options.keep ? undefined : folder.clear();
  using signals = stopSignals(clear);
  try {
    if (options.dir === undefined) passGate(folder.path); // where $TMPDIR says, which others may own
    const code = await new Demo(folder.path, {
      terminal,
      stopped: () => signals.signal.aborted,
      keep: options.keep ?? false,
    }).run();
    if (options.keep) terminal.out(await keptText(folder.path));
    return code;
  } catch (error) {
    if (signals.code === undefined) throw demoError(error, folder.path);
    terminal.err(`${say(COMMAND.interrupted)}\n`);
    return signals.code;
  } finally {
    clear();
  }
}

/** One run of the demo. */
class Demo {
  readonly #dir: string;
  readonly #terminal: Terminal;
  readonly #story: DemoStory;
  readonly #stopped: () => boolean;
  readonly #keep: boolean;

  constructor(dir: string, around: { terminal: Terminal; stopped: () => boolean; keep: boolean }) {
    this.#dir = dir;
    this.#terminal = around.terminal;
    this.#story = new DemoStory(around.terminal);
    this.#stopped = around.stopped;
    this.#keep = around.keep;
  }

  async run(): Promise<number> {
    const story = this.#story;
    const started = performance.now();
    story.say(say(DEMO.what_it_is));
    story.say(say(this.#keep ? DEMO.copies_in : DEMO.copies_removed));
    story.say(`${join(this.#dir, "data")}\n`, { indent: 2 });
    await using world = await DemoWorld.make(this.#dir);
    story.say(say(DEMO.hub_is));
    story.say(`${PROGRAM} pack FOLDER FOLDER --output hub`, { indent: 2 });
    story.say(`${PROGRAM} serve hub\n`, { indent: 2 });
    await this.#writeConfig(world);
    story.introduce(world.parts);
    const [, second] = world.parts;
    const whole = second!.packageSize;

    story.heading(DEMO.first);
    await this.#sync(world, ["success", "success"]);

    story.heading(DEMO.again);
    await this.#sync(world, ["up_to_date", "up_to_date"]);

    story.heading(DEMO.lost);
    await Deno.remove(join(this.#dir, "data", second!.name), { recursive: true });
    world.cable.breakAfter(Math.floor(whole * 0.6));
    const [, cut] = await this.#sync(world, ["up_to_date", "download_failed"]);
    world.cable.repair();

    story.heading(DEMO.goes_on);
    const [, resumed] = await this.#sync(world, ["up_to_date", "success"]);
    const fetched = cut!.bytesDownloaded + resumed!.bytesDownloaded;
    const together = { fetched: bytesText(fetched), whole: bytesText(whole) };
    story.say(say(DEMO.together, together), { indent: 2 });

    await world.nextDay();
    story.heading(DEMO.next_day);
    const [grown] = await this.#sync(world, ["success", "success"]);
    const each = bytesText(Math.round(grown!.bytesDownloaded / grown!.entriesFetched));
    story.say(say(DEMO.per_file, { each, dataset: grown!.dataset }), { indent: 2 });

    story.say();
    return await this.#conclude(world, started);
  }

  /** The end: whether all is as it must be. Whatever sums the demo up is said here. */
  async #conclude(world: DemoWorld, started: number): Promise<number> {
    const wrong = await world.differences(join(this.#dir, "data"));
    this.#checkStopped();
    if (wrong.length > 0) {
      const list = wrong.slice(0, 10).map(said).join("\n  ");
      this.#terminal.err(`${say(COMMAND.error, { text: say(DEMO.not_the_hubs, { list }) })}\n`);
      return EXIT.failed;
    }
    const took = said(secondsText(performance.now() - started));
    this.#story.say(`${say(DEMO.all_equal, { files: world.fileCount, took })}\n`);
    await this.#showWhatIsLeft();
    return EXIT.ok;
  }

  /** What `datahubsync status` and `datahubsync report` make of it. */
  async #showWhatIsLeft(): Promise<void> {
    const [{ askSources, readStatus }, { renderStatus }, { REPORT_NAME, writeReport }] =
      await Promise
        .all([
          import("../status/status_view.ts"),
          import("../status/status_table.ts"),
          import("../setup/report_command.ts"),
        ]);
    await using run = await this.#openRun();
    const { config, statePath, datasets, hubsOf } = run;
    const now = Date.now();
    const hub = await askSources(datasets, hubsOf, { patienceMs: 10_000 });
    const { colours, outIsTerminal, columns } = this.#terminal;
    const status = renderStatus(
      await readStatus({ config, statePath, datasets, hub, now }),
      { colours, width: outIsTerminal ? columns() : Infinity },
    );
    this.#terminal.out(`$ ${ownCommand("status")}\n${status}\n`);
    // It outlives the demo's folder: whoever reads its path wants to open it.
    const path = this.#keep
      ? join(this.#dir, REPORT_NAME)
      : await Deno.makeTempFile({ prefix: "datahubsync-demo-", suffix: ".html" });
    await writeReport(path, { config, statePath, days: 7, now });
    this.#terminal.out(`$ ${ownCommand("report")}\n${path}\n`);
    this.#story.say();
    this.#story.say(say(DEMO.report_is));
  }

  /** One run over both datasets, as `datahubsync sync` does it. */
  async #sync(world: DemoWorld, expected: readonly Status[]): Promise<DatasetResult[]> {
    world.requests.length = 0;
    this.#checkStopped();
    await using run = await this.#openRun();
    const { datasets, hubsOf, statePath, context, log } = run;
    const after = new AfterRun(run);
    const results = await syncAll(
      { datasets, hubsOf, statePath, planOnly: false, onResult: (result) => after.keep(result) },
      { ...context, reporter: logReporter(log) },
    );
    this.#checkStopped();
    this.#story.rows(results.map((result) => ({
      result,
      requests: world.requests.filter((path) =>
        path.startsWith(`/package/${result.dataset}/`) ||
        path.startsWith(`/patch/${result.dataset}/`)
      ).length,
    })));
    results.forEach(({ dataset, status, error, hint }, at) => {
      if (status === expected[at]) return;
      if (status === "disk_full") {
        throw new StoreError("disk_full", error ?? status, hint === undefined ? {} : { hint });
      }
      throw new Error(
        `demo: ${dataset}: expected ${expected[at]}, found ${status}: ${error ?? ""}`,
      );
    });
    return results;
  }

  async #openRun(): Promise<OpenRun> {
    const silent = { ...this.#terminal, outIsTerminal: false, errIsTerminal: false };
    const config = join(this.#dir, "config.yaml");
    return await openRun(
      { config, state: join(this.#dir, ".last_sync.json"), direct: true },
      silent,
      { writes: true },
    );
  }

  async #writeConfig(world: DemoWorld): Promise<void> {
    const datasets = world.parts.flatMap(({ name }) => [
      `  - name: ${name}`,
      `    local_dir: ./data/${name}`,
      "    delete_removed: true",
      "    max_age: 30h",
    ]);
    const lines = [
      "hub:",
      `  url: ${world.cable.url}`,
      // So that the cut ends the run, and resuming is left to the next one.
      "  retries: 0",
      // So that the cut comes where it is meant to.
      "  connections: 1",
      "datasets:",
      ...datasets,
      "logging:",
      "  level: INFO",
      "  file: ./logs/sync.log",
    ];
    await writeFileAtomic(join(this.#dir, "config.yaml"), `${lines.join("\n")}\n`);
  }

  #checkStopped(): void {
    if (this.#stopped()) throw new InterruptedError("interrupted");
  }
}
