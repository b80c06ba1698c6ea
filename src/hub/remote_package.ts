/**
 * One dataset's package on a hub, read by ranges.
 *
 * Guarantees: one call is one request, without retries; if nothing is found, a second one for the
 * other spelling of the address, if there is one. It doesn't know whether two answers belong to the
 * same package: the sink sees each head and may refuse it.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { formatRange } from "./answer/content_range.ts";
import { httpGet } from "./request/http_get.ts";
import type {
  FetchOutcome,
  PackageContext,
  PackageRequest,
  PackageSink,
} from "./answer/package_request.ts";
import { Reception } from "./answer/reception.ts";

/** A package on a hub. */
export class RemotePackage {
  #url: string;
  readonly #context: PackageContext;
  #foreign = false;
  #asked = false;

  /** Made by `HubClient.package`. */
  constructor(url: string, context: PackageContext) {
    this.#url = url;
    this.#context = context;
  }

  /** Its address. */
  get url(): string {
    return this.#url;
  }

  /** Whether any answer came from, or was redirected through, another origin than the hub's. */
  get foreign(): boolean {
    return this.#foreign;
  }

  /** Whether a request was sent. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Sends one request; throws `HubError`, or what the sink threw. */
  async fetch(request: PackageRequest, sink: PackageSink): Promise<FetchOutcome> {
    this.#asked = true;
    const { plainUrl } = this.#context;
    try {
      return await this.#fetchFrom(this.#url, request, sink);
    } catch (error) {
      if (plainUrl === undefined || plainUrl === this.#url || !isNotFound(error)) throw error;
      const outcome = await this.#fetchFrom(plainUrl, request, sink)
        .catch((again) => Promise.reject(isNotFound(again) ? error : again));
      this.#url = plainUrl;
      return outcome;
    }
  }

  async #fetchFrom(
    url: string,
    request: PackageRequest,
    sink: PackageSink,
  ): Promise<FetchOutcome> {
    const { ranges, signal } = request;
    const { transport } = this.#context;
    const headers: Record<string, string> = { accept: "*/*" };
    if (ranges !== "all") headers["range"] = formatRange(ranges);
    using answer = await httpGet({ url, headers, signal }, transport);
    this.#foreign ||= answer.foreign;
    const reception = new Reception(answer, { request, sink, context: this.#context });
    const received = await reception.receive();
    const durationMs = transport.clock() - answer.startedAt;
    return { ...received, firstByteMs: reception.firstByteMs ?? durationMs, durationMs };
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof HubError && error.code === "not_found";
}
