/** Whether a hub's times are in the zone that the configuration says: each way to see it. */
import assert from "node:assert/strict";
import { checkZone, type HubTimes } from "../../../src/cli/check/hub/hub_zone.ts";

const SAME: HubTimes = {
  version: "2026-11-22T06:02:38.165365",
  stamp: "2026-11-22T06:04:00",
  lastModified: "Sat, 21 Nov 2026 22:04:00 GMT",
  timezone: "Asia/Shanghai",
  configPath: "/c.yaml",
};

function told(changes: Partial<HubTimes>): string[] {
  return checkZone({ ...SAME, ...changes }).map(({ verdict, text }) => `${verdict}: ${text}`);
}

Deno.test("checkZone() finds nothing wrong with a package that was built after its data, soon or late", () => {
  assert.deepEqual(told({}), ["ok: its times are in Asia/Shanghai"]);
  for (const stamp of ["2026-11-22T06:02:38", "2026-11-22T06:59:00", "2026-11-22T11:41:00"]) {
    assert.deepEqual(told({ stamp, lastModified: null }), ["ok: its times are in Asia/Shanghai"]);
  }
  const lastModified = "Sun, 22 Nov 2026 03:31:00 GMT";
  assert.deepEqual(told({ stamp: null, lastModified }), ["ok: its times are in Asia/Shanghai"]);
});

Deno.test("checkZone() sees by Last-Modified that a list without zones is in UTC", () => {
  const lastModified = "Sun, 22 Nov 2026 06:09:00 GMT";
  const says = "warning: the hub's times look 8 h off: hub.timezone: UTC?";
  assert.deepEqual(told({ lastModified }), [says]);
  assert.deepEqual(told({ lastModified, timezone: "UTC" }), ["ok: its times are in UTC"]);
});

Deno.test("checkZone() sees by Last-Modified that a list is in Asia/Shanghai", () => {
  const says = "warning: the hub's times look 8 h off: hub.timezone: Asia/Shanghai?";
  assert.deepEqual(told({ timezone: "UTC" }), [says]);
});

Deno.test("checkZone() says that list and package are of two zones where no setting helps", () => {
  const lines = checkZone({ ...SAME, stamp: "2026-11-22T14:02:50", lastModified: null });
  assert.deepEqual(lines, [{
    check: "hub.timezone",
    verdict: "warning",
    text: "the hub's list and its package's name differ by 8 h: they look like times of two zones",
    remedy: "tell those who run the hub",
  }]);
});

Deno.test("checkZone() says nothing where there is nothing to compare", () => {
  assert.deepEqual(told({ stamp: null, lastModified: null }), []);
  assert.deepEqual(told({ version: "v17" }), []);
  assert.deepEqual(told({ stamp: null, lastModified: "yesterday" }), []);
});
