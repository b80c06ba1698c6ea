/**
 * The end of each command's help: examples to type, and its exit codes.
 *
 * Guarantees: pure; a test parses every example.
 *
 * It is longer than 250 lines because every command has its examples and codes here.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { PROGRAM } from "../own_command.ts";
import { EXIT } from "./command/exit_code.ts";

/** One command's examples (words and what they do) and exit codes. */
interface CommandHelp {
  examples: readonly (readonly [words: string, what: string])[];
  codes: Readonly<Record<number, string>>;
}

interface HelpAfterOptions {
  say?: (english: string) => string;
  /** The terminal's. */
  columns?: number;
}

const USAGE = { [EXIT.usage]: "an option or the configuration is wrong" };
const NO_CHANGE_OF_VERSION = {
  [EXIT.usage]: "there is no such version, or the configuration is wrong",
  [EXIT.failed]: "it keeps no versions, or the link couldn't be changed",
  [EXIT.locked]: "another run is working on the dataset",
};
const SIGNALS = {
  [EXIT.interrupted]: "ended by Ctrl-C; run it again to go on",
  [EXIT.terminated]: "ended by SIGTERM; run it again to go on",
};

/** By command. Exit code 1 is the same everywhere: a bug, with a stack trace. */
export const COMMAND_HELP: Readonly<Record<string, CommandHelp>> = {
  sync: {
    examples: [
      ["sync", "all datasets of the configuration"],
      ["sync -d bars --dry-run", "what would be fetched for one of them"],
      ["sync --accept bars", "take the package of it that `expect` rejected"],
      ["sync --every 1h -q", "keeps running, for a container"],
      ["sync --wait 30m -v", "wait for a package that isn't ready, with details"],
      ["sync -q --changes new.jsonl", "also list what a program has to load"],
    ],
    codes: {
      [EXIT.ok]: "up to date, or the hub's package isn't ready yet",
      ...USAGE,
      [EXIT.failed]: "at least one dataset failed",
      [EXIT.locked]: "another run is working on the dataset",
      [EXIT.changed]: "with --exit-code: something has changed",
      ...SIGNALS,
    },
  },
  changes: {
    examples: [
      ["changes", "what is unread, a line per file"],
      ["changes --last", "the number to confirm afterwards"],
      ["changes --done 12", "all of it up to number 12 is read"],
    ],
    codes: {
      [EXIT.ok]: "printed or forgotten; with --exit-code: nothing is unread",
      [EXIT.usage]: "an option or the configuration is wrong, or no such number was given",
      [EXIT.failed]: "the list couldn't be read or written",
      [EXIT.changed]: "with --exit-code: something is unread",
    },
  },
  get: {
    examples: [
      ["get https://example.org/bulk/companyfacts.zip", "into companyfacts/; later what changed"],
      ["get https://example.org/gtfs.zip feed --delete-removed", "another folder, exactly the ZIP"],
      ["get https://example.org/a.zip -H 'X-Api-Key: …' -q", "for cron, with a header"],
    ],
    codes: {
      [EXIT.ok]: "up to date",
      [EXIT.usage]: "an option is wrong, or files are there that differ",
      [EXIT.failed]: "it couldn't be fetched or placed",
      [EXIT.locked]: "another run is working on the folder",
      ...SIGNALS,
    },
  },
  demo: {
    examples: [["demo --keep", "leave the folders there to look at"]],
    codes: {
      [EXIT.ok]: "the folders are what the hub has",
      [EXIT.usage]: "--dir isn't an empty folder",
      [EXIT.failed]: "they aren't",
      [EXIT.interrupted]: "ended by Ctrl-C",
      [EXIT.terminated]: "ended by SIGTERM",
    },
  },
  status: {
    examples: [["status", "once"], ["status --watch", "again and again, until Ctrl-C"]],
    codes: {
      [EXIT.ok]: "shown, whatever it is",
      ...USAGE,
      [EXIT.failed]: "shown, but the hub couldn't be asked",
    },
  },
  list: {
    examples: [
      ["list", "what the configured hub has"],
      ["list --hub-url http://hub.example.com:8000", "the same without a configuration"],
    ],
    codes: { [EXIT.ok]: "listed", ...USAGE, [EXIT.failed]: "the hub couldn't be asked" },
  },
  report: {
    examples: [["report --days 90 --output /tmp/report.html", "the last quarter"]],
    codes: { [EXIT.ok]: "written", ...USAGE, [EXIT.failed]: "the file couldn't be written" },
  },
  verify: {
    examples: [
      ["verify", "read every file of every dataset"],
      ["verify bars --repair", "fetch what is missing or damaged of one"],
    ],
    codes: {
      [EXIT.ok]: "all files are right",
      ...USAGE,
      [EXIT.failed]: "files are missing or damaged, or couldn't be compared",
      ...SIGNALS,
    },
  },
  check: {
    examples: [["check", "the same as: datahubsync --check"]],
    codes: {
      [EXIT.ok]: "nothing failed; there may be warnings",
      ...USAGE,
      [EXIT.failed]: "at least one check failed",
    },
  },
  notify: {
    examples: [
      ["notify --test", "a test message to every target"],
      ["notify --test slack", "to one of them"],
    ],
    codes: {
      [EXIT.ok]: "every target took the message",
      [EXIT.usage]: "an option or the configuration is wrong, or has no such target",
      [EXIT.failed]: "a target didn't take it",
    },
  },
  config: {
    examples: [
      ["config", "every setting, with the file's line, a variable or `default`"],
      ["config --schema > config.schema.json", "for the editor"],
    ],
    codes: { [EXIT.ok]: "printed", ...USAGE },
  },
  init: {
    examples: [
      ["init", "asks, at a terminal"],
      ["init --hub-url http://hub.example.com:8000 -d bars", "asks less"],
      ["init --url https://example.org/bulk/facts.zip", "one ZIP on the web, with no hub"],
    ],
    codes: {
      [EXIT.ok]: "the configuration is written",
      [EXIT.usage]: "an answer or option is wrong, or the file is there",
      [EXIT.failed]: "the hub couldn't be asked, or the file not be written",
      [EXIT.interrupted]: "ended by Ctrl-C",
    },
  },
  convert: {
    examples: [
      ["convert bars", "as the configuration's `publish` says"],
      ["convert bars --to files", "back into plain files"],
    ],
    codes: {
      [EXIT.ok]: "converted, or nothing to do",
      [EXIT.usage]: "a word or the configuration is wrong, or says something else",
      [EXIT.failed]: "the folder couldn't be converted",
      [EXIT.locked]: "another run is working on the dataset",
    },
  },
  versions: {
    examples: [["versions bars", "number, time, the hub's text, and which one is live"]],
    codes: { [EXIT.ok]: "listed", ...USAGE, [EXIT.failed]: "it keeps no versions" },
  },
  rollback: {
    examples: [
      ["rollback bars", "the version before the live one"],
      ["rollback bars 12", "version 000012"],
    ],
    codes: {
      [EXIT.ok]: "live and pinned",
      ...NO_CHANGE_OF_VERSION,
    },
  },
  pin: {
    examples: [
      ["pin bars", "the live version stays"],
      ["pin bars 12", "version 000012 becomes the live one and stays"],
      ["pin bars --off", "syncs go on"],
    ],
    codes: {
      [EXIT.ok]: "pinned, or not any more",
      ...NO_CHANGE_OF_VERSION,
    },
  },
  pack: {
    examples: [
      ["pack /data/bars --output /srv/hub", "once the day's data is complete"],
      ["pack /data/bars /data/funds --output /srv/hub --settle 60s", "two datasets"],
      ["pack -c /etc/hub.yaml --every 10m", "as a file says, again and again"],
      ["pack /data/bars --output /srv/hub --sign /root/hub.key", "signed"],
      ["pack --resign --output /srv/hub --sign /root/hub.key", "renew the signature, as from cron"],
      ["pack --explain today.patch", "what a patch does"],
    ],
    codes: {
      [EXIT.ok]: "packed, or nothing new",
      [EXIT.usage]: "an option is wrong, or the folder isn't fit to be packed",
      [EXIT.failed]: "files changed meanwhile, or couldn't be read or written",
      [EXIT.locked]: "another run is changing the site",
      ...SIGNALS,
    },
  },
  key: {
    examples: [
      ["key /root/hub.key", "a new pair; prints the public key and its fingerprint"],
      ["key --show /root/hub.key", "the public half of one that is there"],
    ],
    codes: {
      [EXIT.ok]: "made, or shown",
      [EXIT.usage]: "an option is wrong",
      [EXIT.failed]: "the file is there already, can't be written, or holds no key",
    },
  },
  serve: {
    examples: [
      ["serve /srv/hub", "for this machine"],
      ["serve /srv/hub --listen 0.0.0.0:8000", "for everybody"],
    ],
    codes: {
      [EXIT.ok]: "ended by Ctrl-C or SIGTERM",
      [EXIT.usage]: "an option is wrong, or something else listens there",
      [EXIT.failed]: "a file couldn't be read",
    },
  },
  schedule: {
    examples: [
      ["schedule @daily", "when it comes next"],
      ["schedule @daily --systemd", "as a systemd timer's calendar"],
    ],
    codes: { [EXIT.ok]: "printed", [EXIT.usage]: "cron doesn't take it" },
  },
  completions: {
    examples: [["completions bash > ~/.local/share/bash-completion/completions/datahubsync", ""]],
    codes: { [EXIT.ok]: "printed", [EXIT.usage]: "no such shell" },
  },
  paths: {
    examples: [["paths -c /srv/sync/config.yaml", ""]],
    codes: { [EXIT.ok]: "printed", ...USAGE },
  },
  version: {
    examples: [
      ["version --json", "also what it was built from, and the kind of package"],
      ["version --changes 2.0.0", "what is new since that version"],
    ],
    codes: { [EXIT.ok]: "printed", [EXIT.usage]: "no such version" },
  },
};

/** An example's description goes above it if it doesn't fit beside it. */
const COLUMNS = 80;

/** The text below a command's options; `say` translates it. */
export function helpAfter(
  command: Command,
  { say = (english) => english, columns = COLUMNS }: HelpAfterOptions = {},
): string {
  const { examples, codes } = COMMAND_HELP[command.name()]!;
  const help = command.createHelp();
  const width = Math.min(COLUMNS, columns);
  const wide = Math.max(...examples.map(([words]) => words.length));
  const beside = examples.map(([words, what]) =>
    `  ${PROGRAM} ${what === "" ? words : `${words.padEnd(wide)}  # ${say(what)}`}`
  );
  const fits = beside.every((line) => help.displayWidth(line) <= width);
  const hanging = (text: string, indent: string): string[] =>
    help.boxWrap(text, width - indent.length).split("\n");
  const typed = fits ? beside : examples.flatMap(([words, what]) => [
    ...(what === "" ? [] : hanging(say(what), "  # ").map((line) => `  # ${line}`)),
    `  ${PROGRAM} ${words}`,
  ]);
  const ends = Object.entries(codes).flatMap(([code, what]) =>
    hanging(say(what), "       ").map((line, at) =>
      `  ${(at === 0 ? code : "").padEnd(3)}  ${line}`
    )
  );
  return ["", say("Examples:"), ...typed, "", say("Exit codes:"), ...ends].join("\n");
}
