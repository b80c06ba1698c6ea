/**
 * `status`: what it reads of a machine, and the table and document that it makes of that. Longer
 * than 250 lines because a status has many parts, and each is held to the table and to the
 * document.
 */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load_config.ts";
import { UsageError } from "../../src/errors.ts";
import { appendHistory, historyPathFor } from "../../src/monitoring/history.ts";
import type { Surroundings } from "../../src/cli/check/schedule/schedule_sources.ts";
import { statusCommand } from "../../src/cli/status/status_command.ts";
import { statusDocument } from "../../src/cli/status/status_document.ts";
import { renderStatus } from "../../src/cli/status/status_table.ts";
import {
  type HubAnswer,
  readStatus,
  scheduleOf,
  type StatusView,
} from "../../src/cli/status/status_view.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import type { ListedDataset } from "../../src/types.ts";
import { record } from "../monitoring/records.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { FilesHub } from "../support/files_hub.ts";
import { startHub } from "../support/hub.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 4); // 12:00 in the hub's zone, a Sunday

const YAML = `hub: {url: http://127.0.0.1:9}
datasets:
  - {name: fine, local_dir: data/fine, max_age: 30h}
  - {name: 股票日线数据, local_dir: data/behind}
  - {name: failing, local_dir: data/failing, max_age: 24h}
  - {name: fresh one, local_dir: data/new}
`;

const STATE = {
  fine: "2026-11-22T06:02:38.165365",
  股票日线数据: "2026-11-21T20:00:00",
  failing: "2025-11-20T06:00:00",
};

function entry(name: string, version: string): ListedDataset {
  const sizes = { packageSize: 0, fileCount: 0, totalSize: 0 };
  return { name, version, instant: null, ready: true, ...sizes };
}

const ANSWER: HubAnswer = {
  kind: "answered",
  catalog: {
    datasets: [
      entry("fine", STATE.fine),
      entry("股票日线数据", "2026-11-22T00:30:00"),
      entry("failing", STATE.failing),
      entry("fresh one", "2026-11-22T00:30:00"),
    ],
    warnings: [],
  },
};

/** A configuration, its state and its history on disk. */
async function place(temp: TempDir): Promise<Config> {
  await Deno.writeTextFile(temp.at("config.yaml"), YAML);
  await Deno.writeTextFile(temp.at(".last_sync.json"), JSON.stringify(STATE));
  for (const name of ["fine", "behind", "failing"]) {
    await Deno.mkdir(temp.at("data", name), { recursive: true });
    await Deno.writeTextFile(temp.at("data", name, "a.csv"), "");
  }
  const history = historyPathFor(temp.at("config.yaml"));
  const at = "2026-11-22T02:00:00.000Z";
  for (
    const run of [
      record({ dataset: "fine", at, bytesOnDisk: 560e6 }),
      record({ dataset: "股票日线数据", at, outcome: "up_to_date" }),
      record({ dataset: "failing", at: "2026-11-21T02:00:00.000Z" }),
      record({ dataset: "failing", at, outcome: "download_failed", error: "503: tired" }),
    ]
  ) await appendHistory(history, run);
  return await loadConfig(temp.at("config.yaml"), { env: () => undefined });
}

async function view(
  temp: TempDir,
  hub: HubAnswer = ANSWER,
  datasets?: string[],
): Promise<StatusView> {
  const config = await place(temp);
  return await readStatus({
    config,
    statePath: temp.at(".last_sync.json"),
    datasets: config.datasets.filter(({ name }) => datasets?.includes(name) ?? true),
    hub,
    now: NOW,
  });
}

Deno.test("renderStatus() says when a calendar ends within a month", async () => {
  await using temp = await tempDir();
  const found = await view(temp);
  const config = await place(temp);
  const until = (day: string): Promise<StatusView> => {
    const days = new Set([day]);
    const calendar = { path: "days.txt", kind: "trading", days, from: day, until: day } as const;
    const maxAge = { hours: 24, weekdays: [], hour: 20, calendar };
    const datasets = config.datasets.map((dataset) => ({ ...dataset, maxAge }));
    const statePath = temp.at(".last_sync.json");
    return readStatus({ config, statePath, datasets, hub: found.hub, now: NOW });
  };
  const style = { colours: false, width: Infinity };
  const soon = renderStatus(await until("2026-12-20"), style);
  assert.match(
    soon,
    /^! the calendar days\.txt ends on 2026-12-20: .*\n {2}hint: put a newer file/m,
  );
  assert.equal(soon.split("the calendar").length, 2, "once for all datasets");
  assert.match(
    renderStatus(await until("2026-11-20"), style),
    /^! the calendar days\.txt ended on/m,
  );
  assert.doesNotMatch(renderStatus(await until("2026-12-31"), style), /the calendar/);
});

Deno.test("renderStatus() has a row per dataset, and below it what deserves attention", async () => {
  await using temp = await tempDir();
  const text = renderStatus(await view(temp), { colours: false, width: Infinity });
  assert(text.startsWith("✗ 2 of 4 datasets need attention\n\n"), text);
  const [, , head, fine, behind, failing, fresh, zone] = text.split("\n");
  const cells = (line: string | undefined): string[] => line!.split(/ {2,}/);
  assert.deepEqual(cells(head), [
    "dataset",
    "version",
    "age",
    "hub",
    "available",
    "last run",
    "took",
    "received",
    "30 days",
    "on disk",
  ]);
  assert.deepEqual(cells(fine), [
    "fine",
    "11-22 06:02",
    "5 h 57 min",
    "up_to_date",
    "success 2 h ago",
    "2.5 s",
    "9 MB",
    "100 %",
    "560 MB",
  ]);
  assert.deepEqual(cells(behind).slice(0, 6), [
    "股票日线数据",
    "11-21 20:00",
    "16 h",
    "behind 4 h 30 min",
    "11-22 00:30",
    "up_to_date 2 h ago",
  ]);
  assert.deepEqual(cells(failing).slice(0, 5), [
    "failing",
    "2025-11-20 06:00",
    "367 d",
    "up_to_date",
    "download_failed 2 h ago",
  ]);
  assert.deepEqual(cells(fresh).slice(0, 5), [
    "fresh one",
    "-",
    "-",
    "never_synced",
    "11-22 00:30",
  ]);
  assert.equal(zone, "Times are in Asia/Shanghai.");
  assert.match(
    text,
    /\n\n✗ failing: the last run 2 h ago ended as download_failed: 503: tired\n✗ failing: stale: 367 d old, .*\n! fresh one: never synced: datahubsync sync -d 'fresh one'\n$/,
  );
});

Deno.test("renderStatus() lines columns up with wide Chinese names, with and without colours", async () => {
  await using temp = await tempDir();
  const status = await view(temp);
  const plain = renderStatus(status, { colours: false, width: Infinity });
  const coloured = renderStatus(status, { colours: true, width: Infinity });
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), plain);
  assert(coloured.includes("\x1b[31mdownload_failed 2 h ago\x1b[39m"));
  assert(!plain.includes("\x1b"));
  const lines = plain.split("\n").slice(2, 7);
  const starts = lines.map((line) =>
    stringWidth(line.slice(0, line.indexOf(line.split(/ {2,}/)[1]!)))
  );
  assert.equal(new Set(starts).size, 1, plain);
});

for (const width of [40, 60, 80, 120]) {
  Deno.test(`renderStatus() is a table at ${width} columns, no wider, with the words of --json`, async () => {
    await using temp = await tempDir();
    const status = await view(temp);
    const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
    const named = { ...status, schedule: { kind: "none" as const } };
    const text = renderStatus(named, { colours: false, width });
    for (const line of text.split("\n")) assert(stringWidth(line) <= width, line);
    const [, table = "", notes = ""] = text.split("\n\n");
    const lines = table.split("\n");
    assert.match(lines[0]!, /^dataset +.*age +hub +.*last run/);
    assert.equal(lines.length, 5 + (table.includes("Times are in Asia/Shanghai.") ? 1 : 0), table);
    if (width >= 60) {
      const records = statusDocument(status, config)["datasets"] as Record<string, string>[];
      records.forEach(({ step, last_outcome }, at) => {
        assert(lines[at + 1]!.includes(step!), lines[at + 1]);
        assert(lines[at + 1]!.includes(last_outcome ?? "-"), lines[at + 1]);
      });
    }
    assert.equal(lines[0]!.includes("on disk"), width >= 80, lines[0]);
    assert.equal(lines[0]!.includes("received"), width >= 120, lines[0]);
    assert.match(
      notes.replace(/\n {2}/g, " "),
      /\n! no schedule found, so nothing syncs by itself: /,
    );
  });
}

Deno.test("renderStatus() says what several datasets have in common once", async () => {
  await using temp = await tempDir();
  const status = await view(temp);
  for (const row of status.rows.slice(0, 3)) {
    Object.assign(row, {
      lastOutcome: "download_failed",
      lastError: "http://hub can't be reached",
    });
    row.staleness.stale = false;
  }
  const text = renderStatus(status, { colours: false, width: Infinity });
  assert.match(
    text,
    /\n✗ fine, 股票日线数据, failing: the last run 2 h ago ended as download_failed: http:\/\/hub can't be reached\n! fresh one: /,
  );
});

Deno.test("statusCommand() calls the folder of an empty package as recorded", async () => {
  await using temp = await tempDir();
  await using hub = FilesHub.of({});
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `{ hub: { url: "${hub.url}" }, datasets: [{ name: d, local_dir: ./data }] }`,
  );
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const terminal = fakeTerminal();
  assert.equal(await statusCommand({ config, json: true }, terminal), 0);
  const [row] = JSON.parse(terminal.stdout()).datasets;
  assert.deepEqual([row.step, row.disk], ["up_to_date", "as_recorded"]);
});

Deno.test("readStatus() looks at the disk: what isn't as recorded is neither up to date nor a size", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `{ hub: { url: "${hub.url}" }, datasets: [{ name: ${hub.name}, local_dir: ./data }] }`,
  );
  const sync = async (): Promise<void> =>
    assert.equal(await syncCommand({ config, force: true }, fakeTerminal()), 0);
  const loaded = await loadConfig(config, { env: () => undefined });
  const catalog = { datasets: [entry(hub.name, hub.dataset.version)], warnings: [] };
  const look = async (): Promise<[StatusView, string]> => {
    const status = await readStatus({
      config: loaded,
      statePath: temp.at(".last_sync.json"),
      datasets: loaded.datasets,
      hub: { kind: "answered", catalog },
      now: Date.parse(hub.dataset.version) + 3_600_000,
    });
    return [status, renderStatus(status, { colours: false, width: Infinity })];
  };
  const expect = async (
    about: { step: string; disk: string; cell: RegExp; first: RegExp; note?: RegExp },
  ): Promise<void> => {
    const [status, text] = await look();
    const [record] = statusDocument(status, loaded)["datasets"] as Record<string, unknown>[];
    assert.deepEqual([record!["step"], record!["disk"]], [about.step, about.disk], text);
    assert.match(text.split("\n")[3]!, about.cell);
    assert.match(text, about.first);
    if (about.note !== undefined) assert.match(text, about.note);
  };
  await sync();
  await expect({
    step: "up_to_date",
    disk: "as_recorded",
    cell: / up_to_date .* [\d.]+ kB$/,
    first: /^✓ The dataset is up to date with the hub\n/,
  });
  const [file] = [...Deno.readDirSync(temp.at("data"))].filter(({ isFile }) => isFile);
  await Deno.writeTextFile(temp.at("data", file!.name), "mine");
  await expect({
    step: "up_to_date",
    disk: "changed",
    cell: / changed$/,
    first: /^! The dataset needs attention\n/,
    note: /\n! \S+: 1 file was changed or removed since it was placed: datahubsync verify \S+\n$/,
  });
  await Deno.remove(temp.at("data"), { recursive: true });
  await Deno.mkdir(temp.at("data"));
  await expect({
    step: "not_as_recorded",
    disk: "empty",
    cell: / not_as_recorded .* empty$/,
    first: /^✗ The dataset needs attention\n/,
    note: /the folder .*data is empty: datahubsync sync -d /,
  });
  await Deno.remove(temp.at("data"));
  await expect({
    step: "not_as_recorded",
    disk: "missing",
    cell: / not_as_recorded .* missing$/,
    first: /^✗ The dataset needs attention\n/,
    note: /the folder .*data isn't there: datahubsync sync -d /,
  });
  // The note's command.
  await syncCommand({ config, dataset: [hub.name] }, fakeTerminal());
  await Deno.writeTextFile(temp.at(".data.datahubsync", "journal"), "");
  await expect({
    step: "not_as_recorded",
    disk: "unfinished",
    cell: / unfinished$/,
    first: /^✗/,
    note: /a publish was cut off; a sync finishes it/,
  });
  await Deno.remove(temp.at(".data.datahubsync", "journal"));
  await Deno.writeTextFile(
    temp.at(".last_sync.json"),
    JSON.stringify({ [hub.name]: "2020-01-01T00:00:00" }),
  );
  catalog.datasets[0]!.version = "2020-01-01T00:00:00";
  await expect({
    step: "not_as_recorded",
    disk: "other_version",
    cell: / other_version$/,
    first: /^✗/,
  });
});

Deno.test("readStatus() says that the last run was interrupted", async () => {
  await using temp = await tempDir();
  const status = await view(temp, ANSWER, ["fine"]);
  status.rows[0]!.lastOutcome = "interrupted";
  const text = renderStatus(status, { colours: false, width: Infinity });
  assert.match(text, /^! The dataset needs attention\n/);
  assert.match(text, /\n! fine: the last run 2 h ago was interrupted: datahubsync sync -d fine\n$/);
});

Deno.test("renderStatus() says in its first line how it is", async () => {
  await using temp = await tempDir();
  const first = async (hub: HubAnswer, ...names: string[]): Promise<string> =>
    renderStatus(await view(temp, hub, names), { colours: false, width: 200 }).split("\n")[0]!;
  const failed: HubAnswer = { kind: "failed", error: "refused", hint: "start it" };
  assert.equal(await first(ANSWER, "fine"), "✓ The dataset is up to date with the hub");
  assert.equal(await first(ANSWER, "fresh one"), "! The dataset needs attention");
  assert.equal(await first(ANSWER, "fine", "failing"), "✗ 1 of 2 datasets needs attention");
  assert.equal(
    await first({ kind: "not_asked" }, "fine"),
    "✓ The dataset is in good order; the hub wasn't asked",
  );
  assert.equal(await first(failed, "fine"), "✗ The hub can't be asked");
  const urls = async (hub: HubAnswer): Promise<string> => {
    const found = { ...await view(temp, hub, ["fine"]), urlsOnly: true };
    return renderStatus(found, { colours: false, width: 200 });
  };
  assert.match(await urls(ANSWER), /^✓ [^]* the server\n\ndataset +version +age +server +last run/);
  assert.match(await urls(failed), /\n✗ the server can't be asked: refused\n/);
  for (const hub of [ANSWER, failed, { kind: "not_asked" }, { kind: "asking" }] as const) {
    assert.doesNotMatch(await urls(hub), /\bhub\b/i);
  }
  const text = renderStatus(await view(temp, failed, ["fine"]), { colours: false, width: 200 });
  assert.match(text, /no answer/);
  assert.match(text, /\n✗ the hub can't be asked: refused\n {2}hint: start it\n$/);
});

Deno.test("renderStatus() says what patches saved, where there were any", async () => {
  await using temp = await tempDir();
  const status = await view(temp, ANSWER, ["fine", "failing"]);
  const style = { colours: false, width: Infinity };
  assert.doesNotMatch(renderStatus(status, style), /[Pp]atch/);
  Object.assign(status.rows[0]!, { patchUpdates: 1, patchSaved: 179_002_343 });
  assert.match(
    renderStatus(status, style),
    /\nPatches saved 179 MB of download in 30 days \(1 update\)\.\n/,
  );
  Object.assign(status.rows[1]!, { patchUpdates: 2, patchSaved: 21e6 });
  const narrow = renderStatus(status, { colours: false, width: 40 });
  assert.match(
    narrow.replaceAll("\n", " "),
    /Patches saved 200 MB of download in 30 days \(3 updates\)\./,
  );
  for (const line of narrow.split("\n")) assert(stringWidth(line) <= 40, line);
});

Deno.test("renderStatus() and statusDocument() have the date of the newest row, where it is looked for", async () => {
  await using temp = await tempDir();
  const status = await view(temp, ANSWER, ["fine", "failing"]);
  const style = { colours: false, width: Infinity };
  assert.doesNotMatch(renderStatus(status, style), /newest row/);
  // The first instant of a day in Shanghai.
  status.rows[0]!.newestRow = Date.parse("2026-11-20T16:00:00Z");
  assert.match(renderStatus(status, style), /newest row .*\nfine .* 11-21 /);
  const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
  const [fine] = statusDocument(status, config)["datasets"] as Record<string, unknown>[];
  assert.equal(fine!["newest_row"], "2026-11-20T16:00:00.000Z");
});

Deno.test("renderStatus() and statusDocument() have the usual hour, and how late today is", async () => {
  await using temp = await tempDir();
  const status = await view(temp, ANSWER, ["fine", "failing"]);
  const style = { colours: false, width: Infinity };
  assert.doesNotMatch(renderStatus(status, style), /usually/);
  status.rows[0]!.usual = { minutes: 20 * 60 + 17, spread: 5, lateMs: null };
  assert.match(renderStatus(status, style), / usually .*\nfine .* 20:17 /);
  status.rows[0]!.usual.lateMs = 40 * 60_000;
  assert.match(renderStatus(status, style), / 20:17, today 40 min late /);
  const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
  const [fine] = statusDocument(status, config)["datasets"] as Record<string, unknown>[];
  assert.deepEqual([fine!["usual_time"], fine!["late_ms"]], ["20:17", 2_400_000]);
});

Deno.test("statusDocument() has every figure, null where it isn't known", async () => {
  await using temp = await tempDir();
  const status = await view(temp);
  const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
  const document = statusDocument(status, config);
  const [fine, , , fresh] = document["datasets"] as Record<string, unknown>[];
  assert.deepEqual(fine, {
    dataset: "fine",
    local_dir: temp.at("data/fine"),
    local_version: STATE.fine,
    age_ms: NOW - Date.parse("2026-11-22T06:02:38.165+08:00"),
    stale: false,
    due: "2026-11-23T04:02:38.165Z",
    newest_row: null,
    usual_time: null,
    late_ms: null,
    pinned: null,
    hub_version: STATE.fine,
    step: "up_to_date",
    behind_ms: 0,
    running_since: null,
    last_outcome: "success",
    last_attempt: "2026-11-22T02:00:00.000Z",
    last_error: null,
    last_duration_ms: 2500,
    last_bytes: 9_000_000,
    updates_by_patch: 0,
    patch_saved_bytes: 0,
    success_rate: 1,
    next_run: null,
    disk: "not_recorded",
    files_differing: 0,
    bytes_on_disk: 560e6,
  });
  assert.deepEqual([fresh!["step"], fresh!["local_version"]], ["never_synced", null]);
  assert.deepEqual(document["hub"], {
    urls: ["http://127.0.0.1:9/"],
    asked: true,
    signed: null,
    error: null,
  });
});

/** A machine with these files, and nothing else. */
async function machine(temp: TempDir, files: Record<string, string>): Promise<Surroundings> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(temp.at("root", path, ".."), { recursive: true });
    await Deno.writeTextFile(temp.at("root", path), text);
  }
  return { root: temp.at("root"), home: undefined, env: () => undefined };
}

Deno.test("scheduleOf() reads cron's file and the timer's line, of this configuration only", async () => {
  await using temp = await tempDir();
  const config = await place(temp);
  const calls = (path: string): string => `root /opt/datahubsync/datahubsync sync -c ${path}\n`;
  const nothing = await machine(temp, {});
  assert.equal((await scheduleOf(config, nothing, NOW)).kind, "none");
  const cron = await machine(temp, {
    "etc/cron.d/datahubsync": `15 8 * * * ${calls(config.path)}`,
    "etc/cron.d/other": `0 * * * * ${calls("/another/config.yaml")}`,
  });
  assert.deepEqual(await scheduleOf(config, cron, NOW), {
    kind: "found",
    path: temp.at("root/etc/cron.d/datahubsync"),
    spec: "15 8 * * *",
  });
  const timer = await machine(temp, {
    "etc/cron.d/datahubsync": "",
    "etc/systemd/system/datahubsync.timer":
      "# Schedule: 30 18 * * 1-5\n[Timer]\nOnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00\n",
    "etc/systemd/system/datahubsync.service":
      `[Service]\nExecStart=/opt/datahubsync/datahubsync sync -c ${config.path}\n`,
  });
  const schedule = await scheduleOf(config, timer, NOW);
  assert.equal(schedule.kind === "found" && schedule.spec, "30 18 * * 1-5");
  const status = await readStatus({
    config,
    statePath: temp.at(".last_sync.json"),
    datasets: config.datasets,
    hub: { kind: "not_asked" },
    schedule,
    now: NOW,
  });
  const { rows } = status;
  const next = new Date(rows[0]!.nextRun!);
  const [, , head] = renderStatus(status, { colours: false, width: Infinity }).split("\n");
  assert.match(head!, /30 days {2}next run +on disk$/);
  assert.deepEqual([next.getDay(), next.getHours(), next.getMinutes()], [1, 18, 30]);
});

Deno.test("renderStatus() says that nothing syncs by itself when there is no schedule", async () => {
  await using temp = await tempDir();
  const status = { ...await view(temp, ANSWER, ["fine"]), schedule: { kind: "none" as const } };
  assert.match(renderStatus(status, { colours: false, width: 200 }), /\n! no schedule found, /);
  const hidden = { ...status, schedule: { kind: "hidden" as const } };
  assert.doesNotMatch(renderStatus(hidden, { colours: false, width: 200 }), /no schedule/);
});

Deno.test("statusCommand() refuses to watch where nobody can look, and both --watch and --json", async () => {
  await using temp = await tempDir();
  await place(temp);
  const options = { config: temp.at("config.yaml"), offline: true, watch: true };
  await assert.rejects(statusCommand(options, fakeTerminal()), UsageError);
  const watched = fakeTerminal({ watched: true });
  await assert.rejects(statusCommand({ ...options, json: true }, watched), /--watch/);
});
