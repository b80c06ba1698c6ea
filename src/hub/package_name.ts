/**
 * What a package's file name proves: `{dataset}_YYYYmmdd_HHMMSS.zip`.
 *
 * Guarantees: it names another dataset only for a name of exactly that form. A name of any other
 * form proves nothing, and the right name doesn't prove the right content.
 *
 * @module
 */

/** What a file name says about its package. */
export interface PackageName {
  /** The dataset that it names. */
  dataset: string;
  /** When it was built, `YYYYmmdd_HHMMSS` on the hub's clock. */
  stamp: string;
}

/** Takes `{dataset}_{stamp}.zip` apart; `null` for a name of any other form. */
export function parsePackageName(fileName: string | null): PackageName | null {
  const match = /^(.+)_(\d{8}_\d{6})\.zip$/is.exec(fileName ?? "");
  return match === null ? null : { dataset: match[1] ?? "", stamp: match[2] ?? "" };
}
