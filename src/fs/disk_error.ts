/**
 * Turns an operating system error into a {@linkcode StoreError} that a person can act on.
 *
 * Guarantees: never throws; the original error is kept as `cause`; a StoreError passes through
 * unchanged. It doesn't retry, and it doesn't look at the disk.
 *
 * @module
 */

import { StoreError, type StoreErrorCode } from "../errors.ts";
import { DISK } from "../messages/disk.ts";

/** What an operating system's error code means to a user. */
interface Meaning {
  code: StoreErrorCode;
  says: string;
  hint: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: {
    code: "disk_full",
    says: DISK.os_no_space(),
    hint: DISK.free_space(),
  },
  EDQUOT: {
    code: "disk_full",
    says: DISK.os_quota(),
    hint: DISK.larger_quota(),
  },
  EFBIG: {
    code: "disk_full",
    says: DISK.os_file_size(),
    hint: DISK.without_limit(),
  },
  EACCES: {
    code: "no_permission",
    says: DISK.os_permission(),
    hint: DISK.give_permission(),
  },
  EPERM: {
    code: "no_permission",
    says: DISK.os_not_permitted(),
    hint: DISK.look_at_owner(),
  },
  EROFS: {
    code: "read_only",
    says: DISK.os_read_only(),
    hint: DISK.mount_writing(),
  },
  EISDIR: {
    code: "wrong_type",
    says: DISK.os_folder_for_file(),
    hint: DISK.move_folder_away(),
  },
  ENOTDIR: {
    code: "wrong_type",
    says: DISK.os_file_for_folder(),
    hint: DISK.move_file_away(),
  },
  EXDEV: {
    code: "cross_device",
    says: DISK.os_cross_device(),
    hint: DISK.keep_together(),
  },
  ENAMETOOLONG: {
    code: "io",
    says: DISK.os_long_name(),
    hint: DISK.shorter_path(),
  },
  EIO: {
    code: "io",
    says: DISK.os_device_failed(),
    hint: DISK.look_at_dmesg(),
  },
  ENOENT: {
    code: "io",
    says: DISK.os_not_there(),
    hint: DISK.something_removed(),
  },
  EBUSY: {
    code: "io",
    says: DISK.os_busy(),
    hint: DISK.fuser(),
  },
  ETXTBSY: {
    code: "io",
    says: DISK.os_text_busy(),
    hint: DISK.fuser_program(),
  },
  ESTALE: {
    code: "io",
    says: DISK.os_stale(),
    hint: DISK.mount_again(),
  },
  ENOTCONN: {
    code: "io",
    says: DISK.os_fuse(),
    hint: DISK.unmount_mount(),
  },
  EHOSTDOWN: {
    code: "io",
    says: DISK.os_server_down(),
    hint: DISK.server_back(),
  },
  ETIMEDOUT: {
    code: "io",
    says: DISK.os_server_silent(),
    hint: DISK.server_reached(),
  },
  EILSEQ: {
    code: "io",
    says: DISK.os_name_charset(),
    hint: DISK.mount_utf8(),
  },
  EMLINK: {
    code: "io",
    says: DISK.os_many_links(),
    hint: DISK.allows_more(),
  },
  /** Not a system error: Deno denies these folders to any program without full permissions. */
  NO_RIGHT: {
    code: "no_permission",
    says: DISK.os_no_right(),
    hint: DISK.choose_another_path(),
  },
  EMFILE: {
    code: "io",
    says: DISK.os_many_files(),
    hint: DISK.raise_ulimit(),
  },
  ENFILE: {
    code: "io",
    says: DISK.os_all_files(),
    hint: DISK.raise_file_max(),
  },
  ENOMEM: {
    code: "io",
    says: DISK.os_no_memory(),
    hint: DISK.raise_memory(),
  },
  EAGAIN: {
    code: "io",
    says: DISK.os_try_again(),
    hint: DISK.raise_processes(),
  },
  ELOOP: {
    code: "wrong_type",
    says: DISK.os_link_loop(),
    hint: DISK.look_with_ls(),
  },
  ENOLCK: {
    code: "io",
    says: DISK.os_no_locks(),
    hint: DISK.share_with_locks(),
  },
};

/** Deno's error classes, for errors that carry no `code`. */
const CLASSES: Readonly<Record<string, string>> = {
  PermissionDenied: "EACCES",
  IsADirectory: "EISDIR",
  NotADirectory: "ENOTDIR",
  NotFound: "ENOENT",
  NotCapable: "NO_RIGHT",
  FilesystemLoop: "ELOOP",
  WouldBlock: "EAGAIN",
};

/** Linux error numbers, for errors that Deno has no class for. */
const NUMBERS: Readonly<Record<string, string>> = {
  "11": "EAGAIN",
  "12": "ENOMEM",
  "16": "EBUSY",
  "18": "EXDEV",
  "23": "ENFILE",
  "24": "EMFILE",
  "26": "ETXTBSY",
  "27": "EFBIG",
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

/**
 * The error to throw when an operation on `path` failed; `doing` is a phrase such as "write the
 * manifest", used in the message.
 */
export function diskError(error: unknown, path: string, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const errno = errnoOf(error);
  const meaning = errno === undefined ? undefined : MEANINGS[errno];
  if (meaning === undefined) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
    return new StoreError("io", DISK.cant({ doing, path, reason }), { path, cause: error });
  }
  return new StoreError(meaning.code, DISK.cant({ doing, path, reason: meaning.says }), {
    path,
    found: errno ?? "",
    hint: meaning.hint,
    cause: error,
  });
}
