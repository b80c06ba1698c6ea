/**
 * Moves a package into the site's staging folder, ready to be renamed into place.
 *
 * Guarantees: the staged file has the stated length, and its SHA-256 was read from the staged file
 * itself. With `durable` it is being flushed, which takes as long as making a patch; await
 * {@linkcode Staged.stored} before renaming it. It isn't checked to be a ZIP.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { HubError, StoreError } from "../errors.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { flushAll } from "../fs/flush.ts";
import { openOwn } from "../fs/own_file.ts";
import type { Digest } from "../types.ts";
import { PACK } from "../messages/pack.ts";

/** A package to be staged. */
export interface StageInput {
  /** The complete file; it is moved. */
  packageFile: string;
  /** Its length in bytes. */
  total: number;
  /** The digest that the upstream announced. */
  digest?: Digest | undefined;
}

/** A staged package: disposing of it removes it unless it was renamed. */
export interface Staged extends AsyncDisposable {
  /** Where it is until it is renamed. */
  path: string;
  /** In lower-case hex. */
  sha256: string;
  /** Resolves when it is stored on the disk. Rejects with a StoreError. */
  stored: Promise<void>;
}

const PIECE = 1 << 20;

/** Stages a package in the run's own `folder`. Throws StoreError, and HubError `changed` for a wrong digest. */
export async function stagePackage(
  folder: string,
  input: StageInput,
  options: { durable: boolean },
): Promise<Staged> {
  const { packageFile, total, digest } = input;
  const path = join(folder, `${crypto.randomUUID()}.tmp`);
  let flushed = Promise.resolve();
  const dispose = async () => {
    await flushed.catch(() => {});
    await Deno.remove(path).catch(() => {});
  };
  try {
    await checkLength(packageFile, total);
    // A copy follows links, but nobody can have made one by this name.
    if (!await moved(packageFile, path)) await Deno.copyFile(packageFile, path);
    await checkLength(path, total);
    if (options.durable) flushed = flushAll([path]);
    flushed.catch(() => {}); // thrown where it is waited for
    const sha256 = await sha256Of(path);
    if (digest?.algorithm === "sha256" && digest.hex !== sha256) throw wrongDigest(digest, sha256);
    const stored = flushed.then(() => Deno.remove(packageFile).catch(() => {}));
    stored.catch(() => {});
    return { path, sha256, stored, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if (error instanceof HubError) throw error;
    throw diskError(error, packageFile, PACK.place_package());
  }
}

/** The SHA-256 of a file in lower-case hex, read in bounded memory. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(PIECE);
  using file = openOwn(path, { access: "read" });
  for (let count; (count = await file.read(buffer)) !== null;) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EXDEV") return false;
    throw error;
  }
}

async function checkLength(path: string, total: number): Promise<void> {
  const { size } = await Deno.stat(path);
  if (size === total) return;
  throw new StoreError("io", PACK.isnt_whole({ path }), {
    path,
    expected: total,
    found: size,
    hint: PACK.run_again(),
  });
}

function wrongDigest(digest: Digest, found: string): HubError {
  return new HubError("changed", PACK.other_sha256(), {
    expected: digest.hex,
    found,
    hint: PACK.not_placed(),
  });
}
