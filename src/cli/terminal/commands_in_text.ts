/**
 * Finds the commands in a sentence, which must not be wrapped: people copy them from the terminal, and
 * a line break that was printed is copied too.
 *
 * Guarantees: it finds text in backquotes, text that begins with this program, `sudo` or another program
 * whose name is no English word, and in Chinese the text after a colon. Other text may be mistaken for a
 * command; it just isn't wrapped.
 *
 * @module
 */
import { ownName, ownNameAnywhere } from "../../own_command.ts";

interface TextPart {
  text: string;
  /** Whether it is a command, with adjacent punctuation. */
  isCommand: boolean;
}

/** Programs that remedies name; those after a colon may also be English words. */
const PROGRAMS =
  "sudo|su|chmod|chown|crontab|systemctl|timedatectl|runuser|openssl|curl|mkdir|rm|mv|cp";
const AFTER_COLON =
  `${PROGRAMS}|install|find|service|mount|ls|df|echo|printf|unset|tar|export|/\\S+`;
const CLINGS = "[，。；）]*";
const REST = `[^，。；（）]*${CLINGS}`;

let pattern: RegExp | undefined;

function commandPattern(): RegExp {
  const own = [ownName(), ownNameAnywhere()].map((name) => RegExp.escape(name)).join("|");
  return new RegExp(
    [
      "`[^`]+`[.,;:)，。；：）]*",
      `(?<=：)[a-z/'"~.$][^，。；（）\\p{Script=Han}]*(?=$|[，。；（）])${CLINGS}`,
      `(?<=: )(?:${AFTER_COLON}) ${REST}`,
      `(?<![\\w/'-])\\(?(?:${PROGRAMS}|${own}) ${REST}`,
    ].map((one) => `(?:${one})`).join("|"),
    "gu",
  );
}

/** The text in its parts, in order. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: command, index } of text.matchAll(pattern ??= commandPattern())) {
    if (index > end) parts.push({ text: text.slice(end, index), isCommand: false });
    parts.push({ text: command, isCommand: true });
    end = index + command.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isCommand: false });
  return parts;
}
