/** What the library promises about itself: every public word has an example, and `docs/api.md` has it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/command.ts";
import { ROOT } from "../support/sources.ts";

interface Word {
  name: string;
  declarations: { jsDoc?: { tags?: { kind: string }[] } }[];
}

async function publicWords(): Promise<Word[]> {
  const args = ["doc", "--json", "--quiet", "src/mod.ts"];
  const { nodes } = JSON.parse(await run(Deno.execPath(), args, { cwd: ROOT })) as {
    nodes: Record<string, { symbols: Word[] }>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols);
}

const words = await publicWords();

Deno.test("every public word of the library has an example", () => {
  assert(words.length > 40, `found ${words.length} words only`);
  const without = words.filter(({ declarations }) =>
    !declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
  );
  assert.deepEqual(without.map(({ name }) => name), []);
});

Deno.test("docs/api.md names every public word of the library", async () => {
  const text = await Deno.readTextFile(join(ROOT, "docs", "api.md"));
  const named = new Set([...text.matchAll(/`([A-Za-z]+)(?:\[\])?`/g)].map(([, name]) => name));
  assert.deepEqual(words.map(({ name }) => name).filter((name) => !named.has(name)), []);
});
