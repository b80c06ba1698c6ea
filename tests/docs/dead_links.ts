/**
 * The links of documents that lead nowhere.
 *
 * @module
 */
import { join, normalize } from "node:path/posix";

/**
 * The relative links in the Markdown files among `files` (paths below `root`) whose target isn't one of
 * `files`, or has no such heading; each as `document: link`.
 */
export async function deadLinks(root: string, files: readonly string[]): Promise<string[]> {
  const there = new Set(files);
  const documents = new Map<string, string>();
  for (const path of files.filter((path) => path.endsWith(".md"))) {
    documents.set(path, withoutCode(await Deno.readTextFile(join(root, path))));
  }
  const dead: string[] = [];
  for (const [document, text] of documents) {
    for (const link of linksOf(text)) {
      const [path = "", heading] = link.split("#");
      const target = path === "" ? document : normalize(join(document, "..", path));
      const found = there.has(target) || files.some((file) => file.startsWith(`${target}/`));
      const page = documents.get(target);
      const known = heading === undefined || page === undefined || anchorsOf(page).has(heading);
      if (!found || !known) dead.push(`${document}: ${link}`);
    }
  }
  return dead;
}

/** What stands in code isn't a link; a heading keeps the words of its code. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, "");
}

function linksOf(text: string): string[] {
  const links = text.replaceAll(/^#.*$/gm, "").replaceAll(/`[^`\n]*`/g, "code")
    .matchAll(/\]\(\s*([^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)"/gm);
  return [...links].map(([, inline, reference, html]) => (inline ?? reference ?? html)!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** The headings as links name them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!.trim().toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}
