/**
 * The interface of a source of packages: a hub, or the address of one ZIP.
 *
 * @module
 */
import type { Catalog, ListedDataset } from "../types.ts";
import type { PackageHead } from "./answer/package_head.ts";
import type { RemotePackage } from "./remote_package.ts";

/** A source of packages. Disposing of it aborts its requests. */
export interface DataHub extends Disposable {
  /** Its address, fit for a log. */
  readonly url: string;
  /** The list of its datasets; with `hurry` it is requested once, and must start to arrive soon. */
  catalog(signal?: AbortSignal, options?: { hurry?: boolean }): Promise<Catalog>;
  /** The package of a dataset, or with `url` another file of it: a patch, a list of digests. */
  package(listed: ListedDataset | { name: string }, url?: string): RemotePackage;
  /** Remembers a package that is now live and recorded. */
  published?(what: PublishedPackage): Promise<void>;
}

/** A package that was published. */
export interface PublishedPackage {
  /** The head of the answer that brought its directory. */
  head: PackageHead;
  /** Its length in bytes. */
  total: number;
  /** The version text that was recorded. */
  version: string | null;
}
