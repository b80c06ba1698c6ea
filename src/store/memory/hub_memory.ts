/**
 * What a dataset's runs remember about its hubs: how they answer range requests, so that each run
 * needn't be refused to find out, and their pace, so that the first plan isn't a guess.
 *
 * Guarantees: what comes back was written within {@linkcode REMEMBERED_MS}: a hub that has learnt to
 * answer ranges is noticed after that. A file that is missing, damaged or from another program is an
 * empty memory. Nothing depends on it but the number of requests.
 *
 * @module
 */
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { list, openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import { DISK } from "../../messages/disk.ts";

/** What is remembered of a hub. */
export interface HubLessons {
  /** Set if it doesn't answer ranges as hubs are assumed to. */
  answers?: RangeAnswers;
  pace?: MeasuredPace;
}

/** How a hub answers ranges. */
interface RangeAnswers {
  /** The most ranges it accepts per request; 0 = it supports none. */
  most: number;
  /** Whether its answers don't say which bytes they hold. */
  unlabelled: boolean;
}

/** A hub's measured latency and speed. */
interface MeasuredPace {
  /** From a request to its first byte. */
  roundTripMs: number;
  bytesPerMs: number;
}

/**
 * A week: being refused again costs a few requests, or one whole package from a hub without ranges.
 */
export const REMEMBERED_MS: number = 7 * 24 * 3_600_000;

const KIND: SealKind = { what: DISK.memory_of_hubs(), format: 1 };

interface Row extends HubLessons {
  url: string;
  /** When the answers were learnt, or else the pace, in ms since the epoch. */
  at: number;
}

/** A smaller relative change in pace isn't saved. */
const SAME_PACE = 0.1;

/** What is remembered of the hub at `url`; `now` in ms since the epoch. */
export async function loadLessons(
  path: string,
  url: string,
  now: number,
): Promise<HubLessons | undefined> {
  const { answers, pace } = (await load(path, now)).find((row) => row.url === url) ?? {};
  return answers ?? pace ? { ...(answers && { answers }), ...(pace && { pace }) } : undefined;
}

/**
 * Remembers lessons about the hub at `url`. What is known of its answers already keeps the day on
 * which it was learnt.
 */
export async function saveLessons(
  path: string,
  about: { url: string; lessons: HubLessons; now: number },
): Promise<void> {
  const { url, lessons, now } = about;
  const rows = await load(path, now);
  const before = rows.find((row) => row.url === url);
  const { answers, pace = before?.pace } = lessons;
  const sameAnswers = before?.answers?.most === answers?.most &&
    before?.answers?.unlabelled === answers?.unlabelled;
  if (sameAnswers && isAlike(before?.pace, pace)) return;
  const after = rows.filter((row) => row !== before);
  const at = sameAnswers && answers !== undefined ? before!.at : now;
  if (answers ?? pace) after.push({ url, at, ...(answers && { answers }), ...(pace && { pace }) });
  const texts = after.map(({ url, at, answers, pace }) =>
    JSON.stringify([
      url,
      at,
      answers?.most ?? null,
      answers?.unlabelled ?? false,
      ...(pace ? [pace.roundTripMs, pace.bytesPerMs] : []),
    ])
  );
  const body = function* () {
    yield `"hubs":`;
    yield* list(texts);
  };
  // If it can't be written, the next run finds out again.
  const options = { durable: false, mode: 0o600, inPlace: true };
  await writeFileAtomic(path, seal(KIND, body()), options).catch(() => {});
}

async function load(path: string, now: number): Promise<Row[]> {
  const opened = await openSealed(path, KIND).catch(() => undefined);
  const rows = opened?.state === "sound" ? opened.value["hubs"] : undefined;
  return (Array.isArray(rows) ? rows : []).flatMap((row) => {
    const [url, at, most, unlabelled, roundTripMs, bytesPerMs] = Array.isArray(row) ? row : [];
    if (typeof url !== "string" || !Number.isSafeInteger(at)) return [];
    if (Math.abs(now - at) >= REMEMBERED_MS) return [];
    const isAnswers = Number.isSafeInteger(most) && most >= 0 && typeof unlabelled === "boolean";
    const isPace = isPositive(roundTripMs) && isPositive(bytesPerMs);
    return [{
      url,
      at,
      ...(isAnswers && { answers: { most, unlabelled } }),
      ...(isPace && { pace: { roundTripMs, bytesPerMs } }),
    }];
  });
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function isAlike(one: MeasuredPace | undefined, other: MeasuredPace | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const differ = (a: number, b: number) => Math.abs(a - b) > SAME_PACE * Math.max(a, b);
  return !differ(one.roundTripMs, other.roundTripMs) && !differ(one.bytesPerMs, other.bytesPerMs);
}
