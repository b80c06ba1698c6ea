/**
 * A folder for its owner only, which nobody else can have prepared.
 *
 * Guarantees: an existing folder is a real one and, below a folder where everybody may make folders,
 * belongs to this user, to root or to the parent's owner. It doesn't look further up: the owner
 * rule does.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { StoreError } from "../errors.ts";
import { removeLeftovers, temporaryNameFor } from "../fs/atomic_write.ts";
import { errnoOf } from "../fs/disk_error.ts";
import { HeldFolders, renameInPlace } from "../fs/held_folder.ts";
import { ifThere } from "../fs/if_there.ts";
import { setOwnMode } from "../fs/own_file.ts";
import { ownUid } from "../fs/own_uid.ts";
import { orElse } from "../or_else.ts";
import { shellWord } from "../shell_word.ts";
import { DISK } from "../messages/disk.ts";

/** Makes the folder, or uses the existing one if nobody else can have prepared it. */
export async function makePrivate(path: string): Promise<void> {
  try {
    return await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  const info = await Deno.lstat(path);
  if (!info.isDirectory) {
    throw new StoreError("wrong_type", DISK.work_not_folder({ path }), {
      path,
      expected: "a folder",
      found: info.isSymlink ? DISK.a_link() : "a file",
      hint: DISK.remove_and_run(),
    });
  }
  if (await isStrangers(info, dirname(path))) {
    throw new StoreError("unsafe_owner", DISK.made_by_user({ path, uid: String(info.uid) }), {
      path,
      expected: "a folder of this user or of root",
      found: `user ${info.uid}`,
      hint: `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
    });
  }
  // Nobody else may be able to add files that would be published.
  const mode = info.mode ?? 0;
  if ((mode & 0o022) === 0) return;
  using held = new HeldFolders();
  setOwnMode(path, (mode & 0o2000) | 0o700, { place: held.at(path) });
}

/**
 * {@linkcode makePrivate}, which makes a missing folder among the data and moves it out, so that files
 * in it get the group and the access list that files get there (set-group-ID bit, `setfacl -d`).
 */
export async function makeAmong(data: string, path: string): Promise<void> {
  if (ifThere(() => Deno.lstatSync(path)) === undefined) {
    await removeLeftovers(data, ["datahubsync"]);
    const made = temporaryNameFor(join(data, "datahubsync"));
    try {
      Deno.mkdirSync(made, { mode: 0o700 });
      takeIn(made, path, dirname(path));
    } catch {
      orElse(() => Deno.removeSync(made), undefined); // there is no data yet, or the publish says what is wrong there
    }
  }
  await makePrivate(path);
}

/**
 * Moves an empty folder that was made among the data into a private one, as `to`; `false` = it wasn't
 * the one that we made (the owner of `owned` has): who may write there has put another one in its
 * place, which goes back.
 */
export function takeIn(made: string, to: string, owned: string): boolean {
  renameInPlace(made, to);
  const { isDirectory, uid } = Deno.lstatSync(to);
  const isOurs = isDirectory && uid === Deno.lstatSync(owned).uid &&
    [...Deno.readDirSync(to)].length === 0;
  if (!isOurs) renameInPlace(to, made);
  return isOurs;
}

/**
 * Whether somebody else made the folder where everybody may. The owner rule looked
 * earlier, and doesn't run for programs that use the library.
 */
async function isStrangers({ uid }: Deno.FileInfo, parent: string): Promise<boolean> {
  const { mode, uid: above } = await Deno.lstat(parent);
  const shared = ((mode ?? 0) & 0o1002) === 0o1002;
  if (!shared || uid === null || uid === 0 || uid === above) return false;
  const me = ownUid();
  return me !== null && uid !== me;
}
