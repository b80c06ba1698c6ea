/**
 * A `fetch` that a host's silent address doesn't hold up.
 *
 * A name can have several addresses of which one answers nothing, not even that it refuses: `fetch`
 * waits there for 135 s, with each connection. So when an answer is late, the host's addresses are
 * looked up and tried; if one of them is silent and another isn't, the request is sent once more
 * through a relay that takes the one that answers, and all later ones go through it. Where a proxy is
 * asked, this is about the proxy's name, and the proxy is asked at an address that answers.
 *
 * Guarantees: an answer that isn't late costs a timer. A late one of a host all of whose addresses
 * answer, or that has only one, is waited for as `fetch` does, and costs a look-up a minute, and with
 * several addresses a connection to each. A proxy over https is left to `fetch`: its certificate has
 * its name.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import type { Environment } from "../../environment.ts";
import type { Fetch } from "../../types.ts";
import { isIP } from "node:net";
import { addressesOf, besideSilent } from "./addresses.ts";
import { type Proxy, proxyAt, type ProxyOf, targetOf } from "./proxy.ts";
import { Relay } from "./relay.ts";

/** An answer that takes longer is late, in ms: by then, a lost SYN has been sent again twice. */
const LATE_MS = 3_000;
/** A host isn't looked at again within this time, in ms. */
const LOOK_AGAIN_MS = 60_000;

/** Options for the fetch. */
interface PatientOptions {
  /** As the runtime does it. */
  fetch: Fetch;
  /** Opens one through a proxy, whatever hosts the environment excepts from proxies. */
  fetchThrough(proxy: string): Fetch;
  /** The proxy that a URL is asked through. */
  proxyOf: ProxyOf;
  /** The environment. */
  env: Environment;
}

/** Whom a connection goes to, and what is known of that. */
interface Host {
  hostname: string;
  port: number;
  proxy: Proxy | undefined;
  /** The way around a silent address, where one was found. */
  around?: Fetch;
  looking?: Promise<Fetch | undefined>;
  lookedAt?: number;
}

/** The fetch, with its relays. */
export class PatientFetch implements Disposable {
  readonly #options: PatientOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #relays = new DisposableStack();

  /** Opens nothing yet. */
  constructor(options: PatientOptions) {
    this.#options = options;
  }

  /** Fetches. */
  readonly fetch: Fetch = async (input, init) => {
    const { fetch } = this.#options;
    const host = this.#hostOf(new URL(input instanceof Request ? input.url : input));
    if (host === undefined) return await fetch(input, init);
    if (host.around !== undefined) return await host.around(input, init);
    const stop = new AbortController();
    const first = fetch(input, stoppedBy(stop, init));
    const isGet = !(input instanceof Request) && (init?.method ?? "GET") === "GET";
    if (!isGet || !await takesLonger(first, LATE_MS)) return await first;
    const answered = first.then(() => undefined, () => undefined);
    const around = await Promise.race([answered, this.#wayAround(host)]);
    if (around === undefined) return await first;
    const stopSecond = new AbortController();
    const second = around(input, stoppedBy(stopSecond, init));
    return await either({ answer: first, stop }, { answer: second, stop: stopSecond });
  };

  #hostOf(url: URL): Host | undefined {
    const proxy = this.#options.proxyOf(url);
    const { hostname, port } = targetOf(url.href, proxy);
    if (isIP(hostname) !== 0 || proxy?.address.startsWith("https:")) return undefined;
    const key = `${proxy?.address} ${hostname} ${port}`;
    let host = this.#hosts.get(key);
    if (host === undefined) this.#hosts.set(key, host = { hostname, port, proxy });
    return host;
  }

  #wayAround(host: Host): Promise<Fetch | undefined> {
    const now = performance.now();
    if (host.looking === undefined || now - host.lookedAt! > LOOK_AGAIN_MS) {
      host.lookedAt = now;
      // A program without the rights for it waits as `fetch` does.
      host.looking = this.#findWay(host).catch(() => undefined);
    }
    return host.looking;
  }

  async #findWay(host: Host): Promise<Fetch | undefined> {
    const { hostname, port, proxy } = host;
    const addresses = await addressesOf(hostname);
    if (addresses.length < 2) return undefined;
    const familiesInOrder = proxy?.address.startsWith("socks") ?? false;
    const [address] = await besideSilent(addresses, port, { familiesInOrder });
    if (address === undefined || this.#relays.disposed) return undefined;
    return host.around = proxy === undefined
      ? this.#throughRelay(host)
      : this.#options.fetchThrough(proxyAt(proxy, address, this.#options.env));
  }

  #throughRelay(host: Host): Fetch {
    const relay = this.#relays.use(new Relay(host));
    const through = this.#options.fetchThrough(relay.proxy);
    return async (input, init) => {
      try {
        return await through(input, init);
      } catch (error) {
        if (relay.failure === undefined) throw error;
        throw new TypeError(`tcp connect error: ${messageOf(relay.failure)}`, { cause: error });
      }
    };
  }

  [Symbol.dispose](): void {
    this.#relays.dispose();
  }
}

/** A request, and what stops it. */
interface Sent {
  answer: Promise<Response>;
  stop: AbortController;
}

/** The answer that comes first, or whatever the second request ends in; the other one is stopped. */
async function either(first: Sent, second: Sent): Promise<Response> {
  const fromSecond = second.answer.then((answer) => ({ answer, other: first }));
  const fromFirst = first.answer.then((answer) => ({ answer, other: second }), () => fromSecond);
  try {
    const { answer, other } = await Promise.race([fromFirst, fromSecond]);
    other.stop.abort();
    return answer;
  } catch (error) {
    first.stop.abort();
    throw error;
  }
}

async function takesLonger(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, true);
  const settled = (): boolean => false;
  try {
    return await Promise.race([work.then(settled, settled), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function stoppedBy({ signal }: AbortController, init: RequestInit = {}): RequestInit {
  return { ...init, signal: init.signal ? AbortSignal.any([signal, init.signal]) : signal };
}
