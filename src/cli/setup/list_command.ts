/**
 * `datahubsync list`: lists the hub's datasets, and which of them the configuration follows.
 *
 * Guarantees: changes nothing. With `--hub-url` no configuration is read, so what is followed isn't
 * known; a token comes from `DATAHUBSYNC_TOKEN` then.
 *
 * @module
 */
import { firstCatalog } from "../../client/first_catalog.ts";
import { openEngine } from "../../client/open_engine.ts";
import type { Config } from "../../config/config.ts";
import { type Environment, processEnvironment } from "../../environment.ts";
import { parseConfig } from "../../config/load_config.ts";
import { didYouMean } from "../../config/near_miss.ts";
import { messageOf } from "../../errors.ts";
import { trustSystemStore } from "../../hub/tls/tls.ts";
import { jsonText, oneLine } from "../../plain_text.ts";
import { reporterOf } from "../../sync/sync_context.ts";
import type { Catalog, ListedDataset } from "../../types.ts";
import { EXIT } from "../command/exit_code.ts";
import { readHubUrl } from "../init/init_questions.ts";
import { openConfig, type RunOptions } from "../command/open_run.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { type Cell, type Column, renderTable } from "../terminal/table.ts";
import { textWidth } from "../terminal/text_width.ts";
import { COMMAND } from "../../messages/command.ts";
import { said, say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText } from "../../units.ts";
import { versionText } from "../terminal/version_text.ts";

/** Runs `list`; returns the exit code. Throws UsageError, ConfigError, HubError. */
export async function listCommand(
  options: RunOptions & { hubUrl?: string },
  terminal: Terminal,
  { env = processEnvironment }: { env?: Environment } = {},
): Promise<number> {
  const { hubUrl } = options;
  const config = hubUrl === undefined
    ? await openConfig(options, terminal)
    : hubOnly(readHubUrl(hubUrl.trim()), env);
  trustSystemStore();
  using stop = stopSignals();
  using engine = openEngine(config, { signal: stop.signal });
  const warn = (message: string): void => sayWarning(terminal, oneLine(message));
  const reporter = reporterOf({ warn: ({ message }) => warn(message) });
  const asking = { ...engine.context, reporter };
  const { hub, catalog } = engine.hubs.length === 0
    ? { hub: undefined, catalog: { datasets: [], warnings: [] } }
    : await firstCatalog(engine.hubs, asking);
  const own = config.datasets.filter(({ source }) => source !== undefined);
  const followed = hubUrl === undefined
    ? new Set(config.datasets.filter((one) => !own.includes(one)).map(({ name }) => name))
    : undefined;
  const files: ListedDataset[] = [];
  let failed = false;
  for (const dataset of own) {
    try {
      files.push(...(await firstCatalog(engine.hubsOf(dataset), asking)).catalog.datasets);
    } catch (error) {
      if (stop.signal.aborted) throw error;
      failed = true;
      warn(`${dataset.name}: ${messageOf(error)}`);
    }
  }
  const code = failed ? EXIT.failed : EXIT.ok;
  if (options.json) {
    const document = documentOf(catalog, { hub: hub?.url ?? null, followed, files });
    terminal.out(`${jsonText(document)}\n`);
    return code;
  }
  terminal.out(render(catalog, { config, followed, files, terminal }));
  const names = catalog.datasets.map(({ name }) => name);
  for (const name of missingOf(catalog, followed)) {
    const meant = said(oneLine(didYouMean(name, names)));
    const text = say(COMMAND.not_on_hub, { name, meant });
    terminal.err(`${say(COMMAND.warning, { text })}\n`);
  }
  return code;
}

/** A configuration that has a hub and nothing else of use. */
function hubOnly(url: string, env: Environment): Config {
  const token = env("DATAHUBSYNC_TOKEN") ? { token: "${DATAHUBSYNC_TOKEN}" } : {};
  const text = JSON.stringify({
    hub: { url, timeout: 30, retries: 1, ...token },
    datasets: [{ name: "none", local_dir: "/nowhere/none" }],
  });
  const config = parseConfig(text, { path: "/nowhere/config.yaml", env });
  config.hub.section = "given_hub";
  return config;
}

/** What the configuration follows. */
interface Followed {
  /** Names of the hub's datasets; `undefined` = there is no configuration. */
  followed: ReadonlySet<string> | undefined;
  /** The datasets that have addresses of their own. */
  files: readonly ListedDataset[];
}

function missingOf({ datasets }: Catalog, followed: ReadonlySet<string> | undefined): string[] {
  return [...followed ?? []].filter((name) => !datasets.some((listed) => listed.name === name));
}

function documentOf(
  catalog: Catalog,
  { hub, followed, files }: Followed & { hub: string | null },
): Record<string, unknown> {
  const known = (size: number): number | null => size > 0 ? size : null;
  return {
    hub,
    datasets: [...catalog.datasets, ...files].map((listed) => ({
      name: listed.name,
      version: listed.version,
      package_size: known(listed.packageSize),
      total_size: known(listed.totalSize),
      file_count: known(listed.fileCount),
      ready: listed.ready ?? null,
      status: listed.status ?? null,
      followed: files.includes(listed) || (followed?.has(listed.name) ?? null),
    })),
    not_on_hub: missingOf(catalog, followed),
  };
}

function render(
  { datasets }: Catalog,
  use: Followed & { config: Config; terminal: Terminal },
): string {
  const { config: { hub: { timezone } }, followed, files, terminal } = use;
  const width = terminal.outIsTerminal ? terminal.columns() : Infinity;
  const columns: Column[] = [
    { title: say(COMMAND.dataset), flexible: true },
    { title: say(COMMAND.version_in, { timezone }) },
    { title: say(COMMAND.size), align: "right" },
    { title: say(COMMAND.ready), flexible: true },
    ...(followed === undefined ? [] : [{ title: say(COMMAND.followed) }]),
  ];
  const now = Date.now();
  const rows = [...datasets, ...files].map((listed): Cell[] => [
    { text: listed.name, colour: "bold" },
    versionText(listed.version, { now, timezone }),
    listed.packageSize > 0 ? bytesText(listed.packageSize) : "-",
    readyCell(listed, width),
    files.includes(listed) || followed?.has(listed.name)
      ? { text: say(COMMAND.yes), colour: "green" }
      : { text: say(COMMAND.no), colour: "dim" },
  ]);
  if (rows.length === 0) return `${say(COMMAND.no_datasets_there)}\n`;
  // Two names cut to the same letters tell nothing: the zone goes below, then the size goes, then the
  // version.
  let shown = columns.map((_, at) => at);
  const table = (options: { colours?: boolean; width?: number } = {}): string =>
    renderTable(
      shown.map((at) => columns[at]!),
      rows.map((row) => shown.map((at) => row[at]!)),
      options,
    );
  const isWide = (): boolean => Math.max(...table().split("\n").map(textWidth)) > width;
  const isZoneBelow = width < 70 || isWide();
  if (isZoneBelow) columns[1] = { title: say(COMMAND.version) };
  for (const goes of [2, 1]) if (isWide()) shown = shown.filter((at) => at !== goes);
  const times = isZoneBelow && shown.includes(1) ? `${say(COMMAND.times_in, { timezone })}\n` : "";
  return table({ colours: terminal.colours, width }) + times;
}

function readyCell({ ready, status }: ListedDataset, width: number): Cell {
  if (ready === true) return { text: say(COMMAND.yes), colour: "green" };
  if (ready === undefined) return { text: say(COMMAND.unknown), colour: "dim" };
  // If there is little room, the name matters more than the hub's description.
  const text = status === undefined || width < 70
    ? say(COMMAND.no)
    : say(COMMAND.no_because, { why: status });
  return { text, colour: "yellow" };
}
