/** The exit code for each status and each error. */
import assert from "node:assert/strict";
import { exitCodeOf, exitCodeOfError } from "../../../src/cli/command/exit_code.ts";
import {
  ConfigError,
  HubError,
  InterruptedError,
  LockedError,
  StoreError,
  UsageError,
} from "../../../src/errors.ts";
import type { Status } from "../../../src/types.ts";

Deno.test("exitCodeOf() knows every status", () => {
  const codes: Record<Status, number> = {
    success: 0,
    up_to_date: 0,
    planned: 0,
    package_not_ready: 0,
    error: 1,
    config_error: 2,
    not_found: 3,
    download_failed: 3,
    extract_failed: 3,
    rejected: 3,
    disk_full: 3,
    locked: 4,
    interrupted: 130,
  };
  for (const [status, code] of Object.entries(codes)) {
    assert.equal(exitCodeOf([status as Status]), code, status);
  }
  assert.equal(exitCodeOf([]), 0);
});

Deno.test("exitCodeOf() takes the first of signal, 1, 2, 3, 4, 0 where several apply", () => {
  assert.equal(exitCodeOf(["success", "locked"]), 4);
  assert.equal(exitCodeOf(["locked", "download_failed", "success"]), 3);
  assert.equal(exitCodeOf(["not_found", "config_error", "locked"]), 2);
  assert.equal(exitCodeOf(["config_error", "error", "not_found"]), 1);
  assert.equal(exitCodeOf(["error", "interrupted"]), 130);
  assert.equal(exitCodeOf(["error", "interrupted"], 143), 143);
  assert.equal(exitCodeOf(["success"], 143), 143, "a signal that came at the very end");
});

Deno.test("exitCodeOfError() tells whose fault it was", () => {
  assert.equal(exitCodeOfError(new UsageError("x")), 2);
  assert.equal(exitCodeOfError(new ConfigError([{ file: "a", message: "b" }])), 2);
  assert.equal(exitCodeOfError(new LockedError("x")), 4);
  assert.equal(exitCodeOfError(new InterruptedError("x")), 130);
  assert.equal(exitCodeOfError(new HubError("unreachable", "x")), 3);
  assert.equal(exitCodeOfError(new StoreError("io", "x")), 3);
  assert.equal(exitCodeOfError(new TypeError("x")), 1);
});
