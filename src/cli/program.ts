/**
 * Defines the commands and their options. Help, completions and `docs/cli.md` are generated from
 * here. It is longer than 250 lines because it defines every command.
 *
 * @module
 */
import { Argument, Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { PROGRAM } from "../own_command.ts";
import { VERSION } from "../version.ts";
import { COMMAND_HELP, helpAfter } from "./command_help.ts";
import { LANGUAGES } from "../messages/catalogue.ts";
import { languageNamed } from "../messages/language.ts";
import type { Shell } from "./completions/completions.ts";
import { QUESTIONS } from "./installer/questions.ts";
import type { Terminal } from "./terminal.ts";
import { versionCommand } from "./version_command.ts";

const configOption = (): Option<"-c, --config <file>"> =>
  new Option(
    "-c, --config <file>",
    "configuration (default: config.yaml here or beside the program)",
  );
const stateOption = (): Option<"-s, --state <file>"> =>
  new Option("-s, --state <file>", "state (default: .last_sync.json beside the configuration)");
const datasetOption = (): Option<"-d, --dataset <name...>"> =>
  new Option("-d, --dataset <name...>", "only this dataset; may be given several times");
const hubUrlOption = (): Option<"--hub-url <url>"> =>
  new Option("--hub-url <url>", "the hub's address");
const languageOption = (): Option =>
  new Option("--lang <language>", "the language of what a person reads").choices(LANGUAGES)
    .argParser((word) => {
      const language = languageNamed(word);
      if (language !== undefined) return language;
      throw new InvalidArgumentError(`Allowed choices are ${LANGUAGES.join(", ")}.`);
    });
const jsonOption = (): Option<"--json"> =>
  new Option("--json", "print one JSON document on stdout");

/** What stands below the commands. */
export const AFTER = [
  "`datahubsync` alone is `datahubsync sync`.",
  "`datahubsync --check` is its self-test.",
  "`datahubsync COMMAND --help` has examples and exit codes.",
];

/** Collects an option that may be given several times, with one value each. */
const several = (value: string, before: string[] = []): string[] => [...before, value];

/**
 * Builds the program; `done` takes the exit code of the command that ran, `say` translates what is
 * written below the options.
 */
export function buildProgram(
  terminal: Terminal,
  done: (code: number) => void,
  say: (english: string) => string = (english) => english,
): Command {
  const program = new Command(PROGRAM)
    .description("Keeps local copies of datasets in sync with a hub.")
    .version(
      VERSION,
      "-V, --version",
      "print the version (with --json also what it was built from)",
    )
    .helpOption("-h, --help", "print this help")
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => {},
      // Asking the runtime whether a terminal has colours reads variables that the binary may not.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      "after",
      "\n" + AFTER.map(say).join("\n"),
    );

  program.command("sync", { isDefault: true })
    .description("bring the folders up to date (the default command)")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(datasetOption())
    .option("--dry-run", "print what would be fetched; change nothing")
    .option(
      "--accept <name>",
      "take the package of this dataset that `expect` rejected, once; may be given several times",
      several,
    )
    .option(
      "--force",
      "distrust state and manifest: read every file, fetch what differs",
    )
    .addOption(jsonOption())
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print details")
    .option(
      "--wait <duration>",
      "keep asking this long (as 30m or 2h) while the package isn't ready or older than announced",
    )
    .option("--every <duration>", "keep running, and sync again this often (as 1h)")
    .option(
      "--changes [file]",
      "list what changes; into the file go all unread changes, as JSON lines",
    )
    .option("--exit-code", "end with 10 where something has changed")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { syncCommand } = await import("./sync/sync_command.ts");
      done(await syncCommand(options, terminal));
    });

  program.command("changes")
    .description("print what has changed since it was read, as JSON lines")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(datasetOption())
    .option("--last", "print only the number that --done takes")
    .option("--done <n>", "everything up to this number is read: forget it")
    .option("--exit-code", "end with 10 where something is unread")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { changesCommand } = await import("./changes_command.ts");
      done(await changesCommand(options, terminal));
    });

  program.command("get")
    .description("keep a folder up to date with one ZIP on the web; needs no configuration")
    .argument("<url>", "the ZIP's address")
    .argument("[dir]", "the folder (default: the file's name without .zip)")
    .option("--include <glob>", "only these files; may be given several times", several)
    .option("--exclude <glob>", "not these files; may be given several times", several)
    .option("--strip-prefix <folder>", "take this leading folder off (auto: the only one)")
    .option("--delete-removed", "remove files that the ZIP doesn't have any more")
    .option("--adopt", "replace files that are there already and differ")
    .option("-H, --header <line>", "a header for this server, as 'Name: value'", several)
    .option("--token <text>", "a bearer token; '${DATAHUBSYNC_TOKEN}' takes it from there")
    .option("--ca-file <file>", "further certificate authorities, as PEM")
    .option("--dry-run", "print what would be fetched; change nothing")
    .option("--force", "read every file, and fetch what differs")
    .addOption(jsonOption())
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print details")
    .allowExcessArguments(false)
    .action(async (url, dir, options) => {
      const { getCommand } = await import("./get_command.ts");
      done(await getCommand(url, dir, options, terminal));
    });

  program.command("demo")
    .description("sync generated data from a hub of its own, and show what each step costs")
    .option("--dir <folder>", "where to put it (default: a temporary folder)")
    .option("--keep", "leave it there afterwards")
    .action(async (options) => {
      const { demoCommand } = await import("./demo/demo_command.ts");
      done(await demoCommand(options, terminal));
    });

  program.command("status")
    .description("show each dataset: its age, the hub's version, the last run and the next")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(datasetOption())
    .addOption(jsonOption())
    .option("--watch", "redraw every two seconds, until Ctrl-C")
    .option("--offline", "don't ask the hub")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { statusCommand } = await import("./status/status_command.ts");
      done(await statusCommand(options, terminal));
    });

  program.command("list")
    .alias("ls")
    .description("show what the hub has, and which of it is followed here")
    .addOption(configOption())
    .addOption(hubUrlOption())
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .action(async (options) => {
      const { listCommand } = await import("./list_command.ts");
      done(await listCommand(options, terminal));
    });

  program.command("report")
    .description("write what happened as one HTML page, and print where it is")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--output <file>", "the file to write (default: datahubsync-report.html)")
    .option("--days <n>", "how many days back (default: 30)")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { reportCommand } = await import("./report_command.ts");
      done(await reportCommand(options, terminal));
    });

  program.command("verify")
    .description("read every file and compare it with the hub's directory")
    .argument("[name...]", "only these datasets")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--repair", "fetch what is missing or damaged")
    .option("--offline", "compare with what was recorded when the files were placed")
    .addOption(jsonOption())
    .action(async (names, options) => {
      const { verifyCommand } = await import("./verify_command.ts");
      done(await verifyCommand(names, options, terminal));
    });

  program.command("check")
    .description("report what is wrong and how to fix it; changes nothing (also: --check)")
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(datasetOption())
    .addOption(jsonOption())
    .option("-v, --verbose", "also list the checks that passed")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { checkCommand } = await import("./check_command.ts");
      done(await checkCommand(options, terminal));
    });

  program.command("notify")
    .description("send a test message to the targets of `notify`")
    .argument("[name]", "only this target: its type, or its name in the output")
    .addOption(new Option("--test", "send it; without it nothing is sent").makeOptionMandatory())
    .addOption(configOption())
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .action(async (name, options) => {
      const { notifyCommand } = await import("./notify_command.ts");
      done(await notifyCommand(name, options, terminal));
    });

  program.command("config")
    .description("print what is in force, and where each value comes from; secrets are hidden")
    .addOption(configOption())
    .addOption(jsonOption())
    .option("--schema", "print the JSON Schema of the configuration, for an editor")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { configCommand } = await import("./config_command.ts");
      done(await configCommand(options, terminal));
    });

  program.command("init")
    .description("ask a hub for its datasets and write a configuration")
    .addOption(hubUrlOption())
    .option("--url <url>", "follow this ZIP, with no hub")
    .option("--output <file>", "the file to write (default: config.yaml)")
    .option("--data-dir <dir>", "where the data will be kept (default: ./data)")
    .addOption(datasetOption())
    .option("--force", "replace a file that is there")
    .option("-q, --quiet", "print nothing but errors and questions")
    .allowExcessArguments(false)
    .action(async (options) => {
      const { initCommand } = await import("./init/init_command.ts");
      done(await initCommand(options, terminal));
    });

  program.command("convert")
    .description("convert a dataset's folder to a snapshot, or back to plain files")
    .argument("<name>", "the dataset")
    .addOption(
      new Option("--to <form>", "the form to convert to (default: what `publish` says)")
        .choices(["snapshot", "files"] as const),
    )
    .addOption(configOption())
    .allowExcessArguments(false)
    .action(async (name, options) => {
      const { convertCommand } = await import("./convert_command.ts");
      done(await convertCommand(name, options, terminal));
    });

  program.command("versions")
    .description("list the versions of a dataset that are kept (`publish: snapshot`)")
    .argument("<name>", "the dataset")
    .addOption(configOption())
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .action(async (name, options) => {
      const { versionsCommand } = await import("./versions_command.ts");
      done(await versionsCommand(name, options, terminal));
    });

  program.command("rollback")
    .description("make an earlier version live, and pin it")
    .argument("<name>", "the dataset")
    .argument("[version]", "its number or its text (default: the one before the live one)")
    .addOption(configOption())
    .addOption(stateOption())
    .allowExcessArguments(false)
    .action(async (name, version, options) => {
      const { rollbackCommand } = await import("./versions_command.ts");
      done(await rollbackCommand(name, version, options, terminal));
    });

  program.command("pin")
    .description("make a version live, and let no sync change it")
    .argument("<name>", "the dataset")
    .argument("[version]", "its number or its text (default: the live one)")
    .option("--off", "let syncs go on")
    .addOption(configOption())
    .addOption(stateOption())
    .allowExcessArguments(false)
    .action(async (name, version, options) => {
      const { pinCommand } = await import("./versions_command.ts");
      done(await pinCommand(name, version, options, terminal));
    });

  program.command("pack")
    .description("turn folders into a hub: a site that any web server serves")
    .argument("[folder...]", "the folders with the data; each becomes a dataset")
    .option("-c, --config <file>", "a file with the site and its datasets, instead of all below")
    .option("--output <site>", "the site's folder")
    .option("--name <name>", "the dataset's name (default: the folder's)")
    .option("--exclude <glob...>", "files to leave out; may be given several times")
    .option("--settle <duration>", "wait until no file has changed for this long (as 60s)")
    .option("--min-files <n>", "refuse a folder with fewer files")
    .option("--max-removed <part>", "refuse if more of the files are gone (default: 5%)")
    .option("--version <text>", "the version to announce (default: the newest file's time)")
    .option("--keep <duration>", "how long replaced packages stay (default: 24h)")
    .option("--level <n>", "deflate's level, 1 to 9 (default: 6)")
    .option("--all", "read every file, also what size and time say is unchanged")
    .option(
      "--sign <file>",
      "sign the catalog with this private key; two while one replaces the other",
      several,
    )
    .option("--expires <duration>", "how long the signature is good for (default: 30d)")
    .option("--resign", "only renew the signature of a site, as from cron")
    .option("--every <duration>", "keep running, and pack again this often (as 10m)")
    .option("-q, --quiet", "say nothing of folders that haven't changed")
    .option("--explain <file>", "say what a patch does, and pack nothing")
    .addOption(jsonOption())
    .action(async (folders, options) => {
      const { packCommand } = await import("./hub_end/pack_command.ts");
      done(await packCommand(folders, options, terminal));
    });

  program.command("key")
    .description("make the pair of keys that a hub's catalog is signed with")
    .argument("<file>", "the file for the private key, which mustn't be there yet")
    .option("--show", "show the public half of a key that is there")
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .action(async (file, options) => {
      const { keyCommand } = await import("./hub_end/key_command.ts");
      done(await keyCommand(file, options, terminal));
    });

  program.command("serve")
    .description("serve a site over HTTP")
    .argument("<site>", "the folder that `pack` or `mirror` has made")
    .option("--listen <address>", "where (default: 127.0.0.1:8000, this machine only)")
    .option("--token", "ask clients for the token in DATAHUBSYNC_TOKEN")
    .option("--tls-cert <file>", "the certificate for https, as PEM")
    .option("--tls-key <file>", "its key, as PEM")
    .option("--max-clients <n>", "transfers at once; further clients get 503 (default: 150)")
    .option("-v, --verbose", "print a line per request")
    .allowExcessArguments(false)
    .action(async (site, options) => {
      const { serveCommand } = await import("./hub_end/serve_command.ts");
      done(await serveCommand(site, options, terminal));
    });

  program.command("schedule")
    .description("check a cron expression and print its next runs")
    .argument("<expression>", 'five fields, as "15 8 * * *", or @daily and its like')
    .option("--systemd", "print it as OnCalendar= lines of a systemd timer")
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .action(async (expression, options) => {
      const { scheduleCommand } = await import("./schedule_command.ts");
      done(scheduleCommand(expression, options, terminal));
    });

  program.command("completions")
    .description("print the completions for a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"] as const))
    .allowExcessArguments(false)
    .action(async (shell) => {
      const { completions } = await import("./completions/completions.ts");
      terminal.out(completions(program as unknown as Command, shell));
    });

  program.command("paths")
    .description("print all paths and what this program owns, for scripts: `key<TAB>path` lines")
    .addOption(configOption())
    .addOption(stateOption())
    .allowExcessArguments(false)
    .action(async (options) => {
      const { pathsCommand } = await import("./paths_command.ts");
      done(await pathsCommand(options, terminal));
    });

  program.command("version")
    .description("print the version (also: --version)")
    .addOption(jsonOption())
    .option("--changes [version]", "print what has changed since a version, or all changes")
    .allowExcessArguments(false)
    .action((options) => done(versionCommand(options, terminal)));

  program.command("dataset-names", { hidden: true })
    .description(
      "print the configured names, for completions; nothing where there is no configuration",
    )
    .addOption(configOption())
    .allowExcessArguments(false)
    .action(async (options) => {
      const { datasetNamesCommand } = await import("./completions/dataset_names_command.ts");
      await datasetNamesCommand(options, terminal);
    });

  program.command("installer", { hidden: true })
    .description("answer install_client.sh")
    .addArgument(new Argument("<question>", "which").choices(QUESTIONS))
    .argument("[facts...]")
    .action(async (question, facts) => {
      const { installerCommand, linesOfStdin } = await import("./installer/installer_command.ts");
      const { completions } = await import("./completions/completions.ts");
      const completionsFor = (shell: Shell): string =>
        completions(program as unknown as Command, shell);
      done(installerCommand(question, facts, await linesOfStdin(), terminal, completionsFor));
    });

  for (const command of [program as unknown as Command, ...program.commands]) {
    command.addOption(languageOption());
  }
  for (const command of program.commands) {
    if (!(command.name() in COMMAND_HELP)) continue;
    command.addHelpText(
      "after",
      () => helpAfter(command as unknown as Command, { say, columns: terminal.columns() }),
    );
  }
  return program as unknown as Command;
}
