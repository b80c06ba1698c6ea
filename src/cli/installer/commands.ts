/**
 * Declares `installer`. What it does is loaded when it runs.
 *
 * @module
 */
import type { Shell } from "../completions/completions.ts";
import { Argument } from "@commander-js/extra-typings";
import { processEnvironment } from "../../environment.ts";
import type { Commands } from "../command/declaration.ts";
import { QUESTIONS } from "./questions.ts";

/** The commands of this room, by name. */
export const INSTALLER_COMMANDS: Commands = {
  installer: (command, { program, terminal, done }) =>
    command
      .description("answer install_client.sh")
      .addArgument(new Argument("<question>", "which").choices(QUESTIONS))
      .argument("[facts...]")
      .action(async (question, facts) => {
        const { installerCommand } = await import("./installer_command.ts");
        const { completions } = await import("../completions/completions.ts");
        const completionsFor = (shell: Shell): string => completions(program, shell);
        done(installerCommand(question, facts, processEnvironment, terminal, completionsFor));
      }),
};
