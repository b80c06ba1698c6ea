/**
 * What a terminal shows in Chinese of an error that the log has in English.
 *
 * @module
 */
import { COMMAND } from "../../src/messages/command.ts";
import { speechIn } from "../../src/messages/speech.ts";

/** The lines at a terminal for a line of the log; `undefined` for one that is no error. */
export async function shownInChinese(line: string): Promise<string | undefined> {
  const { say, said } = await speechIn("zh");
  const failed = /^ERROR: (?:Failed to download|Rejected) ([^:]+): (.*?)(?: \(hint: (.*)\))?$/
    .exec(line);
  const [, names, text = "", hint] = failed ?? [];
  const error = names !== undefined
    ? say(COMMAND.of, { names, text: said(text) })
    : /^error: (.*)$/.exec(line)?.[1];
  if (error === undefined) return undefined;
  const first = say(COMMAND.error, { text: names === undefined ? said(error) : error });
  return hint === undefined ? first : `${first}\n${say(COMMAND.hint, { text: said(hint) })}`;
}
