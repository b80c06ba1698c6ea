/** Which language the surroundings name. */
import assert from "node:assert/strict";
import { languageOf } from "../../src/messages/language.ts";

Deno.test("languageOf() is Chinese where the locale is, and the terminal can show it", () => {
  const locales: [locale: string, language: string][] = [
    ["zh_CN.UTF-8", "zh"],
    ["zh_CN.utf8", "zh"],
    ["zh_CN.UTF-8@pinyin", "zh"],
    ["zh_CN", "zh"],
    ["zh", "zh"],
    ["zh_CN.GB18030", "en"],
    ["zh_CN.gbk", "en"],
    ["zh_TW.Big5", "en"],
    ["en_US.UTF-8", "en"],
    ["C", "en"],
    ["", "en"],
  ];
  for (const [locale, language] of locales) {
    assert.equal(languageOf((name) => name === "LANG" ? locale : undefined), language, locale);
  }
});
