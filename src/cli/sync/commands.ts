/**
 * Declares `sync`. What it does is loaded when it runs.
 *
 * @module
 */
import {
  type Commands,
  configOption,
  datasetOption,
  jsonOption,
  several,
  stateOption,
} from "../command/declaration.ts";

/** The commands of this room, by name. */
export const SYNC_COMMANDS: Commands = {
  sync: (command, { terminal, done }) =>
    command
      .description("bring the folders up to date (the default command)")
      .argument("[name...]", "only these datasets")
      .addOption(configOption())
      .addOption(stateOption())
      .addOption(datasetOption())
      .option("--dry-run", "print what would be fetched; change nothing")
      .option(
        "--accept <name>",
        "take the package of this dataset that `expect` rejected, once; may be given several times",
        several,
      )
      .option("--force", "distrust state and manifest: read every file, fetch what differs")
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
      .action(async (names, { dataset = [], ...options }) => {
        const { syncCommand } = await import("./sync_command.ts");
        const chosen = [...names, ...dataset];
        done(
          await syncCommand(
            { ...options, ...(chosen.length > 0 && { dataset: chosen }) },
            terminal,
          ),
        );
      }),
};
