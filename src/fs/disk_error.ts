/**
 * Turns an operating system error into a {@linkcode StoreError} that a person can act on.
 *
 * Guarantees: never throws; the original error is kept as `cause`; a StoreError passes through
 * unchanged. It doesn't retry, and it doesn't look at the disk.
 *
 * @module
 */

import { DataHubSyncError, StoreError, type StoreErrorCode } from "../errors.ts";
import { shellWord } from "../shell_word.ts";
import { NotPlainError } from "../plain_file.ts";
import { DISK } from "../messages/disk.ts";

/** What an operating system's error code means to a user: our code, what it says, and a hint. */
type Meaning = readonly [code: StoreErrorCode, says: string, hint: string];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: ["disk_full", DISK.os_no_space(), DISK.free_space()],
  EDQUOT: ["disk_full", DISK.os_quota(), DISK.larger_quota()],
  EFBIG: ["disk_full", DISK.os_file_size(), DISK.without_limit()],
  EACCES: ["no_permission", DISK.os_permission(), DISK.give_permission()],
  EPERM: ["no_permission", DISK.os_not_permitted(), DISK.look_at_owner()],
  EROFS: ["read_only", DISK.os_read_only(), DISK.mount_writing()],
  EISDIR: ["wrong_type", DISK.os_folder_for_file(), DISK.move_folder_away()],
  ENOTDIR: ["wrong_type", DISK.os_file_for_folder(), DISK.move_file_away()],
  EXDEV: ["cross_device", DISK.os_cross_device(), DISK.keep_together()],
  ENAMETOOLONG: ["io", DISK.os_long_name(), DISK.shorter_path()],
  EINTR: ["io", DISK.os_interrupted(), DISK.run_it_again()],
  EIO: ["io", DISK.os_device_failed(), DISK.look_at_dmesg()],
  ENOENT: ["io", DISK.os_not_there(), DISK.something_removed()],
  EBUSY: ["io", DISK.os_busy(), DISK.fuser()],
  ETXTBSY: ["io", DISK.os_text_busy(), DISK.fuser_program()],
  ESTALE: ["io", DISK.os_stale(), DISK.mount_again()],
  ENOTCONN: ["io", DISK.os_fuse(), DISK.unmount_mount()],
  EHOSTDOWN: ["io", DISK.os_server_down(), DISK.server_back()],
  ETIMEDOUT: ["io", DISK.os_server_silent(), DISK.server_reached()],
  EILSEQ: ["io", DISK.os_name_charset(), DISK.mount_utf8()],
  EMLINK: ["io", DISK.os_many_links(), DISK.allows_more()],
  EEXIST: ["io", DISK.os_taken(), DISK.replacing_disk()],
  EOPNOTSUPP: ["io", DISK.os_not_offered(), DISK.another_disk()],
  ENOTSUP: ["io", DISK.os_not_offered(), DISK.another_disk()],
  ENOSYS: ["io", DISK.os_not_offered(), DISK.another_disk()],
  /** Not a system error: Deno denies these folders to any program without full permissions. */
  NO_RIGHT: ["no_permission", DISK.os_no_right(), DISK.choose_another_path()],
  EMFILE: ["io", DISK.os_many_files(), DISK.raise_ulimit()],
  ENFILE: ["io", DISK.os_all_files(), DISK.raise_file_max()],
  ENOMEM: ["io", DISK.os_no_memory(), DISK.raise_memory()],
  EAGAIN: ["io", DISK.os_try_again(), DISK.raise_processes()],
  ELOOP: ["wrong_type", DISK.os_link_loop(), DISK.look_with_ls()],
  ENOLCK: ["io", DISK.os_no_locks(), DISK.share_with_locks()],
};

/** Deno's error classes, for errors that carry no `code`. */
const CLASSES: Readonly<Record<string, string>> = {
  PermissionDenied: "EACCES",
  IsADirectory: "EISDIR",
  NotADirectory: "ENOTDIR",
  NotFound: "ENOENT",
  AlreadyExists: "EEXIST",
  NotCapable: "NO_RIGHT",
  FilesystemLoop: "ELOOP",
  WouldBlock: "EAGAIN",
};

/** Linux error numbers, for errors that Deno has no class for. */
const NUMBERS: Readonly<Record<string, string>> = {
  "1": "EPERM",
  "2": "ENOENT",
  "4": "EINTR",
  "5": "EIO",
  "11": "EAGAIN",
  "12": "ENOMEM",
  "13": "EACCES",
  "16": "EBUSY",
  "17": "EEXIST",
  "18": "EXDEV",
  "20": "ENOTDIR",
  "21": "EISDIR",
  "23": "ENFILE",
  "24": "EMFILE",
  "26": "ETXTBSY",
  "27": "EFBIG",
  "28": "ENOSPC",
  "30": "EROFS",
  "31": "EMLINK",
  "36": "ENAMETOOLONG",
  "37": "ENOLCK",
  "38": "ENOSYS",
  "40": "ELOOP",
  "84": "EILSEQ",
  "95": "EOPNOTSUPP",
  "107": "ENOTCONN",
  "110": "ETIMEDOUT",
  "112": "EHOSTDOWN",
  "116": "ESTALE",
  "122": "EDQUOT",
};

/** The operating system's name for an error (`ENOSPC`, …); `undefined` if it has none. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return NUMBERS[number ?? ""] ?? CLASSES[error.name];
}

/** The errors of a file system that doesn't support an operation at all. */
const NOT_OFFERED: ReadonlySet<string | undefined> = new Set([
  "EINVAL",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "ENOTTY",
]);

/** Whether the file system doesn't support the operation, so that retrying is useless. */
export function isNotOffered(error: unknown): boolean {
  return NOT_OFFERED.has(errnoOf(error));
}

/** Why a file system that works makes no hard link: of others' files, too many, in another branch of a union. */
const NO_LINK: ReadonlySet<string | undefined> = new Set(["EPERM", "EACCES", "EMLINK", "EXDEV"]);

/** Whether a hard link can't be had there, rather than that the disk is full or fails. */
export function isNoLink(error: unknown): boolean {
  return isNotOffered(error) || NO_LINK.has(errnoOf(error));
}

/**
 * The error to throw when an operation on `path` failed; `doing` is a phrase such as "write the
 * manifest", used in the message.
 */
export function diskError(error: unknown, path: string, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof NotPlainError) {
    const { message, found } = error;
    return new StoreError("wrong_type", message, {
      path,
      expected: "a regular file",
      found,
      hint: `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
      cause: error,
    });
  }
  const errno = errnoOf(error);
  const meaning = errno === undefined ? undefined : MEANINGS[errno];
  if (meaning === undefined) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
    return new StoreError("io", DISK.cant({ doing, path, reason }), { path, cause: error });
  }
  const [code, says, hint] = meaning;
  return new StoreError(code, DISK.cant({ doing, path, reason: says }), {
    path,
    found: errno ?? "",
    hint,
    cause: error,
  });
}

/**
 * An error of the system that reached the top without anybody naming what was being done, as a
 * {@linkcode StoreError}: it isn't a fault of this program. Any other error is returned unchanged.
 * `path` is what the work was about, if the error doesn't say.
 */
export function asDiskError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof DataHubSyncError) return error;
  const errno = errnoOf(error);
  if (errno === undefined || !Object.hasOwn(MEANINGS, errno)) return error;
  return diskError(error, /'(\/[^']*)'/.exec(error.message)?.[1] ?? path, DISK.use_files());
}
