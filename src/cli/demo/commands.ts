/**
 * Declares `demo`. What it does is loaded when it runs.
 *
 * @module
 */
import type { Commands } from "../command/declaration.ts";

/** The commands of this room, by name. */
export const DEMO_COMMANDS: Commands = {
  demo: (command, { terminal, done }) =>
    command
      .description("sync generated data from a hub of its own, and show what each step costs")
      .option("--dir <folder>", "where to put it (default: a temporary folder)")
      .option("--keep", "leave it there afterwards")
      .action(async (options) => {
        const { demoCommand } = await import("./demo_command.ts");
        done(await demoCommand(options, terminal));
      }),
};
