/**
 * Declares `init`. What it does is loaded when it runs.
 *
 * @module
 */
import { type Commands, datasetOption, hubUrlOption } from "../command/declaration.ts";

/** The commands of this room, by name. */
export const INIT_COMMANDS: Commands = {
  init: (command, { terminal, done }) =>
    command
      .description("ask a hub for its datasets and write a configuration")
      .addOption(hubUrlOption())
      .option("--url <url>", "follow this ZIP, with no hub")
      .option("--output <file>", "the file to write (default: config.yaml)")
      .option("--data-dir <dir>", "where the data will be kept (default: ./data)")
      .addOption(datasetOption())
      .option("--force", "replace a file that is there")
      .option("-q, --quiet", "print nothing but errors and questions")
      .action(async (options) => {
        const { initCommand } = await import("./init_command.ts");
        done(await initCommand(options, terminal));
      }),
};
