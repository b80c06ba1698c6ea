/**
 * Requests the catalog from the hubs in order.
 *
 * @module
 */
import type { DatasetConfig } from "../config/dataset_config.ts";
import { InterruptedError } from "../errors.ts";
import type { DataHub } from "../hub/data_hub.ts";
import { askCatalog, findAnswering, type Source, sourcesOf } from "../sync/hubs/sources.ts";
import type { RunContext } from "../sync/sync_context.ts";
import type { Engine } from "./open_engine.ts";

/** The part of a run's context that this needs. */
type CatalogContext = Pick<RunContext, "signal" | "reporter" | "clock">;

/** A hub that gave its catalog. */
type Answering = Required<Pick<Source, "hub" | "traits" | "catalog">>;

/**
 * The first catalog that a hub gives, and that hub. Throws HubError (the first hub's) if none does,
 * InterruptedError.
 */
export async function firstCatalog(
  hubs: readonly DataHub[],
  { signal, reporter, clock }: CatalogContext,
): Promise<Answering> {
  const sources = sourcesOf(hubs);
  await findAnswering(sources, { signal, reporter, clock });
  for (const source of sources) {
    if (signal.aborted) break;
    await askCatalog(source, { signal, reporter, clock, sources });
    const { hub, traits, catalog } = source;
    if (catalog !== undefined) return { hub, traits, catalog };
  }
  if (!signal.aborted) throw sources[0]?.failure;
  throw new InterruptedError("interrupted", { cause: signal.reason });
}

/** Requests catalogs, once per list of hubs: all datasets of the configuration's hubs share one. */
export class Catalogs {
  readonly #hubsOf: Engine["hubsOf"];
  readonly #context: CatalogContext;
  readonly #asked = new Map<readonly DataHub[], Promise<Answering>>();

  constructor(hubsOf: Engine["hubsOf"], context: CatalogContext) {
    this.#hubsOf = hubsOf;
    this.#context = context;
  }

  /** The catalog for a dataset, and its hub. Throws as {@linkcode firstCatalog}. */
  of(dataset: DatasetConfig): Promise<Answering> {
    const hubs = this.#hubsOf(dataset);
    let asked = this.#asked.get(hubs);
    if (asked === undefined) this.#asked.set(hubs, asked = firstCatalog(hubs, this.#context));
    return asked;
  }
}
