/**
 * `datahubsync init`: asks a hub for its datasets and writes a commented configuration.
 *
 * Guarantees: an existing file is never replaced without `--force`; the file written loads, and lies
 * where nobody else could replace it. It asks questions only if stdin and stdout are a terminal, and
 * only about what no option states: without a terminal, it takes every dataset and `./data`. A token
 * comes from `DATAHUBSYNC_TOKEN`, and the file names that variable, never the token.
 *
 * @module
 */
import { type Ask, personAt } from "../terminal/ask_person.ts";
import { type Environment, processEnvironment } from "../../environment.ts";
import { folderFor } from "../../client/get.ts";
import { openSources } from "../../client/open_sources.ts";
import { parseConfig } from "../../config/load_config.ts";
import { UsageError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { createFetch, trustSystemStore } from "../../hub/tls/tls.ts";
import { oneLine } from "../../plain_text.ts";
import { ownCommand } from "../../own_command.ts";
import { isSafePath } from "../../safe_path.ts";
import type { ListedDataset } from "../../types.ts";
import { EXIT } from "../command/exit_code.ts";
import {
  askUntil,
  confirmedKey,
  datasetsQuestion,
  knownDataset,
  readDatasets,
  readFolder,
  readHubUrl,
  refuseUnloadable,
} from "./init_questions.ts";
import { askHub, foundKey, type InitOptions, TOKEN } from "./init_hub.ts";
import { configTemplate } from "./init_template.ts";
import { passSiteGate } from "../hub_end/site_gate.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { dirname, resolve } from "node:path";
import { INIT } from "../../messages/init.ts";

/** The surroundings of `init`; without `ask`, no person can be asked. */
interface InitSurroundings {
  env?: Environment;
  ask?: Ask | undefined;
}

/** What the configuration takes. */
const LONGEST_NAME = 200;

/** Runs `init`; returns the exit code. Throws UsageError, HubError, StoreError. */
export async function initCommand(
  options: InitOptions,
  terminal: Terminal,
  surroundings: InitSurroundings = { ask: personAt(terminal.outIsTerminal, terminal.out) },
): Promise<number> {
  const { env = processEnvironment, ask } = surroundings;
  const output = resolve(options.output ?? "config.yaml");
  await refuseExisting(output, options.force ?? false);
  // A configuration that others could replace would be refused by the first sync.
  passSiteGate([], { config: output, warn: (text) => sayWarning(terminal, text) });
  if (options.url !== undefined) {
    return await initUrl(options.url, { options, output, terminal, env });
  }
  const token = env(TOKEN);
  const person = ask && { ask, terminal };
  const answered = async (typed: string): Promise<{ url: string; entries: ListedDataset[] }> => {
    const url = readHubUrl(typed);
    return { url, entries: usable(await askHub(url, { options, token }), url, terminal) };
  };
  const given = options.hubUrl ?? (person ? undefined : env("DATAHUBSYNC_HUB_URL") ?? "");
  const { url, entries } = given === undefined
    ? await askUntil(
      say(INIT.address_question, { example: "http://hub.example.com:8000" }),
      answered,
      person!,
    )
    : await answered(given.trim());

  const all = entries.map(({ name }) => name);
  const datasets = options.dataset !== undefined
    ? [...new Set(options.dataset)].map((name) => knownDataset(name, all))
    : person === undefined
    ? all
    : await askUntil(datasetsQuestion(entries), (typed) => readDatasets(typed, all), person);

  const found = await foundKey(url, { options, token });
  const key = found === undefined ? undefined : await confirmedKey(found, { person, terminal });
  const written = async (typed: string): Promise<string> => {
    const dataDir = await readFolder(typed, { home: env("HOME"), base: dirname(output) });
    const text = configTemplate({ url, dataDir, datasets, token: Boolean(token), key });
    refuseUnloadable(text, { path: output, env });
    return text;
  };
  const text = options.dataDir === undefined && person !== undefined
    ? await askUntil(say(INIT.folder_question, { folder: "./data" }), written, person)
    : await written(options.dataDir ?? "");
  // Answering takes minutes, in which somebody else may have written one.
  await refuseExisting(output, options.force ?? false);
  await writeFileAtomic(output, text, { mode: 0o644 });
  if (options.quiet) return EXIT.ok;
  sayWritten(terminal, output, datasets.length, Boolean(token));
  return EXIT.ok;
}

/** Writes a configuration that follows one ZIP, after a look at it. */
async function initUrl(url: string, { options, output, terminal, env }: {
  options: InitOptions;
  output: string;
  terminal: Terminal;
  env: Environment;
}): Promise<number> {
  if (options.hubUrl !== undefined) {
    throw new UsageError(INIT.both_addresses(), { hint: INIT.leave_one_out() });
  }
  const parsed = URL.parse(url);
  if (parsed !== null && (parsed.username !== "" || parsed.password !== "")) {
    const variables = { user: "${DATAHUBSYNC_USERNAME}", password: "${DATAHUBSYNC_PASSWORD}" };
    throw new UsageError(INIT.address_without_login(), { hint: INIT.login_into_url(variables) });
  }
  const [name = folderFor(url), ...more] = options.dataset ?? [];
  if (more.length > 0) throw new UsageError(INIT.one_name());
  const home = { home: env("HOME"), base: dirname(output) };
  const dataDir = await readFolder(options.dataDir ?? "", home);
  const text = configTemplate({ url, dataDir, datasets: [name], token: false, isFile: true });
  refuseUnloadable(text, { path: output, env });
  trustSystemStore();
  using owned = createFetch();
  const config = parseConfig(text, { path: output, env });
  config.datasets[0]!.source!.section = "given_zip";
  const hub = { ...config.hub, retries: 1, timeout: 30 };
  using sources = openSources({ ...config, hub }, { fetch: owned.fetch });
  await sources.hubsOf(config.datasets[0]!)[0]!.catalog();
  // A query may be a signature.
  await writeFileAtomic(output, text, { mode: url.includes("?") ? 0o600 : 0o644 });
  if (!options.quiet) sayWritten(terminal, output, 1);
  return EXIT.ok;
}

function sayWritten(terminal: Terminal, output: string, datasets: number, token = false): void {
  terminal.out(
    `${say(INIT.wrote, { output, datasets })}\n` +
      ["--check", "sync"].map((words) => `  ${ownCommand(words, { config: output })}\n`).join("") +
      (token ? `${say(INIT.token_from, { token: TOKEN })}\n` : ""),
  );
}

async function refuseExisting(path: string, force: boolean): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined || (force && !info.isDirectory)) return;
  throw new UsageError(INIT.there_already({ path }), {
    path,
    hint: info.isDirectory ? INIT.name_output() : INIT.other_output(),
  });
}

/** The datasets that can have a folder. Throws UsageError if there are none. */
function usable(entries: ListedDataset[], url: string, terminal: Terminal): ListedDataset[] {
  const fits = entries.filter(({ name }) => {
    const one = !name.includes("/") && oneLine(name) === name && name.length <= LONGEST_NAME;
    if (one && isSafePath(name)) return true;
    sayWarning(terminal, INIT.no_folder_name({ name: oneLine(JSON.stringify(name)) }));
    return false;
  });
  if (fits.length > 0) return fits;
  throw new UsageError(INIT.no_datasets({ url }), { hint: INIT.when_it_has() });
}
