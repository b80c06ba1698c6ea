/**
 * A page and its Chinese twin say the same to type: chapter by chapter the same code, commands, keys and
 * links. What can't be compared, the prose, stands beside it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { read } from "./pages.ts";

/** Pages whose twin is held by this alone; the others have tests of their own beside it. */
const PAGES = ["install", "get", "hub", "monitoring"];

/** What a chapter has that no translation changes. */
interface Chapter {
  /** Blocks, without the comments of people. */
  blocks: string[];
  /** Code in the text, each once. */
  codes: string[];
  /** Rows of all tables. */
  rows: number;
  subheadings: number;
}

function chaptersOf(text: string): Chapter[] {
  return text.split(/^## /m).map((chapter) => {
    const prose = chapter.replaceAll(/^ *```.*?^ *```$/gms, "").replaceAll("\\|", "¦");
    return {
      blocks: [...chapter.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].map(([, code]) =>
        // What a command prints is in the reader's language; what a person types isn't.
        code!.replace(/^(\$ .*\n)[^]*/, "$1").replaceAll(/\s+# .*$/gm, "")
      ),
      codes: [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!))].sort(),
      rows: prose.match(/^\|.*\|$/gm)?.length ?? 0,
      subheadings: prose.match(/^### /gm)?.length ?? 0,
    };
  });
}

for (const page of PAGES) {
  const [english, chinese] = [`docs/${page}.md`, `docs/${page}.zh-CN.md`];

  Deno.test(`${chinese} has the code, commands and keys of its twin, chapter by chapter`, async () => {
    const [expected, found] = [chaptersOf(await read(english)), chaptersOf(await read(chinese))];
    assert(expected.length > 2 && expected.some(({ codes }) => codes.length > 5));
    for (const [index, chapter] of expected.entries()) {
      assert.deepEqual(found[index], chapter, `chapter ${index}`);
    }
    assert.equal(found.length, expected.length);
  });

  Deno.test(`${english} and ${chinese} name each other`, async () => {
    assert.match(await read(english), new RegExp(`\\(${page}\\.zh-CN\\.md\\)`));
    assert.match(await read(chinese), new RegExp(`\\[English\\]\\(${page}\\.md\\)`));
  });
}

Deno.test("a Chinese page says where a link leads to English", async () => {
  const pages = [...Deno.readDirSync(new URL("../../docs", import.meta.url))]
    .map(({ name }) => name);
  const translated = pages.filter((name) => name.endsWith(".zh-CN.md"));
  assert(translated.length > 7);
  const wrong: string[] = [];
  for (const name of [...translated.map((one) => `docs/${one}`), "README.zh-CN.md"]) {
    const text = await read(name);
    for (const found of text.matchAll(/\[([^\]]+)\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)) {
      const [link, label, target] = found;
      if (target!.endsWith("zh-CN.md") || label === "English") continue;
      const twin = target!.split("/").at(-1)!.replace(/\.md$/, ".zh-CN.md");
      // On the same line, before the next link. A page may send on to its own twin, if it says so.
      const marked = /^[^[\n]*英文/.test(text.slice(found.index + link.length));
      const ofItself = name.endsWith(twin);
      if (pages.includes(twin) && !ofItself) wrong.push(`${name}: ${link} has a Chinese twin`);
      else if (!marked) wrong.push(`${name}: ${link} isn't marked （英文）`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("a Chinese comment of the example names the Chinese page, where there is one", async () => {
  const pages = [...Deno.readDirSync(new URL("../../docs", import.meta.url))]
    .map(({ name }) => name);
  const named = (await read("config.example.yaml")).split("\n")
    .filter((line) => /\p{Script=Han}/u.test(line))
    .flatMap((line) => [...line.matchAll(/docs\/([\w.-]+)\.md/g)].map(([, page]) => page!));
  assert(named.length > 3);
  assert.deepEqual(named.filter((page) => pages.includes(`${page}.zh-CN.md`)), []);
});
