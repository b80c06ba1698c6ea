/**
 * The ZIP at one address, as a hub with one dataset.
 *
 * Guarantees: checking for a new file is one GET of the file's first bytes, conditional only on a
 * recorded strong ETag. Equal validators mean the same package; otherwise the package's directory
 * decides. Once a week the directory decides in any case, so a server that wrongly answers 304 hides a
 * change for a week at most. `If-Modified-Since` is never sent, because a restored file is older. No
 * HEAD, no suffix range; each request starts at the original address. A file is refused only if it
 * certainly isn't a ZIP.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { redactUrl } from "../redact.ts";
import type { Catalog, ListedDataset, TakenPackage } from "../types.ts";
import { BufferPool } from "./request/body_reader.ts";
import { codingOf } from "./answer/coding.ts";
import { lengthOf, parseContentRange } from "./answer/content_range.ts";
import type { DataHub, PublishedPackage } from "./data_hub.ts";
import { type Answer, httpGet, type Transport } from "./request/http_get.ts";
import { hubAt, OtherKind, refuseOtherKind } from "./answer/not_a_zip.ts";
import {
  askForCatalog,
  HURRY_MS,
  openTransport,
  type OriginOptions,
} from "./request/open_transport.ts";
import { isStrong, type PackageHead, readHead } from "./answer/package_head.ts";
import { rangesToBlame } from "./answer/ranges_to_blame.ts";
import { RemotePackage } from "./remote_package.ts";
import type { Section } from "../config/setting_names.ts";
import { firstBytes, statusError } from "./answer/status_error.ts";
import { TimeLimit } from "./request/time_limit.ts";
import { instantOf, isSame, isSettled } from "./answer/validators.ts";
import { HUB } from "../messages/hub.ts";

/** Enough bytes to recognize a tar. */
const LOOKED_AT = 512;
/** How long validators are trusted without reading the directory. */
const BELIEVED_MS = 7 * 24 * 3_600_000;

/** Options for the address of a ZIP. */
export interface UrlSourceOptions extends OriginOptions {
  /** The dataset's name. */
  name: string;
  /** The ZIP's address. */
  fileUrl: string;
  /** The section of its settings, for hints; default `datasets[]`. */
  section?: Section;
  /** Loads the record of the live package, if there is one. */
  recall?(): Promise<TakenPackage | undefined>;
  /** Saves the record of a published package. */
  remember?(taken: TakenPackage): Promise<void>;
}

/** What a server says about its file. */
interface FileFacts {
  head: PackageHead;
  /** Whether it answered with the requested range. */
  ranges: boolean;
}

/** A ZIP at an address. */
export class UrlSource implements DataHub {
  /** The server's last answer other than "not modified". */
  facts: FileFacts | undefined;
  readonly #options: UrlSourceOptions;
  readonly #fileUrl: string;
  readonly #transport: Transport;
  readonly #buffers = new BufferPool();
  readonly #closed = new AbortController();

  constructor(options: UrlSourceOptions) {
    this.#options = options;
    const url = new URL(options.fileUrl);
    const closed = this.#closed.signal;
    this.#transport = openTransport(url, {
      options,
      closed,
      section: options.section ?? "datasets[]",
    });
    url.username = url.password = url.hash = "";
    this.#fileUrl = url.href;
  }

  /** Its address, fit for a log. */
  get url(): string {
    return redactUrl(this.#fileUrl);
  }

  /** Asks whether there is a new file, with retries. */
  catalog(signal?: AbortSignal, { hurry = false } = {}): Promise<Catalog> {
    return askForCatalog(() => this.#askEitherWay(signal, hurry), this.#options, { signal, hurry });
  }

  package({ name }: { name: string }): RemotePackage {
    const { timezone, bandwidth } = this.#options;
    return new RemotePackage(this.#fileUrl, {
      name,
      anyName: true,
      transport: this.#transport,
      timezone,
      buffers: this.#buffers,
      throttle: bandwidth,
    });
  }

  /** Records the validators of a package that was published. */
  async published({ head, total, version }: PublishedPackage): Promise<void> {
    const { clock, remember } = this.#options;
    if (version === null) return;
    const now = clock();
    const told = isSettled(head, now);
    await remember?.({
      url: this.#fileUrl,
      version,
      etag: told ? head.etag : null,
      lastModified: told ? head.lastModified : null,
      total,
      at: now,
    });
  }

  /** Ends the requests that are under way. */
  [Symbol.dispose](): void {
    this.#closed.abort();
  }

  /** Some servers and firewalls refuse every range: then the answer without one is dropped at its head. */
  async #askEitherWay(signal: AbortSignal | undefined, hurry: boolean): Promise<Catalog> {
    try {
      return await this.#ask({ signal, hurry, ranged: true });
    } catch (error) {
      const mayBeRange = rangesToBlame(error) !== "no" || error instanceof OtherKind;
      if (!mayBeRange || hurry || signal?.aborted) throw error;
      return await this.#ask({ signal, hurry, ranged: false });
    }
  }

  async #ask({ signal, hurry, ranged }: {
    signal: AbortSignal | undefined;
    hurry: boolean;
    ranged: boolean;
  }): Promise<Catalog> {
    const { clock, timeoutMs, hurryMs = HURRY_MS } = this.#options;
    const known = await this.#known();
    const etag = known?.etag && isStrong(known.etag) ? known.etag : undefined;
    const { section } = this.#transport;
    using begin = new TimeLimit(
      hurry ? { ms: hurryMs } : { ms: 4 * timeoutMs, section },
      HUB.no_answer({ url: this.url }),
    );
    const both = signal === undefined ? begin.signal : AbortSignal.any([signal, begin.signal]);
    const headers = {
      accept: "*/*",
      ...(ranged && { range: `bytes=0-${LOOKED_AT - 1}` }),
      ...(etag !== undefined && { "if-none-match": etag }),
    };
    using answer = await httpGet({ url: this.#fileUrl, headers, signal: both }, this.#transport);
    begin[Symbol.dispose]();
    const { response } = answer;
    if (response.status === 304 && known !== undefined && etag !== undefined) {
      await response.body?.cancel();
      const said = response.headers.get("etag");
      if (said === null || said === etag) return this.#catalogOf(this.#sameAs(known));
      return this.#catalogOf(this.#other(null, known.total));
    }
    if (response.status === 416) {
      await response.body?.cancel();
      throw new HubError("wrong_range", HUB.no_such_range({ url: this.url }), { url: this.url });
    }
    if (![200, 203, 206].includes(response.status)) throw await this.#refusal(answer, clock());
    const head = this.#headOf(answer);
    this.facts = { head, ranges: response.status === 206 };
    const first = await firstBytes(answer);
    if (first.length === 0 && !ranged) {
      throw new HubError("http_status", HUB.empty_file({ url: this.url }), {
        url: this.url,
        expected: HUB.a_zip(),
        found: HUB.zero_bytes(),
        hint: HUB.on_its_way(),
      });
    }
    if (codingOf(response.headers) === undefined) {
      await refuseOtherKind(first, answer, () => hubAt(answer, this.#transport, signal));
    }
    const total = head.total ?? 0;
    if (known !== undefined && isSame(head, known)) return this.#catalogOf(this.#sameAs(known));
    return this.#catalogOf(this.#other(head.lastModified, total));
  }

  /** The record of this address, while it is trusted. */
  async #known(): Promise<TakenPackage | undefined> {
    const taken = await this.#options.recall?.();
    if (taken?.url !== this.#fileUrl) return undefined;
    return Math.abs(this.#options.clock() - taken.at) < BELIEVED_MS ? taken : undefined;
  }

  #headOf({ response, url }: Answer): PackageHead {
    const { name, timezone } = this.#options;
    const { headers, status } = response;
    const total = status === 206
      ? parseContentRange(headers.get("content-range"))?.total ?? null
      : lengthOf(headers);
    const known = { status: status === 206 ? 206 as const : 200 as const, total };
    return readHead(headers, { name, timezone, url, anyName: true, ...known });
  }

  async #refusal(answer: Answer, now: number): Promise<HubError> {
    const error = await statusError(answer, now);
    const { status } = answer.response;
    const hub = [401, 403, 404].includes(status)
      ? await hubAt(answer, this.#transport, this.#closed.signal)
      : undefined;
    return hub ?? error;
  }

  #sameAs({ version, total }: TakenPackage): ListedDataset {
    return { ...this.#listed(total), version, instant: instantOf(version) };
  }

  #other(lastModified: string | null, total: number): ListedDataset {
    const instant = instantOf(lastModified);
    const version = instant === null
      ? null
      : new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");
    return { ...this.#listed(total), version, instant, ambiguous: true };
  }

  #listed(total: number): Omit<ListedDataset, "version" | "instant"> {
    const { name } = this.#options;
    return { name, ready: true, packageSize: total, fileCount: 0, totalSize: 0 };
  }

  #catalogOf(listed: ListedDataset): Catalog {
    return { datasets: [listed], warnings: [] };
  }
}
