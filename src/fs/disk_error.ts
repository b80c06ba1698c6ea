/**
 * Turns an operating system error into a {@linkcode StoreError} that a person can act on.
 *
 * Guarantees: never throws; the original error is kept as `cause`; a StoreError passes through
 * unchanged. It doesn't retry, and it doesn't look at the disk.
 *
 * @module
 */

import { StoreError, type StoreErrorCode } from "../errors.ts";

/** What an operating system's error code means to a user. */
interface Meaning {
  code: StoreErrorCode;
  says: string;
  hint: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: {
    code: "disk_full",
    says: "no space or no inodes left on the device",
    hint: "free some space (see `df -h` and `df -i`) and run again; what was fetched is kept",
  },
  EDQUOT: {
    code: "disk_full",
    says: "the disk quota is used up",
    hint: "free some space or ask for a larger quota (see `quota -s`), then run again",
  },
  EFBIG: {
    code: "disk_full",
    says: "the file is larger than this file system or `ulimit -f` allows",
    hint: "put local_dir on a file system without that limit",
  },
  EACCES: {
    code: "no_permission",
    says: "permission denied",
    hint: "give the user who runs datahubsync permission to use it (see `ls -ld`)",
  },
  EPERM: {
    code: "no_permission",
    says: "operation not permitted",
    hint: "look at its owner and attributes (see `ls -ld` and `lsattr -d`)",
  },
  EROFS: {
    code: "read_only",
    says: "the file system is mounted read-only",
    hint: "mount it for writing, or choose another local_dir",
  },
  EISDIR: {
    code: "wrong_type",
    says: "a folder is where a file should be",
    hint: "move the folder away and run again",
  },
  ENOTDIR: {
    code: "wrong_type",
    says: "a file is where a folder should be",
    hint: "move the file away and run again",
  },
  EXDEV: {
    code: "cross_device",
    says: "both places must lie on one file system",
    hint: "keep local_dir and its work folder on one file system",
  },
  ENAMETOOLONG: {
    code: "io",
    says: "the name is longer than the file system allows",
    hint: "use a local_dir with a shorter path; most file systems allow 255 bytes a name",
  },
  EIO: {
    code: "io",
    says: "the device failed to read or write",
    hint: "look at the kernel's log (`dmesg`): the disk may be failing",
  },
  ENOENT: {
    code: "io",
    says: "it isn't there",
    hint: "something removed it during the run; run again",
  },
  EBUSY: {
    code: "io",
    says: "another program keeps it busy",
    hint: "see which one with `fuser -v` (on a share, on the server), end it and run again",
  },
  ETXTBSY: {
    code: "io",
    says: "it is being run as a program, or is in use as swap",
    hint: "find the program with `fuser -v`, end it and run again",
  },
  ESTALE: {
    code: "io",
    says: "the server no longer knows it",
    hint: "mount the network file system again and run again",
  },
  ENOTCONN: {
    code: "io",
    says: "the file system's own program has ended (FUSE)",
    hint: "unmount it and mount it again, then run again",
  },
  EHOSTDOWN: {
    code: "io",
    says: "the file server is down",
    hint: "run again when the server is back",
  },
  ETIMEDOUT: {
    code: "io",
    says: "the file server didn't answer in time",
    hint: "see whether the file server can be reached, then run again",
  },
  EILSEQ: {
    code: "io",
    says: "the file system can't write this name in its character set",
    hint: "mount it with UTF-8 names, or leave the entry out with `exclude`",
  },
  EMLINK: {
    code: "io",
    says: "it has as many links as the file system allows",
    hint: "put local_dir on a file system that allows more",
  },
  /** Not a system error: Deno denies these folders to any program without full permissions. */
  NO_RIGHT: {
    code: "no_permission",
    says: "this program has no permission for files in /dev, /proc and /sys",
    hint: "choose another place",
  },
  EMFILE: {
    code: "io",
    says: "too many open files",
    hint: "raise the limit (`ulimit -n`) and run again",
  },
};

/** Deno's error classes, for errors that carry no `code`. */
const CLASSES: Readonly<Record<string, string>> = {
  PermissionDenied: "EACCES",
  IsADirectory: "EISDIR",
  NotADirectory: "ENOTDIR",
  NotFound: "ENOENT",
  NotCapable: "NO_RIGHT",
};

/** Linux error numbers, for errors that Deno has no class for. */
const NUMBERS: Readonly<Record<string, string>> = {
  "16": "EBUSY",
  "18": "EXDEV",
  "26": "ETXTBSY",
  "27": "EFBIG",
  "31": "EMLINK",
  "36": "ENAMETOOLONG",
  "38": "ENOSYS",
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
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    return new StoreError("io", `Can't ${doing} (${path}): ${reason}`, { path, cause: error });
  }
  return new StoreError(meaning.code, `Can't ${doing} (${path}): ${meaning.says}`, {
    path,
    found: errno ?? "",
    hint: meaning.hint,
    cause: error,
  });
}
