/**
 * What `init` requests from a hub: its catalog, and the key that signs it.
 *
 * @module
 */
import { LOOKED_AT } from "../../client/signed_catalogs.ts";
import { processEnvironment } from "../../environment.ts";
import { HubError } from "../../errors.ts";
import { HubClient, type SignedCatalogs } from "../../hub/hub_client.ts";
import { proxyFor } from "../../hub/route/proxy.ts";
import { sleep } from "../../hub/retry/sleep.ts";
import { createFetch, trustSystemStore } from "../../hub/tls/tls.ts";
import { INIT } from "../../messages/init.ts";
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import { openEnvelope, parseEnvelope } from "../../trust/envelope.ts";
import type { Catalog, ListedDataset } from "../../types.ts";
import { VERSION } from "../../version.ts";

/** Where the hub's token comes from. */
export const TOKEN = "DATAHUBSYNC_TOKEN";

/** Options of `init`. */
export interface InitOptions {
  hubUrl?: string;
  /** The address of a ZIP, instead of a hub. */
  url?: string;
  output?: string;
  dataDir?: string;
  dataset?: string[];
  force?: boolean;
  quiet?: boolean;
}

/** The key that a hub signs with; `undefined` = it doesn't, or nothing that can be read. */
export async function foundKey(url: string, asking: AskContext): Promise<string | undefined> {
  try {
    const { signed } = await askCatalog(url, asking, LOOKED_AT);
    const envelope = signed && parseEnvelope(signed.envelope);
    const key = envelope?.signatures[0]?.key;
    if (envelope === undefined || key === undefined) return undefined;
    await openEnvelope(envelope, [key]); // whose key it is, only a person can find out
    return key;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return undefined;
  }
}

/** The hub's datasets. Throws HubError, with a hint if the hub demands a token. */
export async function askHub(url: string, asking: AskContext): Promise<ListedDataset[]> {
  const { options, token } = asking;
  try {
    return (await askCatalog(url, asking)).datasets;
  } catch (error) {
    if (!(error instanceof HubError) || (error.status !== 401 && error.status !== 403)) throw error;
    throw new HubError(error.code, error.message, {
      ...error.evidence,
      status: error.status,
      cause: error,
      hint: token ? INIT.token_refused({ token: TOKEN }) : INIT.give_token({
        token: TOKEN,
        command: ownCommand(words({ ...options, hubUrl: url })),
      }),
    });
  }
}

/** Options for asking a hub. */
interface AskContext {
  options: InitOptions;
  token: string | undefined;
}

async function askCatalog(
  url: string,
  { token }: AskContext,
  signed?: SignedCatalogs,
): Promise<Catalog> {
  trustSystemStore();
  using owned = createFetch();
  using client = new HubClient({
    baseUrl: url,
    section: "given_hub",
    fetch: owned.fetch,
    clock: Date.now,
    random: Math.random,
    sleep,
    timeoutMs: 30_000,
    timezone: "Asia/Shanghai",
    proxyOf: (other) => proxyFor(other.href, processEnvironment),
    ...(token && { token }),
    ...(signed && { signed }),
    retries: 1,
    userAgent: `DataHubSync/${VERSION}`,
  });
  return await client.catalog();
}

/** The words of the command with these options. */
function words({ hubUrl, output, dataDir, dataset = [], force }: InitOptions): string {
  const given = Object.entries({ "--hub-url": hubUrl, "--output": output, "--data-dir": dataDir });
  const pairs = [...given, ...dataset.map((name) => ["-d", name] as const)];
  return ["init", ...pairs.flatMap(([flag, value]) => value ? [flag, shellWord(value)] : [])]
    .join(" ") + (force ? " --force" : "");
}
