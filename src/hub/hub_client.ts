/**
 * A hub: its catalog, and where its packages are.
 *
 * Guarantees: the catalog is requested with retries; a package without, since its reader has
 * retries of its own. It requests only `GET {hub}/api/datasets`, the signed catalog beside it and
 * the package URLs: no HEAD, no query string. It doesn't own the `fetch` it was given.
 *
 * @module
 */
import { HubError, messageOf } from "../errors.ts";
import { given } from "../given.ts";
import { redactUrl } from "../redact.ts";
import { type Section, settingName } from "../config/setting_names.ts";
import type { Catalog, ListedDataset, SignedBy } from "../types.ts";
import { BufferPool, readBody } from "./request/body_reader.ts";
import { type CatalogOptions, parseCatalog } from "./catalog/catalog_parse.ts";
import type { DataHub } from "./data_hub.ts";
import { type Answer, httpGet, type Transport } from "./request/http_get.ts";
import { type LooseJson, parseLoosely } from "./catalog/loose_json.ts";
import {
  askForCatalog,
  HURRY_MS,
  openTransport,
  type OriginOptions,
} from "./request/open_transport.ts";
import { packageUrl } from "./package_url.ts";
import { RemotePackage } from "./remote_package.ts";
import { lineOf } from "./answer/page_text.ts";
import { statusError } from "./answer/status_error.ts";
import { TimeLimit } from "./request/time_limit.ts";
import { HUB } from "../messages/hub.ts";

/**
 * A catalog beyond this many bytes isn't one: 80,000 datasets fit. The worst of that size (`{},{},…`)
 * takes 15 s and 0.6 GB; 60 MB of it took minutes, and 256 MB ended the program.
 */
const MOST_CATALOG_BYTES = 16 << 20;
/**
 * A catalog may take this many times `hub.timeout` in total: otherwise one that drips bytes could
 * block a run for ever.
 */
const CATALOG_TIMEOUTS = 4;

/** Options for a hub. */
export interface HubClientOptions extends OriginOptions {
  /** The hub's root, with or without a path, without a trailing slash. */
  baseUrl: string;
  /** Whether a `package_url` may lead to another origin. */
  allowOtherOrigin?: boolean;
  /** Checks signed catalogs; default: the plain catalog is requested. */
  signed?: SignedCatalogs;
  /** The section of its settings, for hints; default `hub`. */
  section?: Section;
}

/** Checks signed catalogs. */
export interface SignedCatalogs {
  /** Whether a signed catalog is required; otherwise a plain one is accepted. */
  required: boolean;
  /** Opens an envelope. Throws HubError. */
  open(text: string): Promise<{ datasets: unknown[]; signed: SignedBy }>;
}

/** A hub. Disposing of it ends the requests that are under way. */
export class HubClient implements DataHub {
  readonly #options: HubClientOptions;
  readonly #baseUrl: string;
  readonly #transport: Transport;
  readonly #buffers = new BufferPool();
  readonly #closed = new AbortController();

  constructor(options: HubClientOptions) {
    this.#options = options;
    const base = new URL(options.baseUrl);
    const { section = "hub" } = options;
    this.#transport = openTransport(base, { options, closed: this.#closed.signal, section });
    base.username =
      base.password =
      base.search =
      base.hash =
        "";
    this.#baseUrl = base.href.replace(/\/+$/, "");
  }

  /** Its base URL, fit for a log. */
  get url(): string {
    return redactUrl(this.#baseUrl);
  }

  /**
   * Requests the list of datasets, with retries. With `hurry` it is requested once, and must start to
   * arrive within a few seconds.
   */
  catalog(signal?: AbortSignal, { hurry = false } = {}): Promise<Catalog> {
    return askForCatalog(() => this.#askCatalog(signal, hurry), this.#options, { signal, hurry });
  }

  /**
   * The package of a dataset, or another file of it; throws `HubError("redirect")` for a URL that may
   * not be followed.
   */
  package(listed: ListedDataset | { name: string }, url?: string): RemotePackage {
    const { timezone, bandwidth } = this.#options;
    const address = url === undefined ? listed : { ...listed, packageUrl: url };
    const { url: at, plainUrl } = packageUrl(address, {
      baseUrl: this.#baseUrl,
      origin: this.#transport.origin,
      ...given({ allowOtherOrigin: this.#options.allowOtherOrigin }),
    });
    return new RemotePackage(at, {
      name: listed.name,
      anyName: url !== undefined,
      ...given({ plainUrl }),
      transport: this.#transport,
      timezone,
      buffers: this.#buffers,
      throttle: bandwidth,
    });
  }

  /** Ends the requests that are under way. */
  [Symbol.dispose](): void {
    this.#closed.abort();
  }

  async #askCatalog(signal: AbortSignal | undefined, hurry: boolean): Promise<Catalog> {
    const { timeoutMs, hurryMs = HURRY_MS, signed } = this.#options;
    const ms = CATALOG_TIMEOUTS * timeoutMs;
    const long = { ms, section: this.#transport.section };
    using limit = new TimeLimit(long, HUB.catalog_unfinished({ url: this.url }));
    const begins = hurry ? { ms: hurryMs } : long;
    using begin = new TimeLimit(begins, HUB.no_answer({ url: this.url }));
    const signals = [limit.signal, begin.signal, ...(signal === undefined ? [] : [signal])];
    const ask = { signal: AbortSignal.any(signals), began: () => begin[Symbol.dispose]() };
    if (signed !== undefined) {
      try {
        return await this.#askSigned(signed, ask);
      } catch (error) {
        if (signed.required || !(error instanceof HubError) || !isNoEnvelope(error)) throw error;
      }
    }
    using answer = await this.#get("/api/datasets", ask);
    if (!answer.response.ok) throw await statusError(answer, this.#options.clock());
    const { value, fault } = parseJson(await this.#readText(answer), answer);
    const catalog = parseCatalog(value, this.#reading(answer));
    if (fault !== undefined) {
      catalog.warnings.unshift(
        HUB.catalog_says({ what: answer.foreign ? HUB.it_isnt_json() : lineOf(fault) }),
      );
    }
    return catalog;
  }

  /** Requests the catalog in its envelope. */
  async #askSigned(signed: SignedCatalogs, ask: CatalogRequest): Promise<Catalog> {
    using answer = await this.#get("/api/datasets.signed", ask);
    if (answer.response.status === 404 || answer.response.status === 410) {
      throw new HubError("untrusted", HUB.no_signed_catalog({ url: this.url }), {
        status: answer.response.status,
        url: this.url,
        expected: "api/datasets.signed, as `datahubsync pack --sign` writes it",
        found: `status ${answer.response.status}`,
        hint: HUB.without_public_key(),
      });
    }
    if (!answer.response.ok) throw await statusError(answer, this.#options.clock());
    const { datasets, signed: by } = await signed.open(await this.#readText(answer));
    return { ...parseCatalog({ datasets }, this.#reading(answer)), signed: by };
  }

  #reading({ foreign, section }: Answer): CatalogOptions {
    const { timezone } = this.#options;
    return { timezone, quote: !foreign, urlSetting: settingName(section, "url") };
  }

  async #get(path: string, { signal, began }: CatalogRequest): Promise<Answer> {
    const url = `${this.#baseUrl}${path}`;
    const answer = await httpGet(
      { url, headers: { accept: "application/json" }, signal },
      this.#transport,
    );
    began();
    return answer;
  }

  async #readText(answer: Answer): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    await readBody(answer, {
      buffers: this.#buffers,
      onChunk: (chunk) => {
        bytes += chunk.length;
        if (bytes > MOST_CATALOG_BYTES) throw notJson(answer, HUB.an_answer_without_an_end());
        text += decoder.decode(chunk, { stream: true });
      },
    });
    return text + decoder.decode();
  }
}

interface CatalogRequest {
  signal: AbortSignal;
  /** Called when the answer begins. */
  began: () => void;
}

/** Whether the error only means that the hub doesn't sign. */
function isNoEnvelope({ code, status }: HubError): boolean {
  return code === "untrusted" || (status !== undefined && status >= 400 && status < 500);
}

function parseJson(text: string, answer: Answer): LooseJson {
  try {
    return parseLoosely(text);
  } catch (cause) {
    // A text that starts like JSON is the hub's own answer.
    const own = /^\s*[[{]/.test(text);
    const said = own ? lineOf(messageOf(cause)) : lineOf(text);
    throw notJson(answer, answer.foreign ? HUB.another_server_s_page() : said, { cause, own });
  }
}

function notJson(
  answer: Answer,
  line: string,
  { cause, own = false }: { cause?: unknown; own?: boolean } = {},
): HubError {
  const url = redactUrl(answer.url);
  return new HubError(
    "not_json",
    HUB.answered_no_json({ url, line: line === "" ? "(nothing)" : line }),
    {
      status: answer.response.status,
      url,
      expected: HUB.a_list_of_datasets_as_json(),
      found: line,
      hint: own
        ? HUB.catalog_broken()
        : HUB.maybe_proxys_page({ setting: settingName(answer.section, "url") }),
      cause,
    },
  );
}
