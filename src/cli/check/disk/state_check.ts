/**
 * The state: readable, writable, and consistent with each dataset's manifest and folder.
 *
 * @module
 */
import { DataHubSyncError, messageOf, type StoreError } from "../../../errors.ts";
import { diskError, errnoOf } from "../../../fs/disk_error.ts";
import { nearestExisting } from "../../../fs/space.ts";
import { folderLooksFilled } from "../../../store/folder_state.ts";
import type { Layout } from "../../../store/layout.ts";
import { Manifest } from "../../../store/manifest.ts";
import { loadState } from "../../../store/memory/state.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckContext, command, takeOver } from "../check_context.ts";
import { type CheckLine, failure, fine, warning } from "../check_line.ts";
import { probeFolder } from "./write_probe.ts";
import { dirname } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** What was found out about the state. */
export interface StateFindings {
  lines: CheckLine[];
  /** Name → version; empty when the state can't be read. */
  versions: Map<string, string>;
}

/** Checks the state file. */
export async function checkState({ statePath, machine }: CheckContext): Promise<StateFindings> {
  let versions = new Map<string, string>();
  const lines: CheckLine[] = [];
  try {
    versions = await loadState(statePath);
    lines.push(
      fine("state.readable", CHECK.recorded({ statePath, counted: counted(versions.size) })),
    );
  } catch (error) {
    const { code, hint } = error instanceof DataHubSyncError ? error : {};
    const unusable = code === "bad_format" || code === "wrong_type";
    // What lies behind a link that leads back can't be moved either.
    const remedy = errnoOf((error as Error).cause) === "ELOOP" && hint !== undefined
      ? hint
      : unusable
      ? `mv ${shellWord(statePath)} ${shellWord(`${statePath}.bad`)}`
      : code === "no_permission"
      ? takeOver(machine, statePath)
      : `ls -ld ${shellWord(statePath)}`;
    lines.push(failure("state.readable", messageOf(error), remedy));
  }
  const { place, error } = await tryWriting(dirname(statePath));
  if (error !== undefined) {
    const remedy = error.code === "no_permission"
      ? takeOver(machine, place)
      : error.hint ?? `ls -ld ${shellWord(place)}`;
    lines.push(
      failure("state.writable", CHECK.cant_be_written({ message: error.message }), remedy),
    );
  }
  return { lines, versions };
}

/** Writes where the folder is, or would be made; says what is in the way. */
async function tryWriting(folder: string): Promise<{ place: string; error?: StoreError }> {
  let place = folder;
  try {
    place = await nearestExisting(folder);
    const probe = await probeFolder(place);
    return probe.writable ? { place } : { place, error: probe.error };
  } catch (error) {
    return { place, error: diskError(error, place, CHECK.look_at_the_folder()) };
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
    const hint = error instanceof DataHubSyncError ? error.hint : undefined;
    return [
      failure("state.manifest", messageOf(error), hint ?? `ls -l ${shellWord(layout.manifest)}`),
    ];
  }
  if (damage !== undefined) return [warning("state.manifest", damage, sync)];
  if (recorded === undefined) {
    return [fine("state.manifest", CHECK.never_synced())];
  }
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
    const text = CHECK.recorded_by_other({ recorded });
    return [warning("state.manifest", text, sync)];
  }
  if (manifest.version !== recorded) {
    const text = CHECK.recorded_other({
      recorded,
      version: manifest.version ?? CHECK.no_version(),
    });
    return [warning("state.manifest", text, sync)];
  }
  return [onDisk(manifest, layout, command(context, `verify ${name} --repair`))];
}

/** Sizes and times only: reading every file is `verify`'s work. */
function onDisk(manifest: Manifest, layout: Layout, repair: string): CheckLine {
  let missing = 0;
  let changed = 0;
  for (const [path, { size, mtimeMs }] of manifest.entries()) {
    const info = statOrNone(`${layout.localDir}/${path}`);
    if (info === undefined) missing++;
    else if (info.size !== size || info.mtime?.getTime() !== mtimeMs) changed++;
  }
  const files = CHECK.n_files({ count: manifest.size });
  if (missing + changed === 0) {
    return fine("state.manifest", CHECK.files_there({ version: String(manifest.version), files }));
  }
  const text = CHECK.files_differ({ files, missing, changed });
  return warning("state.manifest", text, repair);
}

function statOrNone(path: string): Deno.FileInfo | undefined {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? info : undefined;
  } catch {
    return undefined;
  }
}

function counted(count: number): string {
  return CHECK.datasets({ count });
}
