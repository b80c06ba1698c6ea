/**
 * Declares the commands that read or change local copies of datasets, besides `sync`.
 * What they do is loaded when they run.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import {
  type Commands,
  configOption,
  datasetOption,
  jsonOption,
  several,
  stateOption,
} from "../command/declaration.ts";

/** The commands of this room, by name. */
export const DATA_COMMANDS: Commands = {
  changes: (command, { terminal, done }) =>
    command
      .description("print what has changed since it was read, as JSON lines")
      .addOption(configOption())
      .addOption(stateOption())
      .addOption(datasetOption())
      .option("--last", "print only the number that --done takes")
      .option("--done <n>", "everything up to this number is read: forget it")
      .option("--exit-code", "end with 10 where something is unread")
      .action(async (options) => {
        const { changesCommand } = await import("./changes_command.ts");
        done(await changesCommand(options, terminal));
      }),

  get: (command, { terminal, done }) =>
    command
      .description("keep a folder up to date with one ZIP on the web; needs no configuration")
      .argument("<url>", "the ZIP's address")
      .argument("[dir]", "the folder (default: the file's name without .zip)")
      .option("--include <glob>", "only these files; may be given several times", several)
      .option("--exclude <glob>", "not these files; may be given several times", several)
      .option("--strip-prefix <folder>", "take this leading folder off (auto: the only one)")
      .option("--filename-encoding <name>", "what names that aren't UTF-8 are in (default: auto)")
      .option("--max-files <number>", "accept a ZIP with at most this many files")
      .option("--max-size <size>", "accept at most this much when unpacked, such as 20GB")
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
      .action(async (url, dir, options) => {
        const { getCommand } = await import("./get_command.ts");
        done(await getCommand(url, dir, options, terminal));
      }),

  verify: (command, { terminal, done }) =>
    command
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
      }),

  convert: (command, { terminal, done }) =>
    command
      .description("convert a dataset's folder to a snapshot, or back to plain files")
      .argument("<name>", "the dataset")
      .addOption(new Option("--to <form>", "the form to convert to (default: what `publish` says)")
        .choices(["snapshot", "files"] as const))
      .addOption(configOption())
      .action(async (name, options) => {
        const { convertCommand } = await import("./convert_command.ts");
        done(await convertCommand(name, options, terminal));
      }),

  versions: (command, { terminal, done }) =>
    command
      .description("list the versions of a dataset that are kept (`publish: snapshot`)")
      .argument("<name>", "the dataset")
      .addOption(configOption())
      .addOption(jsonOption())
      .action(async (name, options) => {
        const { versionsCommand } = await import("./versions_command.ts");
        done(await versionsCommand(name, options, terminal));
      }),

  rollback: (command, { terminal, done }) =>
    command
      .description("make an earlier version live, and pin it")
      .argument("<name>", "the dataset")
      .argument("[version]", "its number or its text (default: the one before the live one)")
      .addOption(configOption())
      .addOption(stateOption())
      .action(async (name, version, options) => {
        const { rollbackCommand } = await import("./versions_command.ts");
        done(await rollbackCommand(name, version, options, terminal));
      }),

  pin: (command, { terminal, done }) =>
    command
      .description("make a version live, and let no sync change it")
      .argument("<name>", "the dataset")
      .argument("[version]", "its number or its text (default: the live one)")
      .option("--off", "let syncs go on")
      .addOption(configOption())
      .addOption(stateOption())
      .action(async (name, version, options) => {
        const { pinCommand } = await import("./versions_command.ts");
        done(await pinCommand(name, version, options, terminal));
      }),
};
