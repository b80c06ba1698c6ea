/**
 * Declares `status`. What it does is loaded when it runs.
 *
 * @module
 */
import {
  type Commands,
  configOption,
  datasetOption,
  jsonOption,
  stateOption,
} from "../command/declaration.ts";

/** The commands of this room, by name. */
export const STATUS_COMMANDS: Commands = {
  status: (command, { terminal, done }) =>
    command
      .description("show each dataset: its age, the hub's version, the last run and the next")
      .addOption(configOption())
      .addOption(stateOption())
      .addOption(datasetOption())
      .addOption(jsonOption())
      .option("--watch", "redraw every two seconds, until Ctrl-C")
      .option("--offline", "don't ask the hub")
      .action(async (options) => {
        const { statusCommand } = await import("./status_command.ts");
        done(await statusCommand(options, terminal));
      }),
};
