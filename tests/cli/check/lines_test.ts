/**
 * Every line of a fault that `--check` can print has a test: a new one without a test fails here.
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { ROOT, sources } from "../../support/sources.ts";
import { readSource, type Said } from "./said.ts";

/** What the sources can say. */
async function said(): Promise<Said[]> {
  return (await sources()).filter(({ path }) => path.startsWith("src/cli/check/"))
    .map(({ path, text }) => readSource(basename(path), text));
}

/** The tests of `--check`, each text in one piece and without the marks of regular expressions. */
async function tests(): Promise<string> {
  const paths = [...Deno.readDirSync(import.meta.dirname!)].map(({ name }) => name)
    .filter((name) => /_(test|locks)\.ts$/.test(name) && name !== "lines_test.ts")
    .map((name) => join(import.meta.dirname!, name));
  paths.push(join(ROOT, "tests", "e2e", "check_binary_test.ts"));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return texts.join("\n").replace(/["'`]\s*\+\s*["'`]/g, "").replace(/\\(.)/g, "$1");
}

Deno.test("every text that --check can print about a fault stands in a test", async () => {
  const expected = await tests();
  const texts = (await said()).flatMap((one) => one.texts)
    // A word alone is a name, not a text.
    .map(({ text, at }) => ({ text: text.trim(), at }))
    .filter(({ text }) => text.length >= 8 && /\S\s+\S/.test(text));
  assert(texts.length > 100, `only ${texts.length} texts were read`);
  const untested = texts.filter(({ text }) => !expected.includes(text));
  assert.deepEqual(untested, [], "add a test, with the line's exact text and remedy");
});

Deno.test("every place that makes a line of a fault has a test of its own", async () => {
  const expected = await tests();
  const places = (await said()).flatMap((one) => one.faults);
  const made = Map.groupBy(places.filter(({ check }) => check !== undefined), (one) => one.check!);
  assert(made.size > 25, `only ${made.size} checks were read`);
  const lacking: string[] = [];
  for (const [check, makers] of made) {
    const told = expected.split(
      new RegExp(`check(?::| ===) "${check}"(?:,\\s*| && )verdict(?::| ===) "(?:warning|error)"`),
    ).length - 1;
    if (told < makers.length) {
      const where = makers.map(({ at }) => at).join(", ");
      lacking.push(`${check}: ${makers.length} lines (${where}), ${told} tests`);
    }
  }
  assert.deepEqual(lacking, []);
});

Deno.test("readSource() finds texts, also in templates, and the lines of faults", () => {
  const source = [
    '// a "comment" with `marks`',
    'const text = `one ${yes ? "two" : `three ${four}`} five`; /* "six" */',
    'if (/["`]/.test(text)) return [failure("a.b", text, "seven \\" eight")];',
    '(many ? warning : failure)("c.d", "nine");',
    'report(check, "ten");',
    'fine("e.f", `eleven ${"twelve"}`);',
    "export function warning(check: string): void {}",
  ].join("\n");
  const { texts, faults } = readSource("x.ts", source);
  assert.deepEqual(texts.map(({ text }) => text.trim()).filter((text) => text !== ""), [
    ...["one", "two", "three", "five"],
    ...["a.b", 'seven " eight', "c.d", "nine", "ten"],
  ]);
  assert.deepEqual(faults, [
    { check: "a.b", at: "x.ts:3" },
    { check: "c.d", at: "x.ts:4" },
    { check: undefined, at: "x.ts:5" },
  ]);
});
