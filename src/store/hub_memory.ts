/**
 * What a dataset's runs remember of how its hubs answer ranges, so that each run need not find out
 * again by being refused.
 *
 * Guarantees: what comes back was written within {@linkcode REMEMBERED_MS}: a hub that has learnt to
 * answer ranges is noticed after that. A file that is missing, damaged or from another program is an
 * empty memory. Nothing depends on it but the number of requests.
 *
 * @module
 */
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { list, openSealed, seal, type SealKind } from "../fs/sealed_json.ts";

/** What is remembered of a hub. */
export interface HubLessons {
  /** The most ranges that it takes in one request; 0 = it answers none. */
  most: number;
  /** Whether it doesn't say which bytes its answers hold. */
  unproven: boolean;
}

/** A week: being refused again costs some requests, or one package where no ranges are answered. */
export const REMEMBERED_MS: number = 7 * 24 * 3_600_000;

const KIND: SealKind = { what: "memory of hubs", format: 1 };

interface Row extends HubLessons {
  url: string;
  /** When it was learnt, in ms since the epoch. */
  at: number;
}

/** What is remembered of the hub at `url`; `now` in ms since the epoch. */
export async function loadLessons(
  path: string,
  url: string,
  now: number,
): Promise<HubLessons | undefined> {
  return (await load(path, now)).find((row) => row.url === url);
}

/**
 * Remembers lessons about the hub at `url`, `undefined` = there are none. What is known already keeps
 * the day on which it was learnt.
 */
export async function saveLessons(
  path: string,
  about: { url: string; lessons: HubLessons | undefined; now: number },
): Promise<void> {
  const { url, lessons, now } = about;
  const rows = await load(path, now);
  const before = rows.find((row) => row.url === url);
  const same = before?.most === lessons?.most && before?.unproven === lessons?.unproven;
  if (same) return;
  const after = rows.filter((row) => row !== before);
  if (lessons !== undefined) after.push({ url, at: now, ...lessons });
  const texts = after.map(({ url, at, most, unproven }) =>
    JSON.stringify([url, at, most, unproven])
  );
  const body = function* () {
    yield `"hubs":`;
    yield* list(texts);
  };
  // Where it can't be written, the next run finds out again.
  await writeFileAtomic(path, seal(KIND, body()), { durable: false, mode: 0o600 }).catch(() => {});
}

async function load(path: string, now: number): Promise<Row[]> {
  const opened = await openSealed(path, KIND).catch(() => undefined);
  const rows = opened?.state === "sound" ? opened.value["hubs"] : undefined;
  return (Array.isArray(rows) ? rows : []).flatMap((row) => {
    const [url, at, most, unproven] = Array.isArray(row) ? row : [];
    const isOne = typeof url === "string" && Number.isSafeInteger(at) &&
      Number.isSafeInteger(most) && most >= 0 && typeof unproven === "boolean";
    return isOne && Math.abs(now - at) < REMEMBERED_MS ? [{ url, at, most, unproven }] : [];
  });
}
