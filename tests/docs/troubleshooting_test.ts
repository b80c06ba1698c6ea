/** Troubleshooting by symptom: the same in both languages, with the lines that are really written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { shownInChinese } from "./shown_line.ts";
import { troubleLines } from "./trouble_lines.ts";
import { ROOT } from "../support/sources.ts";

/** Where it stands. */
const PLACES = ["docs/troubleshooting.md", "docs/troubleshooting.zh-CN.md"];

/** One symptom. */
interface Symptom {
  /** The log's line; missing where nothing is logged. */
  line?: string;
  /** What a Chinese terminal shows of it, in the Chinese page. */
  shown?: string;
}

/** A chapter: its symptoms in their order, and what it puts into code: commands, keys, paths. */
interface Chapter {
  symptoms: Symptom[];
  codes: string[];
}

const chapters = new Map<string, Chapter[]>();
for (const name of PLACES) {
  const text = await Deno.readTextFile(join(ROOT, name));
  chapters.set(name, text.slice(text.indexOf("\n## ")).split(/^## /m).slice(1).map(chapterOf));
}

Deno.test("troubleshooting quotes the lines that are really written, everywhere", async () => {
  const lines = (await troubleLines()).sort();
  for (const [name, found] of chapters) {
    const quoted = found.flatMap(({ symptoms }) => symptoms.flatMap(({ line }) => line ?? []));
    assert.deepEqual(quoted.sort(), lines, name);
  }
});

Deno.test("troubleshooting has the same symptoms everywhere, in the same order", () => {
  const [english, ...others] = [...chapters.values()]
    .map((found) => found.map(({ symptoms }) => symptoms.map(({ line }) => line)));
  assert(english!.flat().length > 15, "the symptoms weren't found");
  for (const other of others) assert.deepEqual(other, english);
});

Deno.test("troubleshooting shows in Chinese what a Chinese terminal shows of each error", async () => {
  for (const [name, found] of chapters) {
    for (const { line, shown } of found.flatMap(({ symptoms }) => symptoms)) {
      if (line === undefined) continue;
      const expected = name.includes("zh-CN") ? await shownInChinese(line) : undefined;
      assert.equal(shown, expected, line);
    }
  }
});

Deno.test("troubleshooting proposes the same commands and keys in both languages, chapter by chapter", () => {
  const [english, chinese] = [...chapters.values()].map((found) => found.map(({ codes }) => codes));
  assert.deepEqual(chinese, english);
});

function chapterOf(text: string): Chapter {
  const symptoms = text.split(/^(?=\*\*)/m).slice(1).map((part): Symptom => {
    const lines = blocksOf(part);
    assert(lines.length <= 1, `a symptom has ${lines.length} lines: ${part}`);
    const [line, ...shown] = lines[0]?.split("\n") ?? [];
    return {
      ...(line !== undefined && { line }),
      ...(shown.length > 0 && { shown: shown.join("\n") }),
    };
  });
  assert.equal(blocksOf(text).length, symptoms.filter(({ line }) => line).length, text);
  const words = text.replaceAll(/^```.*?^```$/gms, "");
  const codes = new Set([...words.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!));
  return { symptoms, codes: [...codes].sort() };
}

function blocksOf(text: string): string[] {
  return [...text.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, line]) => line!);
}
