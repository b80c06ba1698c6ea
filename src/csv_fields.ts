/**
 * The fields of one line of a CSV file, quoted ones too. Pure.
 *
 * @module
 */

/** What separates a line's fields: whichever of comma, semicolon, tab and bar occurs most. */
export function separatorIn(line: string): string {
  const plain = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = [",", ";", "\t", "|"].map((sign) => [sign, plain.split(sign).length] as const);
  return counts.reduce((one, other) => other[1] > one[1] ? other : one)[0];
}

/** The fields, without their quotes. */
export function fieldsOf(line: string, separator: string): string[] {
  const text = line.replace(/^\uFEFF/, "");
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted && sign === '"' && text[at + 1] === '"') {
      field += sign;
      at++;
    } else if (sign === '"' && (quoted || field.trim() === "")) {
      quoted = !quoted;
      if (quoted) field = "";
    } else if (sign === separator && !quoted) {
      fields.push(field);
      field = "";
    } else {
      field += sign;
    }
  }
  return [...fields, field];
}
