/**
 * HTML that its content can't break, in English and Chinese at once.
 *
 * Guarantees: {@linkcode html} escapes every value but {@linkcode Html}; {@linkcode jsonScript} can't
 * end its element early.
 *
 * @module
 */
import {
  type Arguments,
  fill,
  type Language,
  type Message,
  type Params,
} from "../../messages/catalogue.ts";

/** Text that is HTML already. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Value = string | number | Html | readonly Html[];

/** Markup with escaped values. Line breaks and indentation of the source aren't part of it. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  let markup = "";
  parts.forEach((part, at) => {
    let text = part.replace(/>\s*\n\s*</g, "><");
    if (at === 0) text = text.replace(/^\s*\n\s*/, "");
    if (at === parts.length - 1) text = text.replace(/\s*\n\s*$/, "");
    markup += text.replace(/\s*\n\s*/g, " ");
    const value = values[at];
    if (value !== undefined) markup += markupOf(value);
  });
  return new Html(markup);
}

/** Nothing. */
export const NOTHING: Html = new Html("");

/** A text in each language. */
type InBoth = Readonly<Record<Language, string | Html>>;

/** A message's parameters on a page: markup, too, and what differs by language. */
type Holes<English extends string> = {
  readonly [Name in keyof Params<English>]: string extends Params<English>[Name]
    ? string | number | Html | InBoth
    : number;
};

/** A message in both languages, of which the page shows one. */
export function both<English extends string>(
  message: Message<English>,
  ...[holes]: Arguments<English> extends [] ? [] : [Holes<English>]
): Html {
  return pair({ en: filled(message, "en", holes), zh: filled(message, "zh", holes) });
}

/** A text in both languages, of which the page shows one. */
export function pair({ en, zh }: InBoth): Html {
  return html`
    <span lang="en">${en}</span><span lang="zh">${zh}</span>
  `;
}

function filled(
  message: Message,
  language: Language,
  holes: Readonly<Record<string, string | number | Html | InBoth>> = {},
): Html {
  const params = Object.entries(holes).map(([name, value]) => {
    const said = typeof value !== "object" || value instanceof Html ? value : value[language];
    return [name, typeof said === "number" ? said : markupOf(said)];
  });
  const text = message[language].replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return new Html(fill(text, Object.fromEntries(params)));
}

/** Data for the page's script. */
export function jsonScript(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
  return html`
    <script type="application/json" id="${id}">
    ${new Html(json)}
    </script>
  `;
}

function markupOf(value: Value): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === "object") return value.map((one) => one.markup).join("");
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
