/**
 * The questions of `datahubsync init`, and which answers it accepts.
 *
 * Guarantees: an invalid answer is explained and the question repeated; end of input (Ctrl-D) is a
 * UsageError, and Ctrl-C an InterruptedError. The same rules apply to options.
 *
 * @module
 */
import { parseConfig } from "../../config/load_config.ts";
import { didYouMean, namesText } from "../../config/near_miss.ts";
import { meantUrl } from "../../config/read/readers.ts";
import { ConfigError, DataHubSyncError, messageOf, UsageError } from "../../errors.ts";
import { bytesText } from "../../units.ts";
import { ownCommand } from "../../own_command.ts";
import { keyFingerprint } from "../../trust/keys.ts";
import type { ListedDataset } from "../../types.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { errorLines, hintLine, say, sayWarning } from "../terminal/language.ts";
import type { Ask } from "../terminal/ask_person.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { dirname, resolve } from "node:path";
import { INIT } from "../../messages/init.ts";

/** Asks until `read` takes the answer; `read` gets it without blanks around it. */
export async function askUntil<T>(
  question: string,
  read: (typed: string) => T | Promise<T>,
  { ask, terminal }: { ask: Ask; terminal: Terminal },
): Promise<T> {
  for (;;) {
    const typed = await typedAt(question, ask);
    if (typed === null) {
      throw new UsageError(INIT.input_ended(), {
        hint: INIT.answers_as_options({ command: ownCommand("init --help") }),
      });
    }
    try {
      return await read(typed.trim());
    } catch (error) {
      if (!(error instanceof DataHubSyncError)) throw error;
      terminal.err(errorLines(error));
    }
  }
}

/** A signal ends the question; what is done with the answers has its own way to hear of it. */
async function typedAt(question: string, ask: Ask): Promise<string | null> {
  using stop = stopSignals();
  return await ask(question, stop.signal);
}

/** The hub's address as it goes into the configuration. Throws UsageError. */
export function readHubUrl(text: string): string {
  if (text === "") {
    throw new UsageError(INIT.no_address(), {
      hint: ownCommand("init --hub-url http://hub.example.com:8000"),
    });
  }
  const url = URL.parse(meantUrl(text) ?? (text.includes("://") ? text : `http://${text}`));
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) {
    if (url.username === "" && url.password === "") {
      return url.href.replace(/[?#].*$/, "").replace(/(?:\/+api\/datasets)?\/*$/, "");
    }
    throw new UsageError(INIT.address_without_login(), { hint: INIT.login_into_headers() });
  }
  throw new UsageError(INIT.no_hub_address({ text: JSON.stringify(text) }), {
    found: text,
    hint: INIT.begins_with_http(),
  });
}

/** The question that lists what the hub has. */
export function datasetsQuestion(entries: readonly ListedDataset[]): string {
  const list = entries.map(({ name, packageSize }, index) =>
    `  ${index + 1}  ${name}${packageSize > 0 ? ` (${bytesText(packageSize)})` : ""}\n`
  );
  return `${list.join("")}${say(INIT.which_ones)}`;
}

/** The names that were chosen by number or name. Throws UsageError. */
export function readDatasets(typed: string, all: readonly string[]): string[] {
  if (all.includes(typed)) return [typed];
  if (/^(all|全部|)$/i.test(typed)) return [...all];
  const words = typed.split(/[\s,，、]+/).filter((word) => word !== "");
  return [...new Set(words.map((word) => all[Number(word) - 1] ?? knownDataset(word, all)))];
}

/** The name, if the hub has it. Throws UsageError. */
export function knownDataset(name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  throw new UsageError(INIT.no_such_dataset({ name: JSON.stringify(name) }), {
    expected: namesText(all),
    found: name,
    hint: didYouMean(name, all),
  });
}

/** Answers to another question. */
const NO_FOLDER = /^(y|yes|n|no|ok|all|none|\d+|是|否|[a-z][a-z0-9+.-]*:\/\/.*)$/i;

/**
 * The folder for the data, as it goes into the configuration: `~` is `home`, an empty answer
 * `./data`. Throws UsageError for what is no folder, or can't become one.
 */
export async function readFolder(
  text: string,
  { home, base }: { home: string | undefined; base: string },
): Promise<string> {
  const folder = home === undefined ? text : text.replace(/^~(?=\/|$)/, home);
  if (folder === "") return "./data";
  const refuse = (found: string, hint: string): UsageError =>
    new UsageError(INIT.folder_expected({ found }), { found: text, hint });
  const shown = JSON.stringify(text);
  if (NO_FOLDER.test(folder)) {
    throw refuse(shown, INIT.folder_called({ name: folder.replaceAll("/", "") }));
  }
  if (/^[~$]|\p{Cc}/u.test(folder)) throw refuse(shown, INIT.path_in_full());
  for (let path = resolve(base, folder);; path = dirname(path)) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info?.isDirectory) return folder;
    if (info !== undefined) {
      throw new UsageError(INIT.file_for_folder({ path }), {
        found: text,
        hint: INIT.folder_or_move(),
      });
    }
    if (dirname(path) === path) return folder;
  }
}

/** Throws UsageError where the configuration wouldn't load. */
export function refuseUnloadable(text: string, around: Parameters<typeof parseConfig>[1]): void {
  try {
    parseConfig(text, around);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [problem] = error.problems;
    throw new UsageError(problem?.message ?? messageOf(error), { cause: error });
  }
}

/**
 * The key, if a person says that it is the hub's, as with an unknown host of ssh; without a person it
 * is only named, and nothing is trusted.
 */
export async function confirmedKey(key: string, { person, terminal }: {
  person: { ask: Ask; terminal: Terminal } | undefined;
  terminal: Terminal;
}): Promise<string | undefined> {
  const fingerprint = keyFingerprint(key);
  if (person === undefined) {
    sayWarning(terminal, INIT.key_not_known({ fingerprint }));
    terminal.err(hintLine(INIT.compare_key({ key })));
    return undefined;
  }
  return await askUntil(say(INIT.believe_key, { fingerprint }), (typed) => {
    if (/^(y|yes|是)$/i.test(typed)) return key;
    if (/^(n|no|否)$/i.test(typed)) return undefined;
    throw new UsageError(INIT.yes_or_no({ typed: JSON.stringify(typed) }));
  }, person);
}
