/**
 * The state: readable, writable, and consistent with each dataset's manifest and folder.
 *
 * @module
 */
import { asRoot } from "../../../as_root.ts";
import { recordsFolder } from "../../../config/records_folder.ts";
import { DataHubSyncError, messageOf, type StoreError } from "../../../errors.ts";
import { diskError, errnoOf } from "../../../fs/disk_error.ts";
import { nearestExisting } from "../../../fs/space.ts";
import { orElse } from "../../../or_else.ts";
import { folderLooksFilled } from "../../../store/folder_state.ts";
import type { Layout } from "../../../store/layout.ts";
import { Manifest } from "../../../store/manifest.ts";
import { loadState } from "../../../store/memory/state.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckContext, command, moveAside, takeOver } from "../check_context.ts";
import { userNameOf } from "../../../owners/accounts.ts";
import { type CheckLine, failure, fine, thrown, warning } from "../check_line.ts";
import { probeFolder, toWrite } from "./write_probe.ts";
import { dirname } from "node:path";
import { CHECK } from "../../../messages/check.ts";
import { DISK } from "../../../messages/disk.ts";

/** What was found out about the state. */
interface StateFindings {
  lines: CheckLine[];
  /** Name → version; empty when the state can't be read. */
  versions: Map<string, string>;
}

/** Checks the state file. */
export async function checkState(
  { config, statePath, machine }: CheckContext,
): Promise<StateFindings> {
  let versions = new Map<string, string>();
  const lines: CheckLine[] = [];
  try {
    versions = await loadState(statePath);
    const counted = CHECK.datasets({ count: versions.size });
    lines.push(fine("state.readable", CHECK.recorded({ statePath, counted })));
  } catch (error) {
    const { code, hint } = error instanceof DataHubSyncError ? error : {};
    const unusable = code === "bad_format" || code === "wrong_type";
    // What lies behind a link that leads back can't be moved either.
    const remedy = errnoOf((error as Error).cause) === "ELOOP" && hint !== undefined
      ? hint
      : unusable
      ? moveAside(statePath, ".bad")
      : code === "no_permission"
      ? takeOver(machine, statePath)
      : `ls -ld ${shellWord(statePath)}`;
    lines.push(failure("state.readable", messageOf(error), remedy));
  }
  const { place, error } = await tryWriting(dirname(statePath));
  if (error !== undefined) {
    const text = CHECK.cant_be_written({ message: error.message });
    lines.push(failure("state.writable", text, toWrite(place, error, machine)));
  }
  const records = recordsFolder(config.path);
  const kept = await tryWriting(records);
  // Where it is the state's place that can't be written, one line is enough.
  if (kept.error !== undefined && kept.place !== place) {
    const text = CHECK.no_history({ message: kept.error.message });
    const remedy = kept.place === records || kept.error.code !== "no_permission"
      ? toWrite(kept.place, kept.error, machine)
      : asRoot(`install -d -o ${userNameOf(machine.uid)} ${shellWord(records)}`, machine);
    lines.push(warning("state.history", text, remedy));
  }
  return { lines, versions };
}

/** Writes where the folder is, or would be made; says what is in the way. */
async function tryWriting(folder: string): Promise<{ place: string; error?: StoreError }> {
  let place = folder;
  try {
    place = await nearestExisting(folder);
    return { place, ...await probeFolder(place) };
  } catch (error) {
    return { place, error: diskError(error, place, DISK.look_at_the_folder()) };
  }
}

/** Compares a dataset's record with its manifest, and the manifest with the folder. */
export async function checkManifest(
  about: { name: string; layout: Layout; recorded: string | undefined },
  context: CheckContext,
): Promise<CheckLine[]> {
  const { layout, recorded } = about;
  const name = shellWord(about.name);
  const sync = command(context, `sync --force -d ${name}`);
  let damage: string | undefined;
  let manifest: Manifest | undefined;
  try {
    manifest = await Manifest.load(layout.manifest, { warn: (text) => damage = text });
  } catch (error) {
    return [thrown("state.manifest", error, `ls -l ${shellWord(layout.manifest)}`)];
  }
  if (damage !== undefined) return [warning("state.manifest", damage, sync)];
  if (recorded === undefined) return [fine("state.manifest", CHECK.never_synced())];
  if (!folderLooksFilled(layout) && manifest?.size === 0) {
    const text = CHECK.recorded_no_file({ recorded });
    const remedy = CHECK.look_at_selection({ name: about.name, path: context.config.path });
    return [warning("state.manifest", text, remedy)];
  }
  if (!folderLooksFilled(layout)) {
    const text = CHECK.recorded_no_files({ recorded, localDir: layout.localDir });
    return [warning("state.manifest", text, command(context, `sync -d ${name}`))];
  }
  if (manifest === undefined) {
    return [warning("state.manifest", CHECK.recorded_by_other({ recorded }), sync)];
  }
  if (manifest.version !== recorded) {
    const version = manifest.version ?? CHECK.no_version();
    return [warning("state.manifest", CHECK.recorded_other({ recorded, version }), sync)];
  }
  return [onDisk(manifest, layout, command(context, `verify ${name} --repair`))];
}

/** Sizes and times only: reading every file is `verify`'s work. */
function onDisk(manifest: Manifest, layout: Layout, repair: string): CheckLine {
  let missing = 0;
  let changed = 0;
  for (const [path, { size, mtimeMs }] of manifest.entries()) {
    const info = orElse(() => Deno.lstatSync(`${layout.localDir}/${path}`), undefined);
    if (!info?.isFile) missing++;
    else if (info.size !== size || info.mtime?.getTime() !== mtimeMs) changed++;
  }
  const files = CHECK.n_files({ count: manifest.size });
  if (missing + changed === 0) {
    return fine("state.manifest", CHECK.files_there({ version: String(manifest.version), files }));
  }
  const text = CHECK.files_differ({ files, missing, changed });
  return warning("state.manifest", text, repair);
}
