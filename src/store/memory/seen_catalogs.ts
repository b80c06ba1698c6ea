/**
 * Which signed catalogs were accepted here, by key: the highest counter, and when. It lies beside the
 * state.
 *
 * Guarantees: a counter is never lowered, also by two runs at once. A file that was removed is an empty
 * memory, as on a new machine; one that is damaged is an error, since what it held can't be known.
 *
 * @module
 */
import { StoreError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { waitForLock } from "../../fs/file_lock.ts";
import { list, openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import type { AcceptedCatalog, SeenCatalogs } from "../../trust/catalog_trust.ts";
import { isPublicKey } from "../../trust/keys.ts";
import { DISK } from "../../messages/disk.ts";

const KIND: SealKind = { what: DISK.memory_of_signed_catalogs(), format: 1 };
/** A run that only has the same catalog again is noted this often. */
const NOTE_AGAIN_MS = 60_000;

/** Where the memory lies, by the state's path. */
export function seenPathFor(statePath: string): string {
  return `${statePath}.signed`;
}

/** The memory beside a state. */
export class SeenFile implements SeenCatalogs {
  readonly path: string;

  constructor(statePath: string) {
    this.path = seenPathFor(statePath);
  }

  /** What was accepted so far. Throws StoreError. */
  async load(): Promise<Map<string, AcceptedCatalog>> {
    const opened = await openSealed(this.path, KIND);
    if (opened.state === "missing") return new Map();
    const rows = opened.state === "sound" ? opened.value["keys"] : undefined;
    if (!Array.isArray(rows)) throw damaged(this.path);
    return new Map(rows.map((row) => {
      const [key, counter, at] = Array.isArray(row) ? row : [];
      const fits = typeof key === "string" && isPublicKey(key) &&
        [counter, at].every(Number.isSafeInteger);
      if (!fits) throw damaged(this.path);
      return [key, { counter, at }];
    }));
  }

  /** Notes what was accepted. Throws StoreError, LockedError. */
  async note(keys: readonly string[], { counter, at }: AcceptedCatalog): Promise<void> {
    const isNews = (seen: AcceptedCatalog | undefined) =>
      seen === undefined || seen.counter < counter || at - seen.at >= NOTE_AGAIN_MS;
    const before = await this.load();
    if (!keys.some((key) => isNews(before.get(key)))) return;
    using _lock = await waitForLock(`${this.path}.lock`);
    const all = await this.load();
    for (const key of keys) {
      const { counter: highest = 0 } = all.get(key) ?? {};
      all.set(key, { counter: Math.max(counter, highest), at });
    }
    const rows = [...all].map(([key, seen]) => JSON.stringify([key, seen.counter, seen.at]));
    const body = function* () {
      yield `"keys":`;
      yield* list(rows);
    };
    await writeFileAtomic(this.path, seal(KIND, body()), { mode: 0o600 });
  }
}

function damaged(path: string): StoreError {
  return new StoreError("bad_format", DISK.seen_unreadable({ path }), {
    path,
    hint: DISK.remove_seen(),
  });
}
