/**
 * A folder for its owner only, which nobody else can have prepared.
 *
 * Guarantees: an existing folder is a real one and, below a folder where everybody may make folders,
 * belongs to this user, to root or to the parent's owner. It doesn't look further up: the owner
 * rule does.
 *
 * @module
 */
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { errnoOf } from "../fs/disk_error.ts";
import { ownUid, setOwnMode } from "../fs/own_file.ts";
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
  if (((info.mode ?? 0) & 0o022) !== 0) setOwnMode(path, 0o700);
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
