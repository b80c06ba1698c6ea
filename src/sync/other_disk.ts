/**
 * Refuses to fill the disk below an unmounted one; the error names the command that starts over
 * where the folder is now.
 *
 * @module
 */
import type { DatasetConfig } from "../config/config.ts";
import { bytesText } from "../units.ts";
import { ownCommand } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";
import type { Layout } from "../store/layout.ts";
import { checkLocation } from "../store/locations.ts";
import type { SyncContext } from "./sync_context.ts";

/** Throws StoreError `not_mounted`, unless `force`. */
export async function refuseOtherDisk(
  layout: Layout,
  job: { dataset: DatasetConfig; statePath: string },
  { force, configPath }: Pick<SyncContext, "force" | "configPath">,
): Promise<void> {
  if (force) return;
  const { dataset: { name }, statePath } = job;
  const startOver = ownCommand(`sync --force -d ${shellWord(name)}`, { config: configPath });
  await checkLocation(layout, { name, statePath, startOver, sizeText: bytesText });
}
