/** Which files `include` and `exclude` select. */
import assert from "node:assert/strict";
import { isPlain } from "../../src/plain_text.ts";
import { globOf, makeFilter } from "../../src/zip/directory/glob_filter.ts";

function kept(include: string[], exclude: string[]): string[] {
  const paths = ["sh600000.csv", "sz000001.csv", "a/sz000002.csv", "a/b/notes.txt", ".hidden"];
  return paths.filter(makeFilter({ include, exclude }));
}

Deno.test("makeFilter() keeps everything when nothing is said", () => {
  assert.equal(kept([], []).length, 5);
});

Deno.test("makeFilter() looks at the name in any folder when a glob has no slash", () => {
  assert.deepEqual(kept(["sz*.csv"], []), ["sz000001.csv", "a/sz000002.csv"]);
  assert.deepEqual(kept([], ["*.csv"]), ["a/b/notes.txt", ".hidden"]);
});

Deno.test("makeFilter() looks at the whole path when a glob has a slash", () => {
  assert.deepEqual(kept(["a/*"], []), ["a/sz000002.csv"]);
  assert.deepEqual(kept(["a/**"], []), ["a/sz000002.csv", "a/b/notes.txt"]);
});

Deno.test("makeFilter() lets exclude win over include", () => {
  assert.deepEqual(kept(["*.csv", "*.txt"], ["sz*", "a/b/**"]), ["sh600000.csv"]);
});

Deno.test("makeFilter() leaves the Finder's own out, unless include names it", () => {
  const finders = ["__MACOSX/._a.csv", "__MACOSX/d/._b.csv", ".DS_Store", "d/.DS_Store"];
  const others = ["a.csv", "._a.csv", "d/__MACOSX.csv", "x.DS_Store", "d/__MACOSX/a.csv"];
  const wanted = (include: string[]) =>
    [...finders, ...others].filter(makeFilter({ include, exclude: [] }));
  assert.deepEqual(wanted([]), others);
  assert.deepEqual(wanted(["**"]), others);
  assert.deepEqual(wanted(["**", "__MACOSX/**"]), [...finders.slice(0, 2), ...others]);
  assert.deepEqual(wanted(["**", ".DS_Store"]), [...finders.slice(2), ...others]);
  assert.deepEqual(wanted(["__MACOSX/**/._b.csv"]), ["__MACOSX/d/._b.csv"]);
});

Deno.test("globOf() finds the very name, and can be shown and typed", () => {
  const odd = [
    "a\nb.csv",
    "\x1b[31mred\x7f",
    "\u202ecsv.exe",
    "a\u0085b",
    "t\u{e0041}x",
    "d/\t?*",
    "!(a|b)",
    "\\",
  ];
  for (const name of odd) {
    const glob = globOf(name);
    assert(isPlain(glob), JSON.stringify(glob));
    const wanted = makeFilter({ include: [], exclude: [glob] });
    assert.deepEqual(
      [name, "a b.csv", "other"].filter(wanted),
      ["a b.csv", "other"].filter(wanted),
    );
    assert(wanted("other"), name);
  }
});
