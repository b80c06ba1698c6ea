/**
 * `datahubsync init`: asks a hub for its datasets and writes a commented configuration.
 *
 * Guarantees: a file that is there is never replaced without `--force`; what is written loads. It
 * asks questions on a terminal only. A token comes from `DATAHUBSYNC_TOKEN`, and the file names that
 * variable, never the token.
 *
 * @module
 */
import { type Environment, processEnvironment } from "../config/env_names.ts";
import { parseConfig } from "../config/load_config.ts";
import { nearest } from "../config/near_miss.ts";
import { UsageError } from "../errors.ts";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { HubClient } from "../hub/hub_client.ts";
import { sleep } from "../hub/sleep.ts";
import { createFetch, trustSystemStore } from "../hub/tls.ts";
import { bytesText } from "../observe/duration_text.ts";
import { oneLine } from "../observe/redact.ts";
import { ownCommand } from "../own_command.ts";
import type { CatalogEntry } from "../types.ts";
import { VERSION } from "../version.ts";
import { EXIT } from "./exit_code.ts";
import { configTemplate } from "./init_template.ts";
import type { Terminal } from "./terminal.ts";
import { namesText } from "./units.ts";
import { resolve } from "node:path";

/** What `init` may be told. */
export interface InitOptions {
  hubUrl?: string;
  output?: string;
  dataDir?: string;
  dataset?: string[];
  force?: boolean;
}

/** Asks a person; `null` = nothing was typed. Missing where nobody can be asked. */
export type Ask = (question: string) => string | null;

/** Runs `init`; returns the exit code. Throws UsageError, HubError, StoreError. */
export async function initCommand(
  options: InitOptions,
  terminal: Terminal,
  surroundings: { env?: Environment; ask?: Ask | undefined } = { ask: personAt(terminal) },
): Promise<number> {
  const { env = processEnvironment, ask } = surroundings;
  const output = resolve(options.output ?? "config.yaml");
  await refuseExisting(output, options.force ?? false);
  const url = hubUrl(options, { env, ask });
  const token = env("DATAHUBSYNC_TOKEN");
  const entries = (await askHub(url, { env, token })).filter(({ name }) => {
    const fits = !/[/\\]/.test(name) && oneLine(name) === name && name !== "." && name !== "..";
    if (!fits) {
      const shown = oneLine(JSON.stringify(name));
      terminal.err(`warning: the dataset ${shown} has no name for a folder\n`);
    }
    return fits;
  });
  const chosen = choose(entries, { names: options.dataset, ask, url });
  const dataDir = options.dataDir ?? (ask?.("Folder for the data [./data]:")?.trim() || "./data");
  const text = configTemplate({ url, dataDir, datasets: chosen, token: Boolean(token) });
  parseConfig(text, { path: output, env });
  await writeFileAtomic(output, text, { mode: 0o644 });
  terminal.out(
    `Wrote ${output} with ${
      chosen.length === 1 ? "1 dataset" : `${chosen.length} datasets`
    }. Next:\n` +
      ["--check", "sync"].map((words) => `  ${ownCommand(words, { config: output })}\n`).join(""),
  );
  return EXIT.ok;
}

/** A person, where both ends of the terminal are there. */
function personAt(terminal: Terminal): Ask | undefined {
  return terminal.outIsTerminal && Deno.stdin.isTerminal() ? (text) => prompt(text) : undefined;
}

async function refuseExisting(path: string, force: boolean): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined || (force && !info.isDirectory)) return;
  throw new UsageError(`${path} is there already`, {
    path,
    hint: info.isDirectory
      ? "name a file with --output"
      : "name another file with --output, or replace it with --force",
  });
}

function hubUrl(options: InitOptions, from: { env: Environment; ask: Ask | undefined }): string {
  const said = options.hubUrl ??
    from.ask?.("Address of the hub, such as http://hub.example.com:8000:") ??
    from.env("DATAHUBSYNC_HUB_URL");
  const text = said?.trim() ?? "";
  if (text === "") {
    throw new UsageError("expected the hub's address, found none", {
      hint: ownCommand("init --hub-url http://hub.example.com:8000"),
    });
  }
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) {
    if (url.username === "" && url.password === "") return url.href.replace(/[?#].*$|\/+$/g, "");
    throw new UsageError("expected an address without user and password", {
      hint: "put them into hub.headers or hub.token afterwards",
    });
  }
  throw new UsageError(`expected the hub's address, found ${JSON.stringify(text)}`, {
    found: text,
    hint: "it begins with http:// or https://",
  });
}

async function askHub(
  url: string,
  { token }: { env: Environment; token: string | undefined },
): Promise<CatalogEntry[]> {
  trustSystemStore();
  using owned = createFetch();
  using client = new HubClient({
    baseUrl: url,
    fetch: owned.fetch,
    clock: Date.now,
    random: Math.random,
    sleep,
    timeoutMs: 30_000,
    timezone: "Asia/Shanghai",
    ...(token && { token }),
    retries: 1,
    userAgent: `DataHubSync/${VERSION}`,
  });
  return (await client.catalog()).entries;
}

function choose(
  entries: readonly CatalogEntry[],
  how: { names: readonly string[] | undefined; ask: Ask | undefined; url: string },
): string[] {
  const all = entries.map(({ name }) => name);
  if (all.length === 0) {
    throw new UsageError(`the hub ${how.url} has no datasets`, {
      hint: "try again when it has some",
    });
  }
  if (how.names !== undefined) return [...new Set(how.names)].map((name) => known(name, all));
  if (how.ask === undefined) return all;
  const list = entries.map(({ name, packageSize }, index) =>
    `  ${index + 1}  ${name}${packageSize > 0 ? ` (${bytesText(packageSize)})` : ""}\n`
  );
  const typed = how.ask(`${list.join("")}Which ones, by number or name, with commas [all]:`)
    ?.trim();
  if (!typed || typed.toLowerCase() === "all") return all;
  const words = typed.split(/[\s,，]+/).filter((word) => word !== "");
  return [...new Set(words.map((word) => all[Number(word) - 1] ?? known(word, all)))];
}

function known(name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  const meant = nearest(name, all);
  throw new UsageError(`the hub has no dataset named ${JSON.stringify(name)}`, {
    expected: namesText(all),
    found: name,
    hint: meant === undefined ? `it has: ${namesText(all)}` : `did you mean ${meant}?`,
  });
}
