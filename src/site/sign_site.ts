/**
 * Signs a site's catalog: `api/datasets.signed`, beside the plain one.
 *
 * Guarantees: the counter rises with every signature, even if the site's files were lost: it is the
 * time in seconds, or one more than the last counter. Datasets that weren't packed in this run are
 * signed as they were signed before, not as the plain catalog now lists them: changing that file gets
 * nobody a signature. The signer holds the site's lock.
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

/** Options for signing a site. */
interface SignOptions {
  /** One key, or two while one replaces the other. */
  keys: readonly SigningKey[];
  /** How long the signature is valid, in ms. */
  validMs: number;
  /** Datasets that were packed in this run: the plain catalog lists them as this program wrote them. */
  packed: readonly string[];
  clock: Clock;
  durable?: boolean;
}

/** The result of signing. Times are in ms since the epoch. */
export interface Signature {
  counter: number;
  expiresAt: number;
  /** Whether a new signature was written. */
  changed: boolean;
  /** Datasets of the plain catalog that are signed differently, or not at all. */
  differing: string[];
}

type Dataset = Record<string, unknown>;

/**
 * Signs a site. If the datasets are unchanged, it signs again only after a third of the validity, or
 * if the old signature is valid for longer than asked. Throws StoreError.
 */
export async function signSite(dir: string, options: SignOptions): Promise<Signature> {
  return await sign(dir, options, false);
}

/** Renews the expiry of an earlier signature. Throws StoreError, and HubError for another key's. */
export async function resignSite(
  dir: string,
  options: Omit<SignOptions, "packed">,
): Promise<Signature> {
  return await sign(dir, { ...options, packed: [] }, true);
}

async function sign(dir: string, options: SignOptions, again: boolean): Promise<Signature> {
  const { keys, validMs, packed, clock, durable = true } = options;
  const paths = openSite(dir);
  // A folder that isn't a site stays untouched.
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

/** The catalog that one of these keys has signed before. Throws HubError for another key's. */
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
  // A longer validity was asked for then, or the clock was ahead.
  return leftMs > validMs * 2 / 3 && leftMs <= validMs;
}
