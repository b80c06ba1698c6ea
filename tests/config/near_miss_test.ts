/**
 * Which spellings are taken for which words.
 *
 * @module
 */
import assert from "node:assert/strict";
import { namesText, nearest, patternsMeant } from "../../src/config/near_miss.ts";

const KEYS = ["local_dir", "sync", "hub", "timeout"];

Deno.test("nearest() sees through style, swaps and slips", () => {
  for (
    const word of [
      "localDir",
      "local-dir",
      "LOCAL_DIR",
      "loacl_dir",
      "lcal_dri",
      "－－ｌｏｃａｌ＿ｄｉｒ",
      "local–dir",
    ]
  ) {
    assert.equal(nearest(word, KEYS), "local_dir", word);
  }
  assert.equal(nearest("hubs", KEYS), "hub");
  assert.equal(nearest("snyc", KEYS), "sync");
  assert.equal(nearest("tiemout", KEYS), "timeout");
});

Deno.test("nearest() leaves other words alone", () => {
  for (const word of ["sink", "x", "", "description", "proxy", "s".repeat(10_000)]) {
    assert.equal(nearest(word, KEYS), undefined, word);
  }
});

Deno.test("namesText() names a few of many", () => {
  assert.equal(namesText([]), "");
  assert.equal(namesText(["a", "b"]), "a, b");
  const many = Array.from({ length: 90_000 }, (_, index) => `d${index}`);
  assert.match(namesText(many), /^d0, d1, .*, d19 and 89980 more$/);
});

Deno.test("patternsMeant() takes a list apart that was written as one pattern", () => {
  for (const sign of [",", ", ", "，", "、", ";", "；", "|", " "]) {
    assert.deepEqual(patternsMeant(`*.txt${sign}*.log`), ["*.txt", "*.log"], sign);
  }
  assert.deepEqual(patternsMeant("sh*，sz{0,3}*；tmp/*"), ["sh*", "sz{0,3}*", "tmp/*"]);
  assert.deepEqual(patternsMeant("a.csv、b.csv"), ["a.csv", "b.csv"]);
});

Deno.test("patternsMeant() leaves one pattern alone, whatever signs names have", () => {
  const one = ["*.csv", "*.{txt,log}", "*(a|b).csv", "*[，、].csv", "一、概述.txt", "*，*.csv"];
  const more = ["BTC,1D.csv", "* copy*.csv", "每日 *.csv", "*,v", "a\\,b*.csv", ",", ""];
  for (const text of [...one, ...more]) assert.equal(patternsMeant(text), undefined, text);
});
