/** The status of a run for each kind of error. */
import assert from "node:assert/strict";
import {
  ArchiveError,
  ConfigError,
  HubError,
  InterruptedError,
  LockedError,
  StoreError,
} from "../../src/errors.ts";
import { statusOf } from "../../src/sync/running_result.ts";
import type { Status } from "../../src/types.ts";

Deno.test("statusOf() gives each kind of error its status", () => {
  const cases: [unknown, Status][] = [
    [new InterruptedError("stopped"), "interrupted"],
    [new LockedError("another run"), "locked"],
    [new ConfigError([{ file: "c.yaml", message: "wrong" }]), "config_error"],
    [new HubError("stalled", "no byte"), "download_failed"],
    [new HubError("wrong_package", "another dataset's"), "download_failed"],
    [new ArchiveError("no_end_record", "cut"), "download_failed"],
    [new ArchiveError("wrong_crc", "damaged"), "extract_failed"],
    [new ArchiveError("unsafe_name", "../x"), "extract_failed"],
    [new StoreError("disk_full", "full"), "disk_full"],
    [new StoreError("read_only", "mounted so"), "extract_failed"],
    [new TypeError("a bug"), "error"],
    ["a word", "error"],
    [undefined, "error"],
  ];
  for (const [error, status] of cases) assert.equal(statusOf(error), status, String(error));
});
