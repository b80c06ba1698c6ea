/**
 * `datahubsync convert`: turns a dataset's plain folder into a snapshot, or back.
 *
 * Guarantees: works under the dataset's lock; refuses, before anything is changed, what can't be
 * done safely or what the configuration contradicts; a conversion or a publish that was cut off is finished
 * first.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { UsageError } from "../../errors.ts";
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import { toPlain, toSnapshot } from "../../store/snapshot/convert.ts";
import { ensureWork, resolveLayout } from "../../store/layout.ts";
import { acquireLock } from "../../store/lock.ts";
import { recoverPublish } from "../../store/recover.ts";
import { EXIT } from "../command/exit_code.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { openToChange, type RunOptions } from "../command/open_run.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { COMMAND } from "../../messages/command.ts";

/** Runs `convert`; returns the exit code. Throws UsageError, LockedError, StoreError. */
export async function convertCommand(
  name: string,
  options: RunOptions & { to?: DatasetConfig["publish"] },
  terminal: Terminal,
): Promise<number> {
  const { config } = await openToChange(options, terminal);
  const dataset = chosenDatasets(config, [name])[0]!;
  const { to = dataset.publish } = options;
  refuseContradiction(dataset, to, config);
  const { durable } = config.sync;
  const found = await resolveLayout(dataset.localDir);
  await ensureWork(found);
  const holder = { clock: Date.now, hostname: Deno.hostname(), pid: Deno.pid };
  using _lock = await acquireLock(found.lock, holder);
  await recoverPublish(found, { durable, warn: (text) => sayWarning(terminal, text) });
  const layout = await resolveLayout(dataset.localDir);
  const convert = to === "snapshot" ? toSnapshot : toPlain;
  if (await convert(layout, { durable })) {
    const after = await resolveLayout(dataset.localDir);
    const form = after.snapshot === undefined
      ? say(COMMAND.plain_folder)
      : say(COMMAND.link_to, { target: after.snapshot.current });
    terminal.out(`${say(COMMAND.converted, { name, folder: after.localDir, form })}\n`);
  } else {
    const form = say(to === "snapshot" ? COMMAND.snapshot : COMMAND.plain_folder);
    terminal.out(`${say(COMMAND.not_converted, { name, folder: layout.localDir, form })}\n`);
  }
  return EXIT.ok;
}

/** Refuses unless the configuration was changed first: the next sync will follow it. */
function refuseContradiction(
  dataset: DatasetConfig,
  to: DatasetConfig["publish"],
  config: Config,
): void {
  if (dataset.publish === to) return;
  const words = `convert ${shellWord(dataset.name)} --to ${to}`;
  const again = ownCommand(words, { config: config.path });
  throw new UsageError(
    COMMAND.publish_differs({ publish: dataset.publish, name: dataset.name, to }),
    {
      expected: `publish: ${to}`,
      found: `publish: ${dataset.publish}`,
      path: config.path,
      hint: COMMAND.set_publish({ to, path: config.path, again }),
    },
  );
}
