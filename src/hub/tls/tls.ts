/**
 * The `fetch` for hubs: which certificates it trusts, which proxy it takes, and that no silent
 * address of a host holds it up.
 *
 * Guarantees: further authorities are added to the machine's and Mozilla's and replace nothing;
 * certificates are always checked. Proxies come from `http_proxy`, `https_proxy` and `no_proxy`,
 * which Deno reads itself, for loopback hosts too: `direct` bypasses them.
 *
 * @module
 */
import { HubError, messageOf } from "../../errors.ts";
import type { Fetch } from "../../types.ts";
import { processEnvironment } from "../../environment.ts";
import { badAuthorities, readAuthorities } from "./authorities_file.ts";
import { HUB } from "../../messages/hub.ts";
import { PatientFetch } from "../route/patient_fetch.ts";
import { proxyFor } from "../route/proxy.ts";

const STORE = "DENO_TLS_CA_STORE";
const NO_PROXY_NAMES = ["no_proxy", "NO_PROXY"];

/** A part of `Deno.env`. */
interface Environment {
  /** The value of a variable. */
  get(name: string): string | undefined;
  /** Sets a variable. */
  set(name: string, value: string): void;
}

/**
 * Makes Deno trust the machine's own authorities beside Mozilla's, unless the environment decides.
 * Has to run before the first fetch: `deno compile` doesn't keep the setting it was built with.
 */
export function trustSystemStore(environment: Environment = Deno.env): void {
  if ((environment.get(STORE) ?? "") === "") environment.set(STORE, "system,mozilla");
}

/** Options for the `fetch`. */
export interface FetchOptions {
  /** PEM file with further certificate authorities. */
  caFile?: string;
  /**
   * Goes around the proxies of the environment for loopback hubs, which no proxy can reach. Needs
   * the right to the environment's `no_proxy` and `NO_PROXY`.
   */
  direct?: boolean;
  /** Idle connections kept for each host. */
  idleConnections?: number;
  /** Default: the process's. */
  env?: (name: string) => string | undefined;
}

/** A `fetch` with its connections. */
export interface OwnedFetch extends Disposable {
  /** `fetch`, or what stands in for it; of no use once this is disposed of. */
  fetch: Fetch;
}

/**
 * Makes a `fetch`; throws `HubError("tls")` when the file of authorities can't be used, or when the
 * environment wants every connection's keys written down.
 */
export function createFetch(options: FetchOptions = {}): OwnedFetch {
  const { caFile, direct = false, idleConnections = 8, env = processEnvironment } = options;
  refuseKeyLog(env);
  const given: Deno.CreateHttpClientOptions = {
    caCerts: caFile === undefined ? [] : [readAuthorities(caFile)],
    poolMaxIdlePerHost: idleConnections,
  };
  const create = (): Deno.HttpClient => Deno.createHttpClient(given);
  let client: Deno.HttpClient;
  try {
    client = direct ? excepting("localhost,127.0.0.1,::1", create) : create();
  } catch (cause) {
    if (caFile === undefined) {
      const found = messageOf(cause);
      throw new HubError("tls", HUB.store_unusable({ found }), {
        hint: HUB.correct_store(),
        cause,
      });
    }
    throw badAuthorities(caFile, messageOf(cause), cause);
  }
  const open = new DisposableStack();
  const fetchWith = (client: Deno.HttpClient): Fetch => {
    open.use(client);
    return (input, init) => fetch(input, { ...init, client });
  };
  const patient = open.use(
    new PatientFetch({
      fetch: fetchWith(client),
      fetchThrough: (url) =>
        fetchWith(excepting("", () => Deno.createHttpClient({ ...given, proxy: { url } }))),
      proxyOf: (url) => direct ? undefined : proxyFor(url.href, env),
      env,
    }),
  );
  return { fetch: patient.fetch, [Symbol.dispose]: () => open.dispose() };
}

/** `SSLKEYLOGFILE` makes TLS write its keys to a file: who reads that, reads tokens and data. */
function refuseKeyLog(env: (name: string) => string | undefined): void {
  const file = env("SSLKEYLOGFILE");
  if (file === undefined || file === "") return;
  throw new HubError("tls", HUB.sslkeylogfile_set({ file }), {
    expected: HUB.sslkeylogfile_not_set(),
    found: file,
    hint: HUB.unset_sslkeylogfile(),
  });
}

/**
 * Makes a client for which exactly these hosts are excepted from proxies: it keeps what the
 * environment says when it is made. Naming the hub itself as the proxy would bypass the environment,
 * but then Deno sends `GET http://host/path`, which the deployed hub answers with 404.
 */
function excepting<T>(hosts: string, create: () => T): T {
  const before = NO_PROXY_NAMES.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const name of NO_PROXY_NAMES) Deno.env.set(name, hosts);
    return create();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}
