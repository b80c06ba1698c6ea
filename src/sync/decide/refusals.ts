/**
 * What a sync refuses before it looks at a package: a pinned dataset, whose link stays where somebody
 * has put it; a folder whose disk isn't mounted, so as not to fill the one below; a catalog that isn't
 * signed as the dataset asks.
 *
 * Guarantees: a catalog passes only if one of the dataset's own keys, or else of the hub's, has signed
 * it, and if it says of the dataset all that leads to bytes: package, length, digests.
 *
 * @module
 */
import { HubError, StoreError } from "../../errors.ts";
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../../store/layout.ts";
import { pinned } from "../../store/snapshot/rollback.ts";
import { liveVersion } from "../../store/snapshot/versions.ts";
import type { Catalog, DatasetResult } from "../../types.ts";
import type { DatasetJob, SyncContext } from "../sync_context.ts";
import { SYNC } from "../../messages/sync.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { checkLocation, rememberLocation } from "../../store/memory/locations.ts";
import { keyFingerprint } from "../../trust/keys.ts";

/** Whether the dataset is pinned, which `result` then says. Throws StoreError for a repair. */
export function refusePinned(
  layout: Layout,
  { dataset, facts }: Pick<DatasetJob, "dataset" | "facts">,
  result: DatasetResult,
): boolean {
  const pin = pinned(layout);
  if (pin === undefined) return false;
  const name = shellWord(dataset.name);
  const [live, off] = [liveVersion(layout)!, ownCommand(`pin ${name} --off`)];
  // The pin is written first: a command that was killed may have left the other version live.
  const isLive = live === pin;
  const pinnedTo = SYNC.pinned_to({ pin });
  const said = isLive ? pinnedTo : SYNC.pinned_not_reached({ pinned: pinnedTo, live });
  const hint = isLive
    ? SYNC.to_go_on({ command: off })
    : SYNC.to_finish({ command: ownCommand(`pin ${name} ${pin}`), off });
  if (facts !== undefined) {
    throw new StoreError("wrong_type", SYNC.isnt_repaired({ name: dataset.name, said }), { hint });
  }
  result.error = SYNC.not_synced({ said });
  result.hint = hint;
  return true;
}

/** Throws StoreError `not_mounted`, unless `force`; notes where the folder lies now. */
export async function refuseOtherDisk(
  layout: Layout,
  job: { dataset: DatasetConfig; statePath: string },
  { force, configPath }: Pick<SyncContext, "force" | "configPath">,
): Promise<void> {
  if (force) return;
  const { dataset: { name }, statePath } = job;
  const startOver = ownCommand(`sync --force -d ${shellWord(name)}`, { config: configPath });
  const isNew = await checkLocation(layout, { name, statePath, startOver });
  if (isNew) await rememberLocation(layout, { name, statePath });
}

type Keys = Pick<SyncContext, "publicKeys">;

/** The keys of which one has to have signed; none = nobody has to. */
function keysFor(dataset: DatasetConfig, { publicKeys }: Keys): readonly string[] {
  return dataset.source === undefined ? dataset.publicKeys ?? publicKeys : [];
}

/** Whether a dataset has to be signed. */
export function mustBeSigned(dataset: DatasetConfig, keys: Keys): boolean {
  return keysFor(dataset, keys).length > 0;
}

/** Why a catalog isn't to be used for a dataset; `undefined` = it is. */
export function refuseUnsigned(
  { signed, entries }: Catalog,
  dataset: DatasetConfig,
  hubKeys: Keys,
): HubError | undefined {
  const { name } = dataset;
  const keys = keysFor(dataset, hubKeys);
  if (keys.length === 0) return undefined;
  if (!signed?.by.some((key) => keys.includes(key))) {
    return new HubError("untrusted", SYNC.not_signed_for({ name }), {
      expected: keys.map(keyFingerprint).join(" or "),
      found: signed?.by.map(keyFingerprint).join(" and ") || "no such signature",
      hint: SYNC.look_at_public_key(),
    });
  }
  const listed = entries.find((one) => one.name === name);
  if (listed === undefined || listed.ready === false) return undefined;
  if (listed.fingerprint && listed.digests && listed.packageSize > 0) return undefined;
  return new HubError("untrusted", SYNC.signed_without_content({ name }), {
    expected: "fingerprint, package_size and digests",
    found: Object.keys(listed).join(", "),
    hint: SYNC.pack_signed_again(),
  });
}
