/**
 * `datahubsync versions`, `rollback` and `pin`: the versions that a snapshot keeps.
 *
 * Guarantees: `versions` changes nothing; the others work under the dataset's lock, after finishing
 * what was unfinished. A version that somebody went back to is pinned, so that the next sync doesn't
 * bring the one that was left back; `pin NAME --off` lets syncs go on.
 *
 * @module
 */
import { StoreError, UsageError } from "../../errors.ts";
import { localTime } from "../../monitoring/local_time.ts";
import { ownCommand } from "../../own_command.ts";
import { jsonText } from "../../plain_text.ts";
import { shellWord } from "../../shell_word.ts";
import { keepsChanges } from "../../store/changes.ts";
import { ensureWork, type Layout, resolveLayout } from "../../store/layout.ts";
import { acquireLock } from "../../store/lock.ts";
import { recoverPublish } from "../../store/recover.ts";
import {
  goToVersion,
  isHalfWay,
  type KeptVersion,
  keptVersions,
  noVersions,
  unpin,
} from "../../store/snapshot/rollback.ts";
import { recordVersion } from "../../store/memory/state.ts";
import { EXIT } from "../command/exit_code.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { openConfig, openToChange, type RunOptions } from "../command/open_run.ts";
import { testStop } from "../command/test_stop.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { COMMAND } from "../../messages/command.ts";

/** Runs `versions`; returns the exit code. */
export async function versionsCommand(
  name: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const config = await openConfig(options, terminal);
  const layout = await resolveLayout(chosenDatasets(config, [name])[0]!.localDir);
  const kept = await keptVersions(layout);
  if (options.json) {
    const versions = kept.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }));
    terminal.out(`${jsonText({ dataset: name, versions })}\n`);
    return EXIT.ok;
  }
  if (kept.length === 0) throw noVersions(layout);
  terminal.out(kept.map((one) => `${lineOf(one)}\n`).join(""));
  return EXIT.ok;
}

/** Runs `rollback`; returns the exit code. */
export async function rollbackCommand(
  name: string,
  version: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  return await change(name, options, terminal, async ({ layout, kept, go }) => {
    const live = kept.findIndex((one) => one.live);
    // Typed again after a kill, it goes no further than it was to go.
    const before = isHalfWay(layout) ? live : live - 1;
    const target = version === undefined ? kept[before] : find(kept, version, name);
    if (target !== undefined) return await go(target);
    throw new StoreError("wrong_type", COMMAND.none_before({ name }), {
      path: layout.versions,
      hint: COMMAND.keys_keep(),
    });
  });
}

/** Runs `pin`; returns the exit code. */
export async function pinCommand(
  name: string,
  version: string | undefined,
  options: RunOptions & { off?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (options.off && version !== undefined) {
    throw new UsageError(COMMAND.off_without_version(), { hint: COMMAND.leave_version_out() });
  }
  return await change(name, options, terminal, async ({ layout, kept, go }) => {
    if (options.off) {
      unpin(layout);
      terminal.out(`${say(COMMAND.of, { names: name, text: say(COMMAND.unpinned) })}\n`);
      return;
    }
    await go(version === undefined ? kept.find((one) => one.live)! : find(kept, version, name));
  });
}

/** What a command changes: the versions of a locked layout, of which `go` makes one live. */
interface Kept {
  layout: Layout;
  kept: KeptVersion[];
  go: (version: KeptVersion) => Promise<void>;
}

async function change(
  name: string,
  options: RunOptions,
  terminal: Terminal,
  work: (at: Kept) => Promise<void>,
): Promise<number> {
  const { config, statePath } = await openToChange(options, terminal);
  const dataset = chosenDatasets(config, [name])[0]!;
  const found = await resolveLayout(dataset.localDir);
  if (found.snapshot === undefined) throw noVersions(found);
  await ensureWork(found);
  const holder = { clock: Date.now, hostname: Deno.hostname(), pid: Deno.pid };
  using _lock = await acquireLock(found.lock, holder);
  const warn = (text: string): void => sayWarning(terminal, text);
  await recoverPublish(found, { durable: config.sync.durable, warn });
  const layout = await resolveLayout(dataset.localDir);
  if (layout.snapshot === undefined) throw noVersions(layout);
  const kept = await keptVersions(layout);
  const go = async (version: KeptVersion): Promise<void> => {
    const { durable } = config.sync;
    const { length: changes } = await goToVersion(layout, version, {
      durable,
      lists: dataset.changes ?? keepsChanges(layout),
      record: (text) => recordVersion(statePath, dataset.name, text, { durable }),
      ...testStop(),
    });
    const off = ownCommand(`pin ${shellWord(name)} --off`, { config: options.config });
    const text = say(COMMAND.live_and_pinned, { version: describe(version), changes, off });
    terminal.out(`${say(COMMAND.of, { names: name, text })}\n`);
  };
  await work({ layout, kept, go });
  return EXIT.ok;
}

/** By its number, with or without zeros, or by the hub's text. */
function find(kept: readonly KeptVersion[], wanted: string, dataset: string): KeptVersion {
  const byName = kept.find(({ name }) => /^\d+$/.test(wanted) && Number(name) === Number(wanted));
  const found = byName ?? kept.findLast(({ version }) => version === wanted);
  if (found !== undefined) return found;
  throw new UsageError(COMMAND.no_version({ wanted: JSON.stringify(wanted), dataset }), {
    expected: kept.map(({ name }) => name).join(", "),
    found: wanted,
    hint: COMMAND.versions_are({ versions: kept.map(describe).join(", ") }),
  });
}

function describe({ name, version }: Pick<KeptVersion, "name" | "version">): string {
  return version === null ? name : `${name} (${version})`;
}

function lineOf({ name, version, at, live, pinned }: KeptVersion): string {
  const marks = [...live ? [say(COMMAND.live)] : [], ...pinned ? [say(COMMAND.pinned)] : []];
  return [name, localTime(at), version ?? "-", ...marks].join("  ");
}
