/**
 * A hub, stage by stage: its name resolves, its port takes connections, TLS, HTTP, JSON, a catalog;
 * and how long that takes, and how far its clock is from ours.
 *
 * Guarantees: the first stage that fails is the last one, and says what to do. One request, tried
 * once more at most.
 *
 * @module
 */
import { readableHubs } from "../../../client/secrets.ts";
import { messageOf } from "../../../errors.ts";
import { redactUrl } from "../../../redact.ts";
import { HubClient, type SignedCatalogs } from "../../../hub/hub_client.ts";
import { signedCatalogs } from "../../../client/signed_catalogs.ts";
import { answered, type HeadFacts, ms } from "./hub_answer.ts";
import { signatureLines, unsignedLines } from "./signature_check.ts";
import { durationText } from "../../../units.ts";
import type { Catalog, Fetch } from "../../../types.ts";
import { VERSION } from "../../../version.ts";
import { shellWord } from "../../../shell_word.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, failure, fine, warning } from "../check_line.ts";
import { addressesOf } from "../../../hub/route/addresses.ts";
import { connectAny } from "../../../hub/route/connect_any.ts";
import { refused, trusted } from "./hub_refusal.ts";
import { type Proxy, proxyFor, targetOf } from "../../../hub/route/proxy.ts";
import { isIP } from "node:net";
import { CHECK } from "../../../messages/check.ts";

/** What was found out about a hub. */
export interface HubFindings {
  lines: CheckLine[];
  /** With these, the hub can be asked further. */
  reached?: { client: HubClient; catalog: Catalog };
}

/** Checks the hub at `url`. The client in the findings is the caller's to dispose of. */
export async function checkHub(
  url: string,
  context: CheckContext & { fetch: Fetch },
): Promise<HubFindings> {
  const lines: CheckLine[] = [];
  if (readableHubs(context.config.hub).includes(url)) {
    const https = url.replace(/^http/, "https");
    const text = CHECK.token_over_http({ url });
    lines.push(warning("hub.token", text, CHECK.try_https({ https, path: context.config.path })));
  }
  lines.push(...await checkWay(url, context));
  if (lines.at(-1)?.verdict === "error") return { lines };
  return await asks(url, context, lines);
}

/** The stages on the way to an address, up to the first that fails. */
export async function checkWay(url: string, context: CheckContext): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  const proxy = proxyFor(url, context.machine.env);
  for (const stage of [resolves, connects]) {
    const line = await stage(url, proxy, context);
    lines.push(line);
    if (line.verdict === "error") break;
  }
  return lines;
}

/** Where the address that fails is written down. */
function writtenIn(url: string, proxy: Proxy | undefined, { config }: CheckContext): string {
  if (proxy !== undefined) return CHECK.the_variable({ variable: proxy.variable });
  return CHECK.url_in({
    section: config.hub.urls.includes(url) ? "hub" : "datasets[]",
    path: config.path,
  });
}

async function resolves(
  url: string,
  proxy: Proxy | undefined,
  context: CheckContext,
): Promise<CheckLine> {
  const { hostname } = targetOf(url, proxy);
  if (isIP(hostname) !== 0) return fine("hub.dns", CHECK.address_already({ hostname }));
  try {
    const addresses = await within(addressesOf(hostname), context);
    return fine(
      "hub.dns",
      CHECK.name_is({ hostname, addresses: addresses.slice(0, 3).join(", ") }),
    );
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
    return failure(
      "hub.dns",
      CHECK.name_not_resolved({ hostname, code }),
      CHECK.correct_or_dns({
        writtenIn: writtenIn(url, proxy, context),
        hostname: shellWord(hostname),
      }),
    );
  }
}

async function connects(
  url: string,
  proxy: Proxy | undefined,
  context: CheckContext,
): Promise<CheckLine> {
  const { hostname, port } = targetOf(url, proxy);
  const place = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const before = performance.now();
  using connecting = connectAny(
    await within(addressesOf(hostname), context),
    port,
    (to) => Deno.connect(to),
  );
  try {
    const { silent } = await within(
      connecting.first.then((connected) => {
        connected.connection.close();
        return connected;
      }),
      context,
    );
    const dead = silent.length === 0 ? "" : CHECK.address_silent({ silent: silent.join(", ") });
    const took = ms(performance.now() - before);
    return fine("hub.connect", CHECK.takes_connections({ place, took, dead }));
  } catch (error) {
    const shown = redactUrl(url);
    const isHub = context.config.hub.urls.includes(url);
    const asked = isHub ? `${shown.replace(/\/$/, "")}/api/datasets` : shown;
    const tellTale = `curl -v ${shellWord(asked)}`;
    const refused = error instanceof Deno.errors.ConnectionRefused;
    return failure(
      "hub.connect",
      refused
        ? CHECK.nothing_listens({ place })
        : CHECK.cant_connect({ place, error: messageOf(error) }),
      refused
        ? CHECK.start_or_correct({
          who: isHub ? CHECK.hub() : CHECK.server(),
          writtenIn: writtenIn(url, proxy, context),
          tellTale,
        })
        : CHECK.firewall({ writtenIn: writtenIn(url, proxy, context), tellTale }),
    );
  }
}

async function asks(
  url: string,
  context: CheckContext & { fetch: Fetch },
  lines: CheckLine[],
): Promise<HubFindings> {
  const { config: { hub, datasets }, clock, signal } = context;
  let seen: HeadFacts | undefined;
  const ask = (signed?: SignedCatalogs): HubClient =>
    openHub(url, signed, context, (answer) => seen = answer);
  // A mirror takes what is signed without a key, too; here that is looked at by itself.
  const keyed = signedCatalogs({ hub, datasets }, context);
  const client = ask(keyed);
  try {
    const catalog = await client.catalog(signal);
    const count = CHECK.datasets({ count: catalog.datasets.length });
    lines.push(
      ...trusted(url),
      ...answered(seen, context),
      fine("hub.catalog", CHECK.catalog_has({ datasets: count })),
      ...catalog.warnings.map((text) => warning("hub.catalog", text, CHECK.tell_hub())),
      ...keyed === undefined ? await unsignedLines(ask, signal) : signatureLines(catalog, clock),
    );
    return { lines, reached: { client, catalog } };
  } catch (error) {
    client[Symbol.dispose]();
    lines.push(...refused(error, seen, url, context));
    return { lines };
  }
}

/** The hub as the run would ask it, but with one retry; `onAnswer` gets the head of each answer. */
function openHub(
  baseUrl: string,
  signed: SignedCatalogs | undefined,
  context: CheckContext & { fetch: Fetch },
  onAnswer: (seen: HeadFacts) => void,
): HubClient {
  const { config: { hub }, clock, sleep, machine } = context;
  return new HubClient({
    baseUrl,
    ...(signed && { signed }),
    fetch: async (input, init) => {
      const startedAt = clock();
      const before = performance.now();
      const response = await context.fetch(input, init);
      const ms = performance.now() - before;
      onAnswer({ date: response.headers.get("date"), startedAt, endedAt: clock(), ms });
      return response;
    },
    clock,
    random: () => 0,
    sleep,
    timeoutMs: patienceOf(context),
    timezone: hub.timezone,
    ...(hub.token !== undefined && { token: hub.token }),
    headers: hub.headers,
    retries: 1,
    allowOtherOrigin: hub.allowOtherOrigin,
    allowHosts: hub.allowHosts,
    proxyOf: (other) => proxyFor(other.href, machine.env),
    userAgent: `DataHubSync/${VERSION}`,
  });
}

/** How long a step may take without a sign of life. */
function patienceOf({ config, patienceMs }: CheckContext): number {
  return Math.min(config.hub.timeout * 1000, patienceMs);
}

/** The promise, or an error when it takes too long. */
async function within<T>(promise: Promise<T>, context: CheckContext): Promise<T> {
  const patience = patienceOf(context);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLong = new Error(CHECK.no_answer_in({ patience: durationText(patience) }));
    timer = setTimeout(() => reject(tooLong), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
