/**
 * A dataset's folders in a temporary place, for the tests of the store.
 *
 * @module
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { join } from "node:path";
import { StoreError } from "../../src/errors.ts";
import type { Move, Removal } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import type { PublishPlan } from "../../src/store/publish/publish.ts";
import { publishSnapshot } from "../../src/store/snapshot/snapshot.ts";
import { StagingNames } from "../../src/store/staging.ts";
import type { TempFolder } from "../support/temp.ts";

/** Writes files (path → content) below `root`. */
export function writeTree(root: string, files: Record<string, string>): void {
  Deno.mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    Deno.mkdirSync(join(root, path, ".."), { recursive: true });
    Deno.writeTextFileSync(join(root, path), content);
  }
}

/** What lies below `root`: path → content, `→ target` for a link, `folder` for an empty one. */
export function readTree(root: string, below = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  const items = [...Deno.readDirSync(join(root, below))].sort((a, b) => a.name < b.name ? -1 : 1);
  if (items.length === 0 && below !== "") tree[below] = "folder";
  for (const item of items) {
    const path = below === "" ? item.name : `${below}/${item.name}`;
    if (item.isSymlink) tree[path] = `→ ${Deno.readLinkSync(join(root, path))}`;
    else if (item.isDirectory) Object.assign(tree, readTree(root, path));
    else tree[path] = Deno.readTextFileSync(join(root, path));
  }
  return tree;
}

/** Stages files (path → content) and plans to publish them; the manifest holds them all. */
export async function stage(
  layout: Layout,
  files: Record<string, string>,
  deletes: Removal[] = [],
): Promise<PublishPlan> {
  await ensureLayout(layout);
  const manifest = await Manifest.load(layout.manifest) ?? new Manifest();
  const moves: Move[] = [];
  const names = new StagingNames();
  for (const [path, content] of Object.entries(files)) {
    const staged = names.nameOf({ path, size: content.length, crc: crc32(content) });
    Deno.writeTextFileSync(join(layout.staging, staged), content);
    const described = describe(join(layout.staging, staged), path);
    moves.push({ staged, ...described });
    manifest.set(path, described);
  }
  for (const removal of deletes) manifest.delete(removal.path);
  manifest.fingerprint = "f".repeat(64);
  manifest.version = "v2";
  return { moves, deletes, manifest };
}

/** What a manifest or a removal says about the file at `file`. */
export function describe(file: string, path: string): Removal {
  const bytes = Deno.readFileSync(file);
  return {
    path,
    size: bytes.length,
    crc: crc32(bytes),
    mtimeMs: Deno.statSync(file).mtime!.getTime(),
  };
}

/** The layout of `data` in a temporary folder. */
export async function layoutOf(temp: TempFolder, name = "data"): Promise<Layout> {
  return await resolveLayout(temp.at(name));
}

/** A first version's files. */
export const FIRST = { "a.csv": "1", "b/c.csv": "2", "gone/d.csv": "3" };

/** How snapshots are published. */
export const OPTIONS = { durable: true, keepVersions: 2 };

/** Publishes {@linkcode FIRST} as the first version of a snapshot. */
export async function firstVersion(temp: TempFolder): Promise<void> {
  const layout = await layoutOf(temp);
  await publishSnapshot(layout, await stage(layout, FIRST), OPTIONS);
}

/** The names of the versions that are there. */
export function versionsOf(temp: TempFolder): string[] {
  return [...Deno.readDirSync(temp.at(".data.datahubsync/versions"))].map((v) => v.name).sort();
}

/** The error with which a piece of work has to end. */
export async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(() => undefined, (error: unknown) => error);
  assert(error instanceof StoreError, String(error));
  return error;
}

/** Ends a publish, and the like, at a step. */
export const dieAt = (step: string) => (at: string): void => {
  if (at === step) throw new Error(`killed at ${step}`);
};
