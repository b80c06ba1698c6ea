/**
 * Opens the sources of packages: the configuration's hubs, and the addresses of datasets that have
 * their own.
 *
 * Guarantees: a dataset's token, headers and authorities are used for its addresses only, the hub's
 * for the hub only; bandwidth is one limit for all. What is recorded about a package lies in its
 * dataset's work folder.
 *
 * @module
 */
import { given } from "../given.ts";
import type { Config } from "../config/config.ts";
import type { DatasetConfig, SourceConfig } from "../config/dataset_config.ts";
import { processEnvironment } from "../environment.ts";
import { limitAt, Throttle } from "../hub/request/throttle.ts";
import type { DataHub } from "../hub/data_hub.ts";
import { HubClient } from "../hub/hub_client.ts";
import type { OriginOptions } from "../hub/request/open_transport.ts";
import { proxyFor } from "../hub/route/proxy.ts";
import type { OnRetry } from "../hub/retry/retry.ts";
import { sleep } from "../hub/retry/sleep.ts";
import { createFetch, type OwnedFetch } from "../hub/tls/tls.ts";
import { UrlSource } from "../hub/url_source.ts";
import { resolveLayout } from "../store/layout.ts";
import { loadTaken, saveTaken } from "../store/memory/url_memory.ts";
import { VERSION } from "../version.ts";
import { signedCatalogs } from "./signed_catalogs.ts";

/** The sources of packages. */
export interface Sources extends Disposable {
  /** The configuration's hubs; none where every dataset has its own address. */
  hubs: readonly DataHub[];
  /** The sources of a dataset; the same list for every dataset of the hubs. */
  hubsOf(dataset: DatasetConfig): readonly DataHub[];
}

/** Options for opening sources. */
export interface SourceOptions {
  /** The `fetch` for whatever has no authorities of its own. */
  fetch: OwnedFetch["fetch"];
  /** Called before a catalog is requested again. */
  onCatalogRetry?: OnRetry;
  /** Bypasses the environment's proxies. */
  direct?: boolean;
  /** Where the state is; the signed catalogs that were seen are remembered beside it, or nowhere. */
  statePath?: string;
  /** Whether to remember which signed catalogs were seen: a sync does, a look doesn't. */
  notesSigned?: boolean;
}

/** Opens a configuration's sources. Throws HubError (a bad `ca_file`). */
export function openSources(config: Config, options: SourceOptions): Sources {
  const { hub, sync, datasets } = config;
  const byHour = (sync.bandwidthHours?.length ?? 0) > 0;
  const bytesPerSecond = byHour ? () => limitAt(sync, new Date()) : sync.bandwidthLimit;
  const bandwidth = byHour || sync.bandwidthLimit > 0
    ? new Throttle({ bytesPerSecond, clock: Date.now, sleep })
    : undefined;
  const shared: Omit<OriginOptions, "timeoutMs"> = {
    fetch: options.fetch,
    clock: Date.now,
    random: Math.random,
    sleep,
    leastSpeed: hub.leastSpeed,
    timezone: hub.timezone,
    retries: hub.retries,
    allowHosts: hub.allowHosts,
    proxyOf: (url) => options.direct ? undefined : proxyFor(url.href, processEnvironment),
    ...given({ onRetry: options.onCatalogRetry, bandwidth }),
    userAgent: `DataHubSync/${VERSION}`,
  };
  const signed = signedCatalogs(config, options);
  const hubs = hub.urls.map((baseUrl) =>
    new HubClient({
      ...shared,
      baseUrl,
      timeoutMs: hub.timeout * 1000,
      ...(hub.token !== undefined && { token: hub.token }),
      headers: hub.headers,
      allowOtherOrigin: hub.allowOtherOrigin,
      ...given({ signed, section: hub.section }),
    })
  );
  const fetches = new Map<string, OwnedFetch>();
  const own = new Map<string, UrlSource[]>();
  const close = (): void => {
    const opened: Disposable[] = [...hubs, ...[...own.values()].flat(), ...fetches.values()];
    for (const one of opened) one[Symbol.dispose]();
  };
  try {
    for (const dataset of datasets) {
      const { source } = dataset;
      if (source === undefined) continue;
      const fetch = source.caFile === undefined
        ? options.fetch
        : fetchWith(source.caFile, fetches, options).fetch;
      own.set(dataset.name, openUrls(dataset, source, { ...shared, fetch }, hub.timeout));
    }
  } catch (error) {
    close();
    throw error;
  }
  return { hubs, hubsOf: ({ name }) => own.get(name) ?? hubs, [Symbol.dispose]: close };
}

function fetchWith(
  caFile: string,
  fetches: Map<string, OwnedFetch>,
  { direct = false }: SourceOptions,
): OwnedFetch {
  let fetch = fetches.get(caFile);
  if (fetch === undefined) fetches.set(caFile, fetch = createFetch({ caFile, direct }));
  return fetch;
}

function openUrls(
  { name, localDir }: DatasetConfig,
  { urls, headers, token, timeout, section }: SourceConfig,
  shared: Omit<OriginOptions, "timeoutMs">,
  usualTimeout: number,
): UrlSource[] {
  const taken = async (): Promise<string> => (await resolveLayout(localDir)).taken;
  return urls.map((fileUrl) =>
    new UrlSource({
      ...shared,
      name,
      fileUrl,
      timeoutMs: (timeout ?? usualTimeout) * 1000,
      headers,
      ...given({ token, section }),
      // If something is wrong with the folder, the sync will report it.
      recall: () => taken().then(loadTaken).catch(() => undefined),
      remember: async (what) => await saveTaken(await taken(), what),
    })
  );
}
