/**
 * What a sync needs of whoever has its packages: a hub, or one address of a ZIP.
 *
 * @module
 */
import type { Catalog, CatalogEntry } from "../types.ts";
import type { PackageHead } from "./package_head.ts";
import type { RemotePackage } from "./remote_package.ts";

/** Somebody who has packages. Disposing of it ends the requests that are under way. */
export interface DataHub extends Disposable {
  /** Its address, fit for a log. */
  readonly url: string;
  /** What it has; with `hurry` it is asked once, and has to begin its answer soon. */
  catalog(signal?: AbortSignal, options?: { hurry?: boolean }): Promise<Catalog>;
  /** The package of a dataset. */
  package(entry: CatalogEntry | { name: string }): RemotePackage;
  /** Takes note of a package that is now in the folder and recorded. */
  placed?(what: PlacedPackage): Promise<void>;
}

/** A package that was placed. */
export interface PlacedPackage {
  /** The head of the answer that brought its directory. */
  head: PackageHead;
  /** Its length in bytes. */
  total: number;
  /** The version text that was recorded. */
  version: string | null;
}
