/**
 * Makes the READMEs' pictures: `deno run -A tools/pictures.ts`, or only those that are named behind
 * it. It needs the compiled binary, tmux, Chromium and pngquant.
 *
 * Guarantees: the terminal's picture shows what the binary really printed. The report's picture is
 * of made-up runs, the same at every call. Longer than 250 lines because those runs stand here.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { HistoryRecord } from "../src/monitoring/history_record.ts";
import { renderReport } from "../src/monitoring/report/render_report.ts";
import { serveSite } from "../src/serve/serve_site.ts";
import { VERSION } from "../src/version.ts";
import { Screen } from "../tests/support/screen.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PICTURES = join(ROOT, "docs/pictures");
const DAY = 86_400_000;
/** Sharp on screens with more pixels than points; larger costs more than it shows. */
const SCALE = 1.5;

async function show(page: Page, path: string, html: string): Promise<void> {
  await Deno.writeTextFile(path, html);
  await page.goto(`file://${path}`);
}

/** What a command prints on a terminal, with its colours. */
async function terminal(
  dir: string,
  command: string,
  { language = "C.UTF-8", columns = 100 } = {},
): Promise<string[]> {
  await using screen = new Screen(join(dir, "tmux"));
  const path = `${join(ROOT, "dist")}:/usr/bin:/bin`;
  const around = `env -i PATH=${path} TERM=screen-256color LC_CTYPE=C.UTF-8 LANG=${language} ` +
    `TMPDIR=${dir}`;
  await screen.start(`cd ${dir}; ${around} ${command}`, { columns, rows: 60 });
  while (!(await screen.lines()).some((line) => line.startsWith("rc="))) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const lines = await screen.lines({ colours: true });
  const end = lines.findIndex((line) => line.startsWith("rc="));
  const text = lines.slice(0, end).map((line) =>
    line.replaceAll(`${join(ROOT, "dist")}/`, "").replaceAll(dir, "/tmp")
  );
  return [`$ ${command}`, ...text];
}

/** A day of two datasets that a hub on this machine offers: synced, looked at, checked. */
async function day(dir: string, language: string): Promise<string[]> {
  const run = async (...args: string[]): Promise<void> => {
    const program = join(ROOT, "dist/datahubsync");
    const { success } = await new Deno.Command(program, { args, cwd: dir, stdin: "null" }).output();
    if (!success) throw new Error(`datahubsync ${args.join(" ")} failed`);
  };
  const folders = ["stock-trading-data-pro", "stock-fin-data-xbx"];
  const pack = async (rows: number): Promise<void> => {
    for (const folder of folders) {
      await Deno.mkdir(join(dir, folder), { recursive: true });
      for (let code = 600_000; code < 600_400; code++) {
        const text = Array.from({ length: rows }, (_, row) => `${row},${code * row % 9973}\n`);
        await Deno.writeTextFile(join(dir, folder, `sh${code}.csv`), text.join(""));
      }
    }
    await run("pack", ...folders, "--output", "hub");
  };
  await pack(2000);
  const hub = serveSite({ site: join(dir, "hub"), hostname: "127.0.0.1", port: 0 });
  try {
    await run("init", "--quiet", "--hub-url", hub.url);
    await run("sync");
    await pack(2001);
    const lines: string[] = [];
    for (const command of ["datahubsync sync", "datahubsync status", "datahubsync --check"]) {
      lines.push(...await terminal(dir, command, { language, columns: 116 }), "");
    }
    return lines.slice(0, -1);
  } finally {
    await hub.stop();
  }
}

const CLASSES: Record<string, string> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
};

function terminalPage(lines: readonly string[]): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: transparent; }
    #window { display: inline-block; background: #1b1f27; border-radius: 10px; overflow: hidden; }
    #bar { height: 30px; background: #2a303b; display: flex; align-items: center; gap: 8px; padding-left: 14px; }
    #bar i { width: 11px; height: 11px; border-radius: 50%; background: #4a5262; }
    pre { margin: 0; padding: 16px 22px 20px; font: 13px/1.42 "DejaVu Sans Mono", "WenQuanYi Micro Hei Mono", monospace; color: #d5dae3; }
    u { display: inline-block; width: 2ch; text-align: center; text-decoration: none; }
    .bold { color: #fff; font-weight: bold; } .dim { color: #808a9c; } .red { color: #f2777a; }
    .green { color: #7ec98f; } .yellow { color: #e6c06a; } .prompt { color: #6fb3f2; }
    </style><div id="window"><div id="bar"><i></i><i></i><i></i></div><pre>${
    lines.map(lineHtml).join("\n")
  }</pre></div>`;
}

function lineHtml(line: string): string {
  const escape = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
      // As wide as two others, as on a terminal, whatever the font says.
      .replaceAll(/[\u3000-\u9fff\uff00-\uff60]/g, "<u>$&</u>");
  if (line.startsWith("$ ")) return `<span class="prompt">$</span> <b>${escape(line.slice(2))}</b>`;
  let html = "";
  let open = new Set<string>();
  // deno-lint-ignore no-control-regex
  for (const [, codes, text] of `\x1b[0m${line}`.matchAll(/\x1b\[([\d;]*)m([^\x1b]*)/g)) {
    for (const code of (codes || "0").split(";")) {
      if (code === "0") open = new Set();
      else if (code === "22") open = new Set([...open].filter((one) => !/bold|dim/.test(one)));
      else if (code === "39") open = new Set([...open].filter((one) => /bold|dim/.test(one)));
      else if (CLASSES[code] !== undefined) open.add(CLASSES[code]);
    }
    html += open.size === 0
      ? escape(text!)
      : `<span class="${[...open].join(" ")}">${escape(text!)}</span>`;
  }
  return html;
}

/** A month of two datasets, with one bad morning. */
function report(): string {
  const now = Date.UTC(2026, 10, 20, 12, 40);
  const random = ((seed) => () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff)(20261120);
  const sets = [
    {
      name: "stock-trading-data-pro",
      entries: 5620,
      size: 5.62e8,
      packed: 1.88e8,
      share: 0.05,
      ms: 4200,
    },
    {
      name: "stock-fin-data-xbx",
      entries: 5850,
      size: 1.42e8,
      packed: 5.1e7,
      share: 0.02,
      ms: 900,
    },
  ];
  const history: HistoryRecord[] = [];
  for (let day = 29; day >= 0; day--) {
    const midnight = Date.UTC(2026, 10, 20) - day * DAY;
    const weekday = new Date(midnight).getUTCDay();
    for (const [at, set] of sets.entries()) {
      for (const hour of [0.25, 12.25]) {
        const fresh = hour > 12 && weekday !== 0 && weekday !== 6;
        const broken = day === 11 && hour > 12;
        const outcome = broken
          ? "download_failed"
          : fresh || (day === 10 && hour < 12)
          ? "success"
          : "up_to_date";
        const data = new Date(midnight + 11.7 * 3_600_000 - (fresh && !broken ? 0 : DAY));
        const received = outcome === "success"
          ? Math.round(set.packed * set.share * (0.8 + 0.5 * random()))
          : broken
          ? 4e6
          : 0;
        const slow = 0.8 + 0.6 * random();
        const durationMs = outcome === "success" ? Math.round(set.ms * slow) : broken ? 62_000 : 90;
        const part = (share: number): number => Math.round(durationMs * share);
        history.push({
          v: 1,
          at: new Date(midnight + hour * 3_600_000 + at * 20_000).toISOString(),
          dataset: set.name,
          outcome,
          success: !broken,
          durationMs,
          phases: outcome === "success"
            ? {
              catalog: 40,
              directory: part(0.06),
              plan: part(0.04),
              download: part(0.62),
              publish: part(0.24),
              record: 6,
            }
            : { catalog: 40, directory: part(0.2), download: broken ? part(0.7) : 0 },
          hub: "http://hub.example:8000/",
          client: VERSION,
          versionBefore: null,
          version: data.toISOString(),
          entries: set.entries,
          fetched: outcome === "success" ? Math.round(set.entries * 0.95) : 0,
          kept: 0,
          deleted: 0,
          bytesTotal: set.packed,
          bytesDownloaded: received,
          bytesOnDisk: Math.round(set.size * (1 + (29 - day) * 0.0012)),
          retries: broken ? { stalled: 5 } : {},
          ...(broken && {
            error: "no byte for 60 s from http://hub.example:8000/package/" + set.name + ".zip",
            hint: "look at the hub; the next run goes on where this one stopped",
          }),
        });
      }
    }
  }
  return renderReport(history, {
    now,
    days: 30,
    datasets: sets.map(({ name }) => ({
      name,
      instant: Date.UTC(2026, 10, 20, 11, 42),
      maxAge: { hours: 30, weekdays: [1, 2, 3, 4, 5], hour: 21 },
    })),
    timezone: "Asia/Shanghai",
    version: VERSION,
  });
}

/** Text and areas need few colours: that halves the file. */
async function shrink(path: string): Promise<void> {
  const args = ["--force", "--nofs", "--strip", "--output", path, "64", path];
  const { success, stderr } = await new Deno.Command("pngquant", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Draws a terminal with these lines. */
async function draw(
  browser: Browser,
  dir: string,
  name: string,
  lines: readonly string[],
): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: SCALE });
  await show(page, join(dir, "terminal.html"), terminalPage(lines));
  const path = join(PICTURES, name);
  await page.locator("#window").screenshot({ path, omitBackground: true });
  await shrink(path);
}

if (import.meta.main) {
  await Deno.mkdir(PICTURES, { recursive: true });
  const dir = await Deno.makeTempDir();
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const wanted = (name: string): boolean => Deno.args.length === 0 || Deno.args.includes(name);
    for (const [name, language] of [["demo.png", "C.UTF-8"], ["demo.zh-CN.png", "zh_CN.UTF-8"]]) {
      if (!wanted(name!)) continue;
      const lines = await terminal(dir, "datahubsync demo", { language: language! });
      await draw(browser, dir, name!, lines);
    }
    if (wanted("day.zh-CN.png")) {
      await draw(browser, dir, "day.zh-CN.png", await day(dir, "zh_CN.UTF-8"));
    }
    for (const [name, locale] of [["report.png", "en-US"], ["report.zh-CN.png", "zh-CN"]]) {
      if (!wanted(name!)) continue;
      const page = await browser.newPage({ deviceScaleFactor: SCALE, locale: locale! });
      await page.setViewportSize({ width: 1080, height: 1444 });
      await show(page, join(dir, "report.html"), report());
      await page.locator("html[data-drawn]").waitFor();
      await page.screenshot({ path: join(PICTURES, name!) });
      await shrink(join(PICTURES, name!));
    }
  } finally {
    await browser.close();
    await Deno.remove(dir, { recursive: true });
  }
}
