/**
 * Packages to place in a mirror, and a mirror's tree to look at.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { buildZip } from "../support/zip_builder.ts";
import type { NewPackage } from "../../src/site/place.ts";
import { readDirectory } from "../../src/zip/directory/directory.ts";
import type { TempDir } from "../support/temp.ts";

/** A package as a sync has it: complete, in a file that only its owner may read. */
export interface TestPackage {
  input: NewPackage;
  bytes: Uint8Array;
  sha256: string;
}

/** Writes a package with one file of this text. */
export async function makePackage(
  temp: TempDir,
  words: { name?: string; text: string; version?: string | null },
): Promise<TestPackage> {
  const { name = "daily", text, version = "2026-11-22T06:02:38.165365" } = words;
  const bytes = buildZip([{ path: "sh600000.csv", content: new TextEncoder().encode(text) }]);
  const total = bytes.length;
  const result = await readDirectory(bytes, { tailOffset: 0, total, filenameEncoding: "auto" });
  if (result.kind === "need") throw new Error("the whole package was given");
  const packageFile = temp.at(`${crypto.randomUUID()}.partial`);
  await Deno.writeFile(packageFile, bytes, { mode: 0o600 });
  return {
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    input: {
      name,
      packageFile,
      total,
      fingerprint: result.directory.fingerprint,
      version,
      listed: { fileCount: 1, totalSize: text.length },
    },
  };
}

/** Every file below a folder with its size, without the mirror's own; `path size`. */
export async function servedFiles(root: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${below}`)) {
    const path = below + name;
    if (path === ".datahubsync") continue;
    if (isDirectory) found.push(...await servedFiles(root, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}
