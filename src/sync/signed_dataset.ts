/**
 * What a dataset that has to be signed asks of a hub's catalog.
 *
 * Guarantees: pure; a catalog passes only if one of the dataset's own keys, or else of the hub's, has
 * signed it, and if it says of the dataset all that leads to bytes: package, length, digests.
 *
 * @module
 */
import type { DatasetConfig } from "../config/config.ts";
import { HubError } from "../errors.ts";
import { keyFingerprint } from "../trust/keys.ts";
import type { Catalog } from "../types.ts";
import { SYNC } from "../messages/sync.ts";

type Keys = { publicKeys?: readonly string[] };

/** The keys of which one has to have signed; none = nobody has to. */
function keysFor(dataset: DatasetConfig, { publicKeys = [] }: Keys): readonly string[] {
  return dataset.source === undefined ? dataset.publicKeys ?? publicKeys : [];
}

/** Whether a dataset has to be signed. */
export function isSigned(dataset: DatasetConfig, keys: Keys): boolean {
  return keysFor(dataset, keys).length > 0;
}

/** Why a catalog isn't to be used for a dataset; `undefined` = it is. */
export function refuseUnsigned(
  { signed, entries }: Catalog,
  { dataset, hubKeys = [] }: { dataset: DatasetConfig; hubKeys: readonly string[] | undefined },
): HubError | undefined {
  const { name } = dataset;
  const keys = keysFor(dataset, { publicKeys: hubKeys });
  if (keys.length === 0) return undefined;
  if (!signed?.by.some((key) => keys.includes(key))) {
    return new HubError("untrusted", SYNC.not_signed_for({ name }), {
      expected: keys.map(keyFingerprint).join(" or "),
      found: signed?.by.map(keyFingerprint).join(" and ") || "no such signature",
      hint: SYNC.look_at_public_key(),
    });
  }
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined || entry.ready === false) return undefined;
  if (entry.fingerprint && entry.digests && entry.packageSize > 0) return undefined;
  return new HubError("untrusted", SYNC.signed_without_content({ name }), {
    expected: "fingerprint, package_size and digests",
    found: Object.keys(entry).join(", "),
    hint: SYNC.pack_signed_again(),
  });
}
