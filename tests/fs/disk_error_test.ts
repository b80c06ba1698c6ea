/** Each of the system's errors gets a class, a sentence and a hint. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { asDiskError, diskError } from "../../src/fs/disk_error.ts";
import { TempFolder } from "../support/temp.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("diskError() says of a right that the program lacks where that is", () => {
  const cause = new Deno.errors.NotCapable('Requires all access to "/dev/shm/x", specify the …');
  const error = diskError(cause, "/dev/shm/x", "open the lock");
  assert.equal(error.code, "no_permission");
  assert.equal(
    error.message,
    "Can't open the lock (/dev/shm/x): this program has no permission for files in /dev, /proc and /sys",
  );
});

Deno.test("diskError() gives each of the system's codes a class and a hint", () => {
  const expected: Record<string, string> = {
    ENOSPC: "disk_full",
    EDQUOT: "disk_full",
    EACCES: "no_permission",
    EPERM: "no_permission",
    EROFS: "read_only",
    EISDIR: "wrong_type",
    ENOTDIR: "wrong_type",
    EXDEV: "cross_device",
    ENAMETOOLONG: "io",
    EIO: "io",
    EFBIG: "disk_full",
    ENFILE: "io",
    EMFILE: "io",
    EMLINK: "io",
    EEXIST: "io",
    EOPNOTSUPP: "io",
    ENOTSUP: "io",
    ENOSYS: "io",
    ENOMEM: "io",
    EAGAIN: "io",
    ELOOP: "wrong_type",
    ENOLCK: "io",
  };
  for (const [errno, code] of Object.entries(expected)) {
    const cause = Object.assign(new Error("os error"), { code: errno });
    const error = diskError(cause, "/data/f", "write the file");
    assert.equal(error.code, code, errno);
    assert(error.hint, errno);
    // `get` has no such key, and no configuration.
    assert.doesNotMatch(error.hint, /local_dir|configuration/, errno);
    assert.equal(error.cause, cause);
    assert(error.message.startsWith("Can't write the file (/data/f): "), error.message);
  }
});

Deno.test("diskError() knows what Deno really throws", () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("file"), "");
  Deno.mkdirSync(temp.at("folder"));
  const codeOf = (work: () => unknown): string => diskError(thrownBy(work), "/x", "try").code;
  assert.equal(codeOf(() => Deno.mkdirSync(temp.at("file/x"))), "wrong_type");
  assert.equal(codeOf(() => Deno.renameSync(temp.at("file"), temp.at("folder"))), "wrong_type");
  assert.equal(codeOf(() => Deno.writeTextFileSync(temp.at("x".repeat(256)), "")), "io");
});

Deno.test("diskError() knows Deno's classes without a code", () => {
  assert.equal(diskError(new Deno.errors.PermissionDenied("x"), "/x", "try").code, "no_permission");
});

Deno.test("diskError() reads the number where Deno gives neither a code nor a class", () => {
  const expected = {
    16: "busy",
    27: "larger",
    107: "ended",
    110: "answer",
    112: "down",
    116: "",
    122: "quota",
  };
  for (const [number, says] of Object.entries(expected)) {
    const error = diskError(new Error(`Something (os error ${number})`), "/data/f", "write it");
    assert(error.hint, number);
    assert(error.message.includes(says) && !error.message.includes("os error"), error.message);
  }
});

Deno.test("diskError() keeps our own errors and says one line about others", () => {
  const ours = new StoreError("bad_format", "ours");
  assert.equal(diskError(ours, "/x", "try"), ours);
  const error = diskError(new Error("one\ntwo"), "/x", "try");
  assert.equal(error.code, "io");
  assert.equal(error.message, "Can't try (/x): one");
  assert.equal(diskError("text", "/x", "try").message, "Can't try (/x): text");
});

Deno.test("asDiskError() turns what the system says into words, and leaves faults of ours alone", () => {
  for (
    const [message, says, path] of [
      ["Input/output error (os error 5)", /device failed/, "/data"],
      [
        "Too many open files in system (os error 23): open '/w/undo'",
        /machine has too many/,
        "/w/undo",
      ],
      ["Cannot allocate memory (os error 12): readdir '/w'", /no more memory/, "/w"],
      ["No locks available (os error 37)", /no locks left/, "/data"],
      ["Resource temporarily unavailable (os error 11)", /no threads/, "/data"],
      ["Interrupted system call (os error 4)", /interrupted it/, "/data"],
      ["Read-only file system (os error 30)", /read-only/, "/data"],
      ["Operation not permitted (os error 1)", /not permitted/, "/data"],
    ] as const
  ) {
    const error = asDiskError(new Error(message), "/data");
    assert(error instanceof StoreError && error.hint !== undefined, message);
    assert.match(error.message, says);
    assert.equal(error.evidence.path, path);
  }
  for (const error of [new TypeError("x is undefined"), new Error("os error 5"), "text"]) {
    assert.equal(asDiskError(error, "/data"), error);
  }
});
