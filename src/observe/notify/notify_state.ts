/**
 * Remembers what goes on and who has been told: `.datahubsync/notify.json`.
 *
 * Guarantees: written atomically; runs on different datasets side by side don't undo each other. A file that
 * can't be read counts as empty: at worst a message is sent again. A newer version's file is left alone.
 *
 * @module
 */

import { dirname } from "node:path";
import { StoreError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { openOwn, readOwnText } from "../../fs/own_file.ts";
import type { DatasetTroubles, Troubles } from "./news.ts";

const VERSION = 1;

/** What goes on; empty when there is no file or none that can be read. Never throws. */
export async function readTroubles(path: string): Promise<Troubles> {
  const { datasets } = await read(path);
  return datasets;
}

/** Replaces what is remembered about the datasets in `troubles`. Throws StoreError. */
export async function updateTroubles(path: string, troubles: Troubles): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  using lock = openOwn(`${path}.lock`, { access: "write", create: 0o666 });
  await lock.lock(true);
  const { version, datasets } = await read(path);
  if (version > VERSION) {
    throw new StoreError("unknown_version", `${path} is from a newer program (format ${version})`);
  }
  const before = JSON.stringify(datasets);
  for (const [dataset, trouble] of Object.entries(troubles)) {
    if (trouble.failure === undefined && trouble.stale === undefined) delete datasets[dataset];
    else datasets[dataset] = trouble;
  }
  // In the usual case nothing goes on: no write at every run.
  if (JSON.stringify(datasets) === before) return;
  await writeFileAtomic(path, JSON.stringify({ v: VERSION, datasets }, null, 2) + "\n");
}

async function read(path: string): Promise<{ version: number; datasets: Troubles }> {
  const datasets: Troubles = {};
  try {
    const value = JSON.parse(await readOwnText(path));
    for (const [dataset, trouble] of Object.entries<DatasetTroubles>(value.datasets ?? {})) {
      datasets[dataset] = pick(trouble);
    }
    return { version: typeof value.v === "number" ? value.v : VERSION, datasets };
  } catch {
    return { version: VERSION, datasets };
  }
}

/** What has the right types; the rest is forgotten. */
function pick(value: unknown): DatasetTroubles {
  const picked: DatasetTroubles = {};
  if (typeof value !== "object" || value === null) return picked;
  for (const event of ["failure", "stale"] as const) {
    const trouble = (value as Record<string, unknown>)[event];
    if (typeof trouble !== "object" || trouble === null) continue;
    const { since, told } = trouble as Record<string, unknown>;
    if (typeof since !== "number" || !Array.isArray(told)) continue;
    picked[event] = { since, told: told.filter((key) => typeof key === "string") };
  }
  return picked;
}
