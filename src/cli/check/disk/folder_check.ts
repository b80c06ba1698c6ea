/**
 * The folder of one dataset: there or can be made, writable, on one file system with its work
 * folder, lockable, and in the form that the configuration wants.
 *
 * @module
 */
import { asRoot } from "../../../as_root.ts";
import type { DatasetConfig } from "../../../config/dataset_config.ts";
import { hintOf, messageOf } from "../../../errors.ts";
import { openOwn } from "../../../fs/own_file.ts";
import { nearestExisting } from "../../../fs/space.ts";
import { orElse } from "../../../or_else.ts";
import { folderLooksFilled } from "../../../store/folder_state.ts";
import { journalIsOpen } from "../../../store/publish/journal.ts";
import { type Layout, resolveLayout } from "../../../store/layout.ts";
import { readHolder } from "../../../store/lock.ts";
import { kindOf } from "../../../store/publish/target_check.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckContext, command, moveAside } from "../check_context.ts";
import { userNameOf } from "../../../owners/accounts.ts";
import { type CheckLine, failure, fine, warning } from "../check_line.ts";
import { checkDisk } from "./disk_check.ts";
import { probeFolder, toWrite } from "./write_probe.ts";
import { basename, dirname, join } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** What was found out about a folder. */
export interface FolderFindings {
  lines: CheckLine[];
  /** Where everything lies; missing when something is in the way. */
  layout?: Layout;
}

/** Checks a dataset's folder. */
export async function checkFolder(
  dataset: DatasetConfig,
  context: CheckContext,
): Promise<FolderFindings> {
  let layout: Layout;
  try {
    layout = await resolveLayout(dataset.localDir);
  } catch (error) {
    return { lines: [inTheWay(error, dataset, context)] };
  }
  const there = await writability(layout, context);
  if (there.some(({ verdict }) => verdict === "error")) return { lines: there };
  const lines = [
    ...there,
    workPlace(layout, dataset, context),
    ...form(layout, dataset, context),
    ...await checkDisk(layout, dataset, context),
    ...await unfinished(layout, dataset, context),
  ];
  return { lines, layout };
}

function inTheWay(error: unknown, dataset: DatasetConfig, context: CheckContext): CheckLine {
  const { localDir } = dataset;
  const blocking = firstNoFolder(localDir);
  if (blocking === undefined) {
    const remedy = hintOf(error) ?? `ls -ld ${shellWord(localDir)}`;
    return failure("folder.there", messageOf(error), `${remedy} (${context.config.path})`);
  }
  return failure("folder.there", CHECK.file_not_folder({ blocking }), moveAside(blocking));
}

/** The topmost part of a path that is a file. */
function firstNoFolder(path: string): string | undefined {
  const parent = dirname(path);
  const above = parent === path ? undefined : firstNoFolder(parent);
  if (above !== undefined) return above;
  return orElse(() => Deno.statSync(path).isFile, false) ? path : undefined;
}

async function writability(layout: Layout, context: CheckContext): Promise<CheckLine[]> {
  const data = layout.snapshot?.current ?? layout.localDir;
  const place = await nearestExisting(data);
  const probe = await probeFolder(place);
  const shown = layout.localDir;
  const isMade = place === data;
  if (!probe.writable) {
    const { machine } = context;
    const what = isMade ? CHECK.not_writable({ shown }) : CHECK.not_makable({ shown, place });
    const remedy = isMade || probe.error.code !== "no_permission"
      ? toWrite(place, probe.error, machine)
      : asRoot(`install -d -o ${userNameOf(machine.uid)} ${shellWord(data)}`, machine);
    return [failure("folder.writable", `${what}: ${reason(probe.error.message)}`, remedy)];
  }
  return [
    fine("folder.writable", isMade ? CHECK.writable({ shown }) : CHECK.will_be_made({ shown })),
    ...locks(probe.locks, place),
  ];
}

/** What follows the place in an error's message. */
function reason(message: string): string {
  return message.replace(/^.*\): /s, "");
}

function locks(honoured: boolean, place: string): CheckLine[] {
  if (honoured) return [fine("folder.locks", CHECK.locks_are_honoured())];
  return [warning(
    "folder.locks",
    CHECK.locks_not_honoured(),
    CHECK.one_machine({ place: shellWord(place) }),
  )];
}

function workPlace(layout: Layout, dataset: DatasetConfig, context: CheckContext): CheckLine {
  const { localDir, work, inside } = layout;
  if (!inside) return fine("folder.work", CHECK.work_folder_beside({ work }));
  const beside = join(dirname(localDir), `.${basename(localDir)}.datahubsync`);
  const wrong = CHECK.work_folder_inside({ work });
  const report = dataset.publish === "snapshot" ? failure : warning;
  if (isMount(localDir)) {
    return report(
      "folder.work",
      CHECK.own_file_system({ wrong, localDir }),
      CHECK.set_local_dir({ path: context.config.path, folder: join(localDir, dataset.name) }),
    );
  }
  const { machine } = context;
  const make = kindOf(work) === "folder"
    ? asRoot(`mv ${shellWord(work)} ${shellWord(beside)}`, machine)
    : asRoot(`install -d -m 700 -o ${userNameOf(machine.uid)} ${shellWord(beside)}`, machine);
  return report(
    "folder.work",
    CHECK.beside_not_writable({ wrong, localDir: dirname(localDir) }),
    make,
  );
}

/**
 * Bind mounts share the device number, and then the parent's permissions say nothing: both count.
 */
function isMount(path: string): boolean {
  try {
    const name = `.${crypto.randomUUID()}.tmp`;
    Deno.renameSync(join(path, name), join(dirname(path), name));
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EXDEV";
  }
}

/** Whether the folder is a plain one or a snapshot, as `publish` has it. */
function form(layout: Layout, dataset: DatasetConfig, context: CheckContext): CheckLine[] {
  const convert = (to: string): string =>
    command(context, `convert ${shellWord(dataset.name)} --to ${to}`);
  if (
    dataset.publish === "snapshot" && layout.snapshot === undefined && folderLooksFilled(layout)
  ) {
    return [failure("folder.publish", CHECK.snapshot_but_plain(), convert("snapshot"))];
  }
  if (dataset.publish === "files" && layout.snapshot !== undefined) {
    return [warning("folder.publish", CHECK.files_but_snapshot(), convert("files"))];
  }
  return [];
}

/** What other runs have left there or are doing there. */
async function unfinished(
  layout: Layout,
  dataset: DatasetConfig,
  context: CheckContext,
): Promise<CheckLine[]> {
  if (await isHeld(layout.lock)) {
    const holder = readHolder(layout.lock);
    if (holder === undefined) {
      const whose = CHECK.see_whose({ lock: shellWord(layout.lock) });
      return [warning("folder.locks", CHECK.being_synced(), whose)];
    }
    const { pid, host } = holder;
    return [warning("folder.locks", CHECK.being_synced_by({ pid, host }), CHECK.see_it({ pid }))];
  }
  if (!await journalIsOpen(layout)) return [];
  const sync = command(context, `sync -d ${shellWord(dataset.name)}`);
  return [warning("folder.journal", CHECK.publish_cut_off(), sync)];
}

/** Asks without taking: a shared lock on a file opened for reading. */
async function isHeld(path: string): Promise<boolean> {
  using file = orElse(() => openOwn(path, { access: "read" }), undefined);
  return file !== undefined && !await file.tryLock(false).catch(() => true);
}
