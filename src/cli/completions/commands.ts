/**
 * Declares what shells complete words with. What they do is loaded when they run.
 *
 * @module
 */
import { Argument } from "@commander-js/extra-typings";
import { type Commands, configOption } from "../command/declaration.ts";

/** The commands of this room, by name. */
export const COMPLETION_COMMANDS: Commands = {
  completions: (command, { program, terminal }) =>
    command
      .description("print the completions for a shell")
      .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"] as const))
      .action(async (shell) => {
        const { completions } = await import("./completions.ts");
        terminal.out(completions(program, shell));
      }),

  "dataset-names": (command, { terminal }) =>
    command
      .description(
        "print the configured names, for completions; nothing where there is no configuration",
      )
      .addOption(configOption())
      .action(async (options) => {
        const { datasetNamesCommand } = await import("./dataset_names_command.ts");
        await datasetNamesCommand(options, terminal);
      }),
};
