/**
 * Declares `status`. What it does is loaded when it runs.
 *
 * @module
 */
import {
  configOption,
  datasetOption,
  type Declaration,
  jsonOption,
  stateOption,
} from "../declaration.ts";

/** `status`. */
export const statusDeclaration: Declaration = (program, { terminal, done }) => {
  program.command("status")
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
    });
};
