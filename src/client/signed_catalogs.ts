/**
 * Chooses how the signed catalogs of a configuration's hubs are checked.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { SignedCatalogs } from "../hub/hub_client.ts";
import { SeenFile } from "../store/memory/seen_catalogs.ts";
import { CatalogTrust, type SeenCatalogs } from "../trust/catalog_trust.ts";
import { parseEnvelope } from "../trust/envelope.ts";
import { parseSignedCatalog } from "../trust/signed_catalog.ts";
import type { Clock, SignedBy } from "../types.ts";

/** Options for checking. */
interface SignedOptions {
  /** Where the state is; accepted catalogs are remembered beside it. */
  statePath?: string;
  /** Whether to remember accepted catalogs. */
  notesSigned?: boolean;
  clock?: Clock;
}

/**
 * The check; `undefined` = the plain catalog is requested. A mirror without a key takes the signed one
 * if there is one, to pass it on, and trusts it no more than the plain one.
 */
export function signedCatalogs(
  config: Pick<Config, "hub" | "datasets" | "mirror">,
  { statePath, notesSigned = false, clock = Date.now }: SignedOptions,
): SignedCatalogs | undefined {
  const { hub, datasets, mirror } = config;
  const own = datasets.flatMap(({ source, publicKeys = [] }) => source ? [] : publicKeys);
  const keys = [...new Set([...hub.publicKeys, ...own])];
  if (keys.length === 0) return mirror === undefined ? undefined : HANDED_ON;
  const seen = statePath === undefined ? NOTHING_SEEN : new SeenFile(statePath);
  const trust = new CatalogTrust({ keys, clock, seen, remember: notesSigned });
  return { required: true, open: (text) => trust.open(text) };
}

/** Accepts any envelope. */
const HANDED_ON: SignedCatalogs = {
  required: false,
  open: (text): Promise<{ datasets: unknown[]; signed: SignedBy }> => {
    const { payload } = parseEnvelope(text);
    const { datasets, ...said } = parseSignedCatalog(payload);
    return Promise.resolve({ datasets, signed: { ...said, by: [], envelope: text } });
  },
};

/** The same, but a hub without a signature is an error. */
export const LOOKED_AT: SignedCatalogs = { ...HANDED_ON, required: true };

const NOTHING_SEEN: SeenCatalogs = {
  path: "",
  load: () => Promise.resolve(new Map()),
  note: () => Promise.resolve(),
};
