/**
 * The disk of a dataset's folder: the one that it was on, with what `publish: snapshot` takes, and
 * what it doesn't do that others do.
 *
 * @module
 */
import type { DatasetConfig } from "../../../config/dataset_config.ts";
import { nearestExisting } from "../../../fs/space.ts";
import { shellWord } from "../../../shell_word.ts";
import { lackingIn } from "../../../store/abilities.ts";
import type { Layout } from "../../../store/layout.ts";
import { checkLocation } from "../../../store/memory/locations.ts";
import { checkLinks, missingPassage } from "../../../store/snapshot/snapshot_ability.ts";
import { type CheckContext, command } from "../check_context.ts";
import { type CheckLine, fine, thrown, warning } from "../check_line.ts";
import { CHECK } from "../../../messages/check.ts";
import { SYNC } from "../../../messages/sync.ts";

/** Checks the disk below a folder that can be written to. */
export async function checkDisk(
  layout: Layout,
  dataset: DatasetConfig,
  context: CheckContext,
): Promise<CheckLine[]> {
  return [
    ...await mounted(layout, dataset, context),
    ...await snapshots(layout, dataset, context),
    ...await abilities(layout),
  ];
}

async function mounted(
  layout: Layout,
  { name }: DatasetConfig,
  context: CheckContext,
): Promise<CheckLine[]> {
  const { statePath } = context;
  const startOver = command(context, `sync --force -d ${shellWord(name)}`);
  try {
    await checkLocation(layout, { name, statePath, startOver });
    return [];
  } catch (error) {
    return [thrown("folder.mounted", error)];
  }
}

async function snapshots(
  layout: Layout,
  { name, publish }: DatasetConfig,
  context: CheckContext,
): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  if (layout.snapshot !== undefined && missingPassage(layout) !== 0) {
    lines.push(warning(
      "folder.readable",
      CHECK.others_cant_read({ work: layout.work }),
      command(context, `sync -d ${shellWord(name)}`),
    ));
  }
  if (publish !== "snapshot" || layout.inside) return lines;
  try {
    checkLinks(await nearestExisting(layout.work));
  } catch (error) {
    lines.push(thrown("folder.publish", error));
  }
  return lines;
}

async function abilities(layout: Layout): Promise<CheckLine[]> {
  const lacking = await lackingIn(await nearestExisting(layout.work));
  if (lacking.length === 0) return [];
  const list = lacking.join(SYNC.lacking_and());
  return [fine("folder.disk", SYNC.file_system_lacking({ lacking: list }))];
}
