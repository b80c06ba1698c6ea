/**
 * Declares `installer`. What it does is loaded when it runs.
 *
 * @module
 */
import type { Shell } from "../completions/completions.ts";
import { Argument } from "@commander-js/extra-typings";
import type { Declaration } from "../declaration.ts";
import { QUESTIONS } from "./questions.ts";

/** `installer`. */
export const installerDeclaration: Declaration = (program, { terminal, done }) => {
  program.command("installer", { hidden: true })
    .description("answer install_client.sh")
    .addArgument(new Argument("<question>", "which").choices(QUESTIONS))
    .argument("[facts...]")
    .action(async (question, facts) => {
      const { installerCommand, linesOfStdin } = await import("./installer_command.ts");
      const { completions } = await import("../completions/completions.ts");
      const completionsFor = (shell: Shell): string => completions(program, shell);
      done(installerCommand(question, facts, await linesOfStdin(), terminal, completionsFor));
    });
};
