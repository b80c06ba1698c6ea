/** Widths are those of `string-width`, with and without its tables. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { charactersOf, textWidth } from "../../src/cli/terminal/text_width.ts";

Deno.test("textWidth() is what string-width says, for every character of the basic plane, alone and between others", () => {
  const wrong: string[] = [];
  // Beyond the basic plane string-width itself measures: one character of each 64 shows that.
  for (let code = 0x20; code < 0x30000; code += code < 0x10000 ? 1 : 64) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const one = String.fromCodePoint(code);
    for (const text of [one, `a${one}中`]) {
      if (textWidth(text) !== stringWidth(text)) wrong.push(`${code.toString(16)} ${text}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("textWidth() of text that is more than its characters", () => {
  for (
    const text of [
      "",
      "\x1b[31m红\x1b[39m",
      "e\u0301",
      "👩‍👩‍👧",
      "❤️",
      "a\u200bb",
      "🇨🇳",
      "1️⃣",
      "数据：x.csv…",
      "✓ ok",
    ]
  ) assert.equal(textWidth(text), stringWidth(text), JSON.stringify(text));
});

Deno.test("charactersOf() keeps what belongs together", () => {
  assert.deepEqual(charactersOf("a中。"), ["a", "中", "。"]);
  assert.deepEqual(charactersOf("e\u0301👩‍👩‍👧"), ["e\u0301", "👩‍👩‍👧"]);
});
