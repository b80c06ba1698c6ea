/**
 * Turns the program's help into Chinese.
 *
 * Guarantees: flags, names and examples stay what one types; columns line up, because a Chinese
 * character takes two of them.
 *
 * @module
 */
import { type Command, Help } from "@commander-js/extra-typings";
import { formatItem, LEAST_BESIDE } from "./help_layout.ts";
import { textWidth } from "./terminal/text_width.ts";
import { fill } from "../messages/catalogue.ts";
import { HELP, WITH_CHOICES } from "../messages/help.ts";
import { wrap } from "./terminal/table.ts";

/** A text of the help, in Chinese. */
export function inChinese(text: string): string {
  return HELP[text] ?? text;
}

/** Changes what the program and its commands say of themselves. */
export function helpInChinese(program: Command): void {
  program.helpCommand("help [command]", inChinese("display help for command"));
  for (const command of [program, ...program.commands as unknown as Command[]]) {
    command.description(inChinese(command.description()));
    command.helpOption("-h, --help", inChinese("print this help"));
    for (const option of command.options) option.description = inChinese(option.description);
    for (const one of command.registeredArguments) one.description = inChinese(one.description);
    command.configureHelp({
      minWidthToWrap: LEAST_BESIDE,
      formatItem,
      // Commander writes a blank after its title.
      formatHelp: (one, helper) =>
        Help.prototype.formatHelp.call(helper, one, helper).replace("： ", "："),
      displayWidth: (text) => textWidth(text),
      boxWrap: (text, width) => wrap(text, width).join("\n"),
      styleTitle: inChinese,
      styleOptionText: inChinese,
      styleSubcommandText: inChinese,
      optionDescription: (one) => withChoices(one.description, one.argChoices),
      argumentDescription: (one) => withChoices(one.description, one.argChoices),
    });
  }
}

function withChoices(text: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? text : fill(WITH_CHOICES, { text, choices: choices.join("、") });
}
