/**
 * Signs a site's catalog: `api/datasets.signed`, beside the plain one.
 *
 * Guarantees: the counter rises with every signature, also on a site whose files were lost: it is the
 * time in seconds, or one more than the last. What wasn't packed in this run is signed as it was signed
 * before, not as the plain catalog now says: whoever could change that one gets no signature by it.
 * Whoever signs holds the site's lock.
 *
 * @module
 */
import { dirname } from "node:path";
import { HubError, StoreError } from "../errors.ts";
import { waitForLock } from "../fs/file_lock.ts";
import { flushDirectories } from "../fs/flush.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { readOwnText } from "../fs/own_file.ts";
import { makeEnvelope, openEnvelope, parseEnvelope } from "../trust/envelope.ts";
import { ownCommand } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";
import type { SigningKey } from "../trust/keys.ts";
import {
  parseSignedCatalog,
  type SignedCatalog,
  signedCatalogText,
} from "../trust/signed_catalog.ts";
import type { Clock } from "../types.ts";
import { PACK } from "../messages/pack.ts";
import { statOf, writePublicFile } from "./public_file.ts";
import { readSiteCatalog } from "./site_catalog.ts";
import { openSite } from "./open_site.ts";
import { LOCK_WAIT_MS } from "./site_paths.ts";

/** How a site is signed. */
interface SignOptions {
  /** One key, or two while one replaces the other. */
  keys: readonly SigningKey[];
  /** How long the signature is good for, in ms. */
  validMs: number;
  /** Datasets that were packed in this run; their plain entries are this program's own. */
  packed: readonly string[];
  clock: Clock;
  durable?: boolean;
}

/** What was signed. Times are in ms since the epoch. */
export interface Signature {
  counter: number;
  expiresAt: number;
  /** Whether a new signature was written. */
  changed: boolean;
  /** Datasets of the plain catalog that are signed otherwise, or not at all. */
  differing: string[];
}

type Dataset = Record<string, unknown>;

/**
 * Signs a site; with the same datasets only when a third of the time has passed, or more is left than is
 * wanted. Throws StoreError.
 */
export async function signSite(dir: string, options: SignOptions): Promise<Signature> {
  return await sign(dir, options, false);
}

/** Renews the expiry of what was signed before. Throws StoreError, and HubError for another's. */
export async function resignSite(
  dir: string,
  options: Omit<SignOptions, "packed">,
): Promise<Signature> {
  return await sign(dir, { ...options, packed: [] }, true);
}

async function sign(dir: string, options: SignOptions, again: boolean): Promise<Signature> {
  const { keys, validMs, packed, clock, durable = true } = options;
  const paths = openSite(dir);
  // Nothing is made in a folder that isn't a site.
  if (again && await statOf(paths.work) === undefined) throw nothingToRenew(dir);
  using _lock = await waitForLock(paths.lock, LOCK_WAIT_MS);
  const plain = await readSiteCatalog(paths.catalog);
  const before = await signedBefore(paths.signed, keys);
  if (again && before === undefined) throw nothingToRenew(dir);
  const signedOf = new Map(
    before?.catalog.datasets.map((one) => [String((one as Dataset)["name"]), one as Dataset]),
  );
  const datasets = again ? [...signedOf.values()] : [...plain.values()].map((entry) => {
    const name = String(entry["name"]);
    return packed.includes(name) ? entry : signedOf.get(name) ?? entry;
  });
  const differing = [...plain.values()]
    .filter((entry) => !datasets.some((one) => JSON.stringify(one) === JSON.stringify(entry)))
    .map((entry) => String(entry["name"]));
  const now = clock();
  if (!again && before !== undefined && isFresh(before, { keys, datasets, now, validMs })) {
    const { counter, expiresAt } = before.catalog;
    return { counter, expiresAt, changed: false, differing };
  }
  const counter = Math.max((before?.catalog.counter ?? 0) + 1, Math.floor(now / 1000));
  const expiresAt = now + validMs;
  const payload = signedCatalogText({ counter, signedAt: now, expiresAt, datasets });
  await writePublicFile(paths.signed, await makeEnvelope(payload, keys), { durable, now });
  if (durable) await flushDirectories([dirname(paths.signed)]);
  return { counter, expiresAt, changed: true, differing };
}

function nothingToRenew(dir: string): StoreError {
  return new StoreError("io", PACK.nothing_to_renew({ path: dir }), {
    path: dir,
    hint: PACK.sign_first({
      command: ownCommand(`pack FOLDER --output ${shellWord(dir)} --sign KEY`),
    }),
  });
}

interface SignedBefore {
  catalog: SignedCatalog;
  /** Every key in the envelope. */
  by: string[];
}

/** What one of these keys has signed before. Throws HubError for another's signature. */
async function signedBefore(
  path: string,
  keys: readonly SigningKey[],
): Promise<SignedBefore | undefined> {
  const read = () => readOwnText(path);
  const text = await ifThereAsync(read, { path, to: PACK.read_signed() });
  if (text === undefined) return undefined;
  const envelope = parseEnvelope(text);
  const by = envelope.signatures.map(({ key }) => key);
  const own = keys.map(({ publicKey }) => publicKey);
  try {
    const { payload } = await openEnvelope(envelope, own);
    return { catalog: parseSignedCatalog(payload), by };
  } catch (cause) {
    throw new HubError("untrusted", PACK.other_signature({ path }), {
      path,
      hint: PACK.sign_with_both(),
      cause,
    });
  }
}

function isFresh(
  { catalog, by }: SignedBefore,
  { keys, datasets, now, validMs }: {
    keys: readonly SigningKey[];
    datasets: Dataset[];
    now: number;
    validMs: number;
  },
): boolean {
  if (by.length !== keys.length || !keys.every(({ publicKey }) => by.includes(publicKey))) {
    return false;
  }
  if (JSON.stringify(catalog.datasets) !== JSON.stringify(datasets)) return false;
  const leftMs = catalog.expiresAt - now;
  // One that is good for longer was made for longer, or while the clock was ahead.
  return leftMs > validMs * 2 / 3 && leftMs <= validMs;
}
