/**
 * The documents' own examples, so that tests run what people read.
 *
 * @module
 */
import { join } from "node:path";

const DOCS = join(import.meta.dirname!, "..", "..", "docs");

/** A document's text. */
export async function readDoc(name: string): Promise<string> {
  return await Deno.readTextFile(join(DOCS, name));
}

/** The only code block of a language in a document that holds this text. */
export async function codeBlock(
  doc: string,
  words: { language: string; holding?: string },
): Promise<string> {
  const { language, holding = "" } = words;
  const text = await readDoc(doc);
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found, block]) => found === language && block!.includes(holding))
    .map(([, , block]) => block!);
  if (blocks.length === 1) return blocks[0]!;
  throw new Error(`${doc} has ${blocks.length} ${language} blocks with "${holding}", expected one`);
}

/** Replaces one text that must be there exactly once: an example that has changed fails its test. */
export function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" is there ${parts.length - 1} times`);
  return parts.join(to);
}
