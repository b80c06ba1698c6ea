/** `--check` against everything that can be wrong with a dataset on the hub. */
import assert from "node:assert/strict";
import type { HubDataset } from "../../support/faulty_hub/hub.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";

const wait = (place: Place): string =>
  `${place.program} sync --wait 30m -d ${place.name} -c ${place.config}`;

/** Changes what the hub has of the dataset. */
function change(place: Place, changes: Partial<HubDataset>): void {
  const { hub } = place.hub;
  hub.setDataset(place.name, { ...hub.datasets.get(place.name)!, ...changes });
}

Deno.test("--check tells a misspelt dataset, and the name that was meant", async () => {
  await using place = await healthyPlace();
  await place.edit(`name: ${place.name}`, "name: stock-trading-data-por");
  await assertTold(place, {
    check: "dataset.known",
    verdict: "error",
    message:
      /^stock-trading-data-por: the hub doesn't have it; did you mean "stock-trading-data-pro"\?$/,
    remedy: `write name: "stock-trading-data-pro" in ${place.config}`,
  });
});

Deno.test("--check tells a dataset of another hub, and what this one has", async () => {
  await using place = await healthyPlace();
  await place.edit(`name: ${place.name}`, "name: something-else");
  await assertTold(place, {
    check: "dataset.known",
    verdict: "error",
    message: /^something-else: the hub doesn't have it$/,
    remedy: `correct its name in ${place.config}; the hub has: ${place.name}`,
  });
});

Deno.test("--check tells a package that isn't ready", async () => {
  await using place = await healthyPlace();
  change(place, { entry: { package_ready: false, status: "packaging" } });
  await assertTold(place, {
    check: "dataset.ready",
    verdict: "warning",
    message: /: its package isn't ready yet \(status: packaging\)$/,
    remedy: wait(place),
  });
});

Deno.test("--check tells a package that is missing although it is announced", async () => {
  await using place = await healthyPlace();
  place.hub.hub.faults.add({ name: "not_found", times: 9 });
  await assertTold(place, {
    check: "dataset.ready",
    verdict: "warning",
    message: /: there is no package of it yet$/,
    remedy: wait(place),
  });
});

Deno.test("--check tells a package that is older than announced", async () => {
  await using place = await healthyPlace();
  change(place, { version: "2026-01-06T20:15:00", built: new Date("2026-01-05T20:16:00+08:00") });
  await assertTold(place, {
    check: "dataset.ready",
    verdict: "warning",
    message:
      /: its package \(2026-01-05T20:16:00\) is older than announced \(2026-01-06T20:15:00\)$/,
    remedy: wait(place),
  });
});

Deno.test("--check tells a hub that doesn't honour ranges, without downloading its package", async () => {
  await using place = await healthyPlace({ kind: "no_ranges" });
  place.hub.hub.reset();
  await assertTold(place, {
    check: "dataset.ranges",
    verdict: "warning",
    message: /: ranges aren't honoured: every sync has to download the whole package$/,
    remedy:
      "let the hub, or the proxy before it, honour ranges, until this prints 206: curl -s -o " +
      `/dev/null -w '%{http_code}\\n' -r 0-0 ${place.hub.url}/package/${place.name}.zip`,
  });
});

Deno.test("--check tells a hub that answers one range per request, and what a day costs there", async () => {
  await using place = await healthyPlace({ kind: "deployed" });
  await assertTold(place, {
    check: "dataset.ranges",
    verdict: "warning",
    message:
      /: its package has \d+ files, [\d.]+ [kM]?B packed, .* unpacked; the hub answers one range per request: a day on which a few files change costs a request for each, one on which nearly all change costs the whole [\d.]+ [kM]?B$/,
    remedy: "serve the packages by a web server that answers several ranges at once, as nginx " +
      "does: docs/hub.md, What makes clients fast",
  });
  const hub = await Deno.readTextFile(new URL("../../../docs/hub.md", import.meta.url));
  assert.match(hub, /^## What makes clients fast$/m);
});

Deno.test("--check finds nothing wrong with a hub of few or no ranges that has patches", async () => {
  const sha256 = "ab".repeat(32);
  const patches = [{ from: sha256, to: sha256, sha256, size: 1000, url: "patch/a.patch" }];
  for (const kind of ["no_ranges", "deployed"] as const) {
    await using place = await healthyPlace({ kind });
    change(place, { entry: { patches } });
    const { lines } = await place.check();
    const { verdict, message } = lines.find(({ check }) => check === "dataset.ranges")!;
    assert.equal(verdict, "ok", message);
    assert.match(message, /(: ranges aren't honoured|unpacked); what changes comes by patch$/);
  }
});

Deno.test("--check tells a package that is no ZIP", async () => {
  await using place = await healthyPlace();
  change(place, { package: new Uint8Array(1000).fill(7) });
  await assertTold(place, {
    check: "dataset.package",
    verdict: "error",
    message: /: The package isn't a ZIP file, or it is cut short: it ends in 07 07( 07)+$/,
    remedy:
      "It doesn't begin as a ZIP does: check the address, and open it in a browser; a page or " +
      "another kind of file may be there.",
  });
});

Deno.test("--check tells a hub that is in trouble over the package only", async () => {
  await using place = await healthyPlace();
  place.hub.hub.faults.add({ name: "status_500", path: "/package", times: 9 });
  await assertTold(place, {
    check: "dataset.package",
    verdict: "error",
    message: /\/package\/stock-trading-data-pro\.zip answered 500/,
    remedy: "the hub itself failed: tell those who run it; its log says why",
  });
});

Deno.test("--check takes a hub that names no version as it is", async () => {
  await using place = await healthyPlace();
  await place.edit("    local_dir", "    max_age: 30h\n    local_dir");
  change(place, { version: null });
  const { lines } = await place.check();
  const age = lines.find(({ check }) => check === "dataset.age");
  assert.equal(age?.verdict, "ok");
  assert.equal(age?.message, `${place.name}: the hub has a version without a name: age unknown`);
});

Deno.test("--check tells the package of another dataset", async () => {
  await using place = await healthyPlace();
  change(place, { fileName: "other_20260105_201600.zip" });
  await assertTold(place, {
    check: "dataset.package",
    verdict: "error",
    message: /answers with the package of another dataset: other_20260105_201600\.zip$/,
    remedy: "hubs look packages up by the beginning of their name: tell the hub's operator",
  });
});

Deno.test("--check tells a local copy that is too old while the hub has newer data; syncing fixes it", async () => {
  await using place = await healthyPlace();
  await place.edit("    local_dir", "    max_age: 30h\n    local_dir");
  const now = new Date(Date.now() + 8 * 3600_000 - 60_000).toISOString().slice(0, 19);
  change(place, { version: now, built: new Date(Date.now() - 1000) });
  await assertTold(place, {
    check: "dataset.stale",
    verdict: "error",
    message: /: the local copy is stale: \d+ d.* old, new data was due by /,
    remedy: `${place.program} sync -d ${place.name} -c ${place.config}`,
    fixes: true,
  });
});

Deno.test("--check tells a hub whose own data is too old", async () => {
  await using place = await healthyPlace();
  await place.edit("    local_dir", "    max_age: 30h\n    local_dir");
  await assertTold(place, {
    check: "dataset.age",
    verdict: "warning",
    message: /: the hub has 2026-01-05T20:15:00: stale: /,
    remedy: "tell those who run the hub",
  });
});

Deno.test("--check tells a hub whose times are in another zone than hub.timezone", async () => {
  await using place = await healthyPlace();
  // The list says its zone, the package's name is on the same clock: UTC.
  change(place, { version: "2026-01-05T20:15:30Z", built: new Date("2026-01-05T20:16:00+08:00") });
  const expected = {
    check: "hub.timezone",
    verdict: "warning",
    message: /^the hub's times look 8 h off: hub\.timezone: UTC\?$/,
    remedy: `if the hub's clock is in UTC, set hub.timezone: UTC in ${place.config}`,
  } as const;
  await assertTold(place, expected);
  await place.edit("hub:\n", "hub:\n  timezone: UTC\n");
  const { lines } = await place.check();
  const told = lines.find(({ check }) => check === "hub.timezone");
  assert.deepEqual([told?.verdict, told?.message], ["ok", "its times are in UTC"]);
});

Deno.test("--check shows a package_url that leads to another path, scheme or host", async () => {
  for (
    const [packageUrl, check, message] of [
      ["/elsewhere/a.zip", "dataset.ready", /no package of it yet at http:\S+\/elsewhere\/a\.zip$/],
      [
        "https://127.0.0.1/a.zip",
        "dataset.package",
        /isn't followed: https:\/\/127\.0\.0\.1\/a\.zip/,
      ],
      ["//cdn.example/a.zip", "dataset.package", /isn't followed: http:\/\/cdn\.example\/a\.zip/],
      ["ftp://hub.example/a.zip", "dataset.package", /isn't followed: ftp:/],
    ] as const
  ) {
    await using place = await healthyPlace();
    change(place, { entry: { package_url: packageUrl } });
    await assertTold(place, {
      check,
      verdict: check === "dataset.ready" ? "warning" : "error",
      message,
      remedy: /allow_other_origin|sync --wait|http\(s\) URL/,
    });
  }
});
