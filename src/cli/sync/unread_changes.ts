/**
 * The unread changes, as JSON lines: those that no reader has confirmed.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { COMMAND } from "../../messages/command.ts";
import { jsonText } from "../../plain_text.ts";
import { ChangeList, type UnreadChange } from "../../store/change_list.ts";

/** The unread changes of these datasets; with `done`, after confirming everything up to it. */
export async function unreadChanges(
  config: Config,
  names: ReadonlySet<string>,
  done?: number,
): Promise<UnreadChange[]> {
  using list = await ChangeList.open(config.path);
  await list.collect(config.datasets);
  if (done !== undefined) {
    const last = await list.last();
    if (done > last) throw new UsageError(COMMAND.done_up_to({ last, done }));
    await list.done(done);
  }
  return await list.unread(names);
}

/** Writes the unread changes of these datasets to a file. Throws StoreError. */
export async function writeChanges(
  path: string,
  { config, datasets }: { config: Config; datasets: readonly { name: string }[] },
): Promise<void> {
  const unread = await unreadChanges(config, new Set(datasets.map(({ name }) => name)));
  await writeFileAtomic(path, changeLines(unread), { durable: config.sync.durable });
}

/** One JSON line per change. */
export function changeLines(changes: readonly UnreadChange[]): string {
  return changes.map(({ number, dataset, path, kind, fromByte, size, version }) =>
    `${jsonText({ dataset, path, kind, from_byte: fromByte, size, version, number })}\n`
  ).join("");
}
