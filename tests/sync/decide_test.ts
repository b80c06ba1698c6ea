/** When a version counts as new, as the same, or as not ready. */
import assert from "node:assert/strict";
import { parseInstant } from "../../src/version_time.ts";
import { checkVersion } from "../../src/sync/decide.ts";
import { versionToRecord } from "../../src/sync/recorded_version.ts";
import type { ListedDataset } from "../../src/types.ts";

const ZONE = "Asia/Shanghai";
const instantOf = (text: string): number | null => parseInstant(text, ZONE);

function entry(version: string | null, more: Partial<ListedDataset> = {}): ListedDataset {
  return {
    name: "d",
    version,
    instant: version === null ? null : instantOf(version),
    ready: true,
    packageSize: 0,
    fileCount: 0,
    totalSize: 0,
    ...more,
  };
}

Deno.test("checkVersion() calls equal texts the same, whatever they mean", () => {
  for (const text of ["2026-11-22T06:02:38.165365", "build 7", "1763762558"]) {
    assert.deepEqual(checkVersion(entry(text), text, ZONE), { kind: "same", version: text });
  }
  // Also while the next package is being built: there is nothing to do yet.
  const building = entry("2026-11-22T06:02:38", { ready: false });
  const version = "2026-11-22T06:02:38";
  assert.deepEqual(checkVersion(building, version, ZONE), { kind: "same", version });
});

Deno.test("checkVersion() waits for a package that isn't ready", () => {
  const check = checkVersion(
    entry("2026-11-22", { ready: false, status: "packaging" }),
    "2026-11-21",
    ZONE,
  );
  assert.equal(check.kind, "not_ready");
  assert.match((check as { why: string }).why, /packaging/);
  assert.equal(checkVersion(entry(null, { ready: false }), null, ZONE).kind, "not_ready");
});

Deno.test("checkVersion() asks the package whenever the texts don't settle it", () => {
  const ask = (version: string | null, recorded: string | null) =>
    checkVersion(entry(version, { ready: undefined }), recorded, ZONE);
  assert.deepEqual(ask("2026-11-22", null), { kind: "ask" });
  assert.deepEqual(ask(null, "2026-11-22"), { kind: "ask" });
  assert.deepEqual(ask(null, null), { kind: "ask" });
  assert.deepEqual(ask("2026-11-22T06:00:00", "2026-11-21T06:00:00"), { kind: "ask" });
  assert.deepEqual(
    ask("2026-11-21T22:00:00Z", "2026-11-22T06:00:00"),
    { kind: "ask" },
    "one instant, two texts: nothing to warn of",
  );
});

Deno.test("checkVersion() warns of versions that go back or can't be read", () => {
  const ask = (version: string, recorded: string) =>
    checkVersion(entry(version), recorded, ZONE) as { kind: string; warning?: string };
  assert.match(ask("2026-11-20", "2026-11-22").warning!, /older than the recorded 2026-11-22/);
  assert.match(ask("build 7", "2026-11-22").warning!, /"build 7"/);
  assert.match(ask("2026-11-22", "build 7").warning!, /"build 7"/);
  // As strings these go the other way round.
  assert.equal(ask("2026-10-02", "2026-9-30").kind, "ask");
  assert.match(ask("1763762558", "2026-11-22").warning!, /older/);
});

Deno.test("versionToRecord() records the announced text, or the package's own stamp when that is older", () => {
  const stamp = (text: string) => ({ stamp: instantOf(text), stampText: text });
  const announced = entry("2026-11-22T06:02:38.900000");
  const record = (text: string) => versionToRecord(announced, stamp(text));
  assert.deepEqual(record("2026-11-22T06:02:38"), { version: announced.version, behind: false });
  assert.deepEqual(record("2026-11-22T06:12:00"), { version: announced.version, behind: false });
  const before = "2026-11-22T06:02:37";
  assert.deepEqual(record(before), { version: before, behind: true });
  const none = { stamp: null, stampText: null };
  assert.deepEqual(versionToRecord(announced, none), { version: announced.version, behind: false });
  assert.deepEqual(versionToRecord(entry(null), stamp(before)), { version: before, behind: false });
  assert.deepEqual(versionToRecord(entry(null), none), { version: null, behind: false });
  const unread = entry("build 7");
  assert.deepEqual(versionToRecord(unread, stamp(before)), { version: "build 7", behind: false });
});
