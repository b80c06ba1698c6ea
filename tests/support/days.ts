/**
 * Several days of one dataset, packed, with the CRC-32 of every file: the oracle of tests that
 * interrupt a run.
 *
 * @module
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { demoContent } from "./demo_content.ts";
import { DemoDataset, type Profile } from "../../src/demo/dataset.ts";
import { offer, PackCache } from "./faulty_hub/dataset_package.ts";
import type { HubDataset } from "./faulty_hub/hub.ts";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { resolveLayout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { loadState } from "../../src/store/memory/state.ts";

/** One day: what the hub offers, and what a folder must hold then. */
export interface Day {
  version: string;
  offered: HubDataset & { package: Uint8Array };
  /** Path → CRC-32 and size, as `crc:size`. */
  files: ReadonlyMap<string, string>;
}

/** Makes days; from one to the next most files grow, some are rewritten, one goes, one comes. */
export function makeDays(
  count: number,
  options: { profile: Profile; rewritten: number; seed?: number },
): Day[] {
  const cache = new PackCache();
  const days: Day[] = [];
  let dataset = DemoDataset.firstDay(options.profile, options.seed);
  for (let day = 0; day < count; day++) {
    const files = dataset.files.map((file) => [file.path, seal(demoContent(file))] as const);
    days.push({
      version: dataset.version,
      offered: offer(dataset, { cache }),
      files: new Map(files),
    });
    dataset = dataset.nextDay({ rewritten: options.rewritten, removed: 1, added: 1 });
  }
  return days;
}

/** `crc:size` of a content. */
export function seal(content: Uint8Array): string {
  return `${crc32(content).toString(16)}:${content.length}`;
}

/** Every file below a folder, by its seal; links are followed only at the top. */
export function sealsOf(root: string): Map<string, string> {
  const seals = new Map<string, string>();
  const walk = (below: string): void => {
    for (const item of Deno.readDirSync(`${root}/${below}`)) {
      const path = below + item.name;
      if (item.isDirectory) walk(`${path}/`);
      else seals.set(path, seal(Deno.readFileSync(`${root}/${path}`)));
    }
  };
  try {
    walk("");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return seals;
}

/** The first differences between a folder and a day; empty = none. */
export function differences(found: ReadonlyMap<string, string>, day: Day): string {
  const lines: string[] = [];
  for (const [path, seal] of day.files) {
    if (found.get(path) !== seal) lines.push(`${path}: ${found.get(path)}, not ${seal}`);
  }
  for (const path of found.keys()) if (!day.files.has(path)) lines.push(`${path}: too many`);
  return lines.slice(0, 5).join("\n");
}

/**
 * Fails when state or manifest claim what isn't on the disk: a recorded version means that day's
 * tree; the manifest's files are there, whole (while a journal is open: those that look so).
 */
export async function assertHonest(
  place: { localDir: string; statePath: string; name: string },
  days: readonly Day[],
): Promise<void> {
  const layout = await resolveLayout(place.localDir);
  const open = await journalIsOpen(layout);
  const found = sealsOf(layout.localDir);
  const manifest = await Manifest.load(layout.manifest);
  for (const [path, { size, crc, mtimeMs }] of manifest?.entries() ?? []) {
    const info = Deno.lstatSync(layout.localDir).isSymlink || existsSync(layout.localDir)
      ? await Deno.lstat(`${layout.localDir}/${path}`).catch(() => undefined)
      : undefined;
    const looks = info?.size === size && info.mtime?.getTime() === mtimeMs;
    // A snapshot's manifest follows its link: between the two, what looks otherwise is read again.
    const pending = open || existsSync(layout.manifestNext);
    if (!looks && pending) continue;
    assert.equal(found.get(path), `${crc.toString(16)}:${size}`, `the manifest claims ${path}`);
  }
  const version = (await loadState(place.statePath)).get(place.name);
  const day = days.find((day) => day.version === version);
  if (day === undefined || open) return;
  const later = days[days.indexOf(day) + 1];
  // Published but not yet recorded: then the state is behind the folder, never ahead.
  const is = differences(found, day);
  const isLater = later === undefined ? "none" : differences(found, later);
  assert(is === "" || isLater === "", `the state claims ${version}, but: ${is}`);
}
