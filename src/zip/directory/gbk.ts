/**
 * Encodes text as GBK: the encoding of the deployed packages' content and, occasionally, their names.
 *
 * Guarantees: whatever `TextDecoder("gbk")` decodes from two bytes is encoded as those bytes, or
 * the first such pair if several decode alike. It doesn't write GB18030's four-byte characters.
 *
 * @module
 */

let table: Map<string, number> | undefined;

/** Every two-byte character with its code; built once by decoding all of them (about 10 ms). */
function codes(): Map<string, number> {
  if (table) return table;
  table = new Map();
  const decoder = new TextDecoder("gbk");
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length !== 1 || text === "\ufffd" || table.has(text)) continue;
      table.set(text, lead << 8 | trail);
    }
  }
  return table;
}

/**
 * Encodes text as GBK.
 *
 * @throws {RangeError} at a character that GBK doesn't have.
 */
export function encodeGbk(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  let length = 0;
  for (const character of text) {
    const unit = character.charCodeAt(0);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const code = codes().get(character);
    if (code === undefined) throw new RangeError(`GBK has no ${JSON.stringify(character)}`);
    bytes[length++] = code >> 8;
    bytes[length++] = code & 0xff;
  }
  return bytes.slice(0, length);
}
