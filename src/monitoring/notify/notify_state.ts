/**
 * Remembers ongoing troubles and which targets have been notified: `.datahubsync/notify.json`.
 *
 * Guarantees: written atomically; concurrent runs on different datasets don't undo each other. An
 * unreadable file counts as empty: at worst a message is sent again. A newer version's file is left
 * alone.
 *
 * @module
 */
import { StoreError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { readOwnText } from "../../fs/own_file.ts";
import { waitForLock } from "../../fs/file_lock.ts";
import type { DatasetTroubles, Troubles } from "./news.ts";
import { NOTIFY } from "../../messages/notify.ts";

const VERSION = 1;

/** The ongoing troubles; empty if the file is missing or unreadable. Never throws. */
export async function readTroubles(path: string): Promise<Troubles> {
  const { datasets } = await read(path);
  return datasets;
}

/** Replaces the troubles of the datasets in `troubles`. Throws StoreError. */
export async function updateTroubles(path: string, troubles: Troubles): Promise<void> {
  using _lock = await waitForLock(`${path}.lock`);
  const { version, datasets } = await read(path);
  if (version > VERSION) {
    throw new StoreError("unknown_version", NOTIFY.from_newer({ path, version }));
  }
  const before = JSON.stringify(datasets);
  for (const [dataset, trouble] of Object.entries(troubles)) {
    if (trouble.failure === undefined && trouble.stale === undefined) delete datasets[dataset];
    else datasets[dataset] = trouble;
  }
  // Usually there are no troubles: don't write at every run.
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

/** Keeps what has the right types and drops the rest. */
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
