/**
 * Feeds broken catalogs, signed catalogs and lists of digests to their parsers: sound ones, changed at
 * random from a seed, each case another seed.
 *
 * Guarantees, or it throws with the case's seed: every case ends in a typed error, or in what the
 * owner signed, byte for byte; no case takes {@linkcode LONGEST_MS} of a processor's time.
 *
 * Usage: `deno run -A tests/fuzz.ts --trust [--cases 100000] [--seed 1] [--only CASE]`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../src/demo/seeded_random.ts";
import { ArchiveError, HubError } from "../src/errors.ts";
import { parseCatalog } from "../src/hub/catalog/catalog_parse.ts";
import { parseLoosely } from "../src/hub/catalog/loose_json.ts";
import { DigestList, EMPTY_DIGEST, makeDigestList } from "../src/trust/digest_list.ts";
import { makeEnvelope, openEnvelope, parseEnvelope } from "../src/trust/envelope.ts";
import { loadSigningKey, makeKeyFile } from "../src/trust/keys.ts";
import { parseSignedCatalog, signedCatalogText } from "../src/trust/signed_catalog.ts";
import { fuzzArgs } from "./fuzz_args.ts";
import { tempDir } from "./support/temp.ts";

/** The most time that one case may take, in ms. */
const LONGEST_MS = 5_000;

/** What a run came to. */
export interface TrustFuzzSummary {
  cases: number;
  /** Refusals by their code. */
  refused: Record<string, number>;
  /** Envelopes that were opened: with the owner's payload. */
  opened: number;
  /** Catalogs and lists that were read. */
  read: number;
  seconds: number;
}

const HEX = "0123456789abcdef".repeat(4);
const PIECES = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "\u0000",
  "\ud800",
  "9".repeat(30),
  "null",
];
const MORE = ['"payload":', '"signatures":[]', '{"key":1}', "ed25519:", "-1", "1e999", "\ufeff"];

/** Runs a number of cases. Throws what broke a promise. */
export async function fuzzTrust(
  { cases, seed = 1, from = 0 }: { cases: number; seed?: number; from?: number },
): Promise<TrustFuzzSummary> {
  const sound = await soundInputs();
  const summary: TrustFuzzSummary = { cases: 0, refused: {}, opened: 0, read: 0, seconds: 0 };
  const began = performance.now();
  for (let index = from; index < from + cases; index++) {
    const before = performance.now();
    try {
      await runCase(seededRandom(seed * 0x1000000 + index), sound, summary);
      assert(performance.now() - before < LONGEST_MS, "it took too long");
    } catch (cause) {
      throw new Error(`case ${index} of seed ${seed}`, { cause });
    }
    summary.cases++;
  }
  summary.seconds = Math.round((performance.now() - began) / 1000);
  return summary;
}

interface Sound {
  payload: string;
  envelope: string;
  key: string;
  catalog: string;
  list: Uint8Array;
}

async function soundInputs(): Promise<Sound> {
  await using temp = await tempDir();
  const key = await makeKeyFile(temp.at("key"));
  const list = (name: string) => ({ url: `digests/${name}/0.sha256`, size: 112, sha256: HEX });
  const datasets = ["bars", "数据"].map((name) => ({
    name,
    last_updated: "2026-11-26T08:00:00Z",
    package_ready: true,
    package_size: 1234,
    package_url: `package/${name}/0123456789abcdef.zip`,
    sha256: HEX,
    fingerprint: HEX,
    digests: { ...list(name), midstates: list(name) },
    patches: [{ from: HEX, to: HEX, url: "patch/x.patch", size: 12, sha256: HEX }],
  }));
  const times = { counter: 7, signedAt: Date.UTC(2026, 10, 1), expiresAt: Date.UTC(2026, 11, 1) };
  const payload = signedCatalogText({ ...times, datasets });
  const envelope = await makeEnvelope(payload, [await loadSigningKey(temp.at("key"))]);
  const digests = makeDigestList([EMPTY_DIGEST, EMPTY_DIGEST, EMPTY_DIGEST])!;
  return { payload, envelope, key, catalog: JSON.stringify({ datasets }), list: digests };
}

async function runCase(
  random: () => number,
  sound: Sound,
  summary: TrustFuzzSummary,
): Promise<void> {
  const refused = (error: unknown): void => {
    if (!(error instanceof HubError || error instanceof ArchiveError)) throw error;
    summary.refused[error.code] = (summary.refused[error.code] ?? 0) + 1;
  };
  try {
    const envelope = parseEnvelope(mutated(sound.envelope, random));
    const { payload } = await openEnvelope(envelope, [sound.key]);
    assert.equal(payload, sound.payload, "only what was signed is opened");
    summary.opened++;
  } catch (error) {
    refused(error);
  }
  try {
    const { counter, signedAt, expiresAt } = parseSignedCatalog(mutated(sound.payload, random));
    assert(Number.isSafeInteger(counter) && counter > 0 && signedAt < expiresAt);
  } catch (error) {
    refused(error);
  }
  try {
    const { value } = parsedOrRefused(mutated(sound.catalog, random));
    const { datasets } = parseCatalog(value, { timezone: "UTC" });
    for (const { digests, packageSize } of datasets) {
      assert(Number.isSafeInteger(packageSize) && packageSize >= 0);
      for (const list of [digests, digests?.midstates]) {
        if (list !== undefined) assert(/^[0-9a-f]{64}$/.test(list.sha256) && list.size > 0);
      }
    }
    summary.read++;
  } catch (error) {
    refused(error);
  }
  try {
    const entries = random() < 0.8 ? 3 : Math.floor(random() * 2 ** 31);
    const list = new DigestList(mutatedBytes(sound.list, random), entries);
    for (let index = 0; index < entries; index++) assert.match(list.of(index), /^[\w-]{43}$/);
    summary.read++;
  } catch (error) {
    refused(error);
  }
}

/** A text that is no JSON at all is refused by the caller of the loose parser. */
function parsedOrRefused(text: string): { value: unknown } {
  try {
    return parseLoosely(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HubError("not_json", error.message);
  }
}

function mutated(text: string, random: () => number): string {
  const pick = (most: number): number => Math.floor(random() * most);
  let result = text;
  for (let times = pick(4); times >= 0; times--) {
    const at = pick(result.length + 1);
    const pieces = [...PIECES, ...MORE, String.fromCharCode(pick(0x10000)), text.slice(at)];
    const piece = pieces[pick(pieces.length)]!;
    const gone = [0, 1, piece.length, pick(40), result.length][pick(5)]!;
    result = result.slice(0, at) + (random() < 0.3 ? "" : piece) + result.slice(at + gone);
  }
  return random() < 0.02 ? "[".repeat(pick(20_000)) + result : result;
}

function mutatedBytes(bytes: Uint8Array, random: () => number): Uint8Array {
  const pick = (most: number): number => Math.floor(random() * most);
  const result = bytes.slice(0, random() < 0.5 ? bytes.length : pick(bytes.length + 1));
  if (result.length > 0 && random() < 0.5) result[pick(result.length)] = pick(256);
  return random() < 0.1 ? new Uint8Array([...result, ...bytes]) : result;
}

/** Runs from a command line's words. */
export async function runFromArgs(args: string[]): Promise<void> {
  const { cases, seed, only = 0 } = fuzzArgs(args, 100_000);
  const { refused, ...rest } = await fuzzTrust({ cases, seed, from: only });
  console.log(JSON.stringify({ ...rest, refused }));
}
