/**
 * Pings a monitor such as healthchecks.io, so that a run that didn't happen is noticed: `/start` when
 * a run starts, the address itself when all went well, `/fail` with the reasons when something failed.
 *
 * Guarantees: never throws; the start is sent beside the run and delays nothing. {@linkcode Ping.end}
 * takes no longer than the timeout, tries again within it, and sends nothing after it has returned. A
 * run that was interrupted, or that found everything locked, pings neither: the monitor's own grace
 * time says whether that matters. Redirects aren't followed, and the address is in no message.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import type { PingConfig } from "../config/notify_config.ts";
import { Deadline } from "../deadline.ts";
import { NOTIFY } from "../messages/notify.ts";
import { messageOf } from "../errors.ts";
import { fetchReason } from "../fetch_reason.ts";
import { redactor } from "../redact.ts";
import type { DatasetResult, Fetch } from "../types.ts";
import { verdictOf } from "./verdict.ts";

interface PingUse {
  fetch: Fetch;
  /** Ends the pinging. */
  signal: AbortSignal;
  secrets: readonly string[];
  /** Called with one sentence when the monitor couldn't be reached. */
  warn: (text: string) => void;
}

/** healthchecks.io keeps the first 100 KB of a body, others less. */
const MOST_BODY_BYTES = 10_000;
const RETRY_AFTER_MS = 1000;

/** The pings of one run. */
export class Ping {
  readonly #config: PingConfig;
  readonly #use: PingUse;
  readonly #started = new AbortController();
  #start: Promise<unknown> = Promise.resolve();

  /** Sends nothing yet. */
  constructor(config: PingConfig, use: PingUse) {
    this.#config = config;
    this.#use = use;
  }

  /** Says that a run starts; returns at once. */
  start(): void {
    const signal = AbortSignal.any([this.#started.signal, this.#use.signal]);
    // One try: the end is what counts.
    this.#start = this.#send("/start", "", signal).catch(() => {});
  }

  /** Says how the run ended. */
  async end(results: readonly DatasetResult[]): Promise<void> {
    const { signal, warn, secrets } = this.#use;
    // One that arrives after the end would open the run again.
    this.#started.abort();
    await this.#start;
    const judged = results.filter(({ status }) => verdictOf(status) !== "aside");
    if (signal.aborted || judged.length === 0) return;
    const failed = judged.filter(({ status }) => verdictOf(status) === "failed");
    const redact = redactor([...secrets, this.#config.url]);
    const lines = (failed.length > 0 ? failed : judged).map((result) => lineOf(result, redact));
    const path = failed.length > 0 ? "/fail" : "";
    try {
      await this.#untilTaken(path, cut(lines.join("\n")));
    } catch (error) {
      if (signal.aborted) return;
      const host = new URL(this.#config.url).host;
      warn(redact(NOTIFY.cant_ping({ host, why: fetchReason(messageOf(error)) })));
    }
  }

  async #untilTaken(path: string, body: string): Promise<void> {
    const { timeout: seconds } = this.#config;
    const late = new Error(NOTIFY.no_answer({ seconds }));
    using limit = new Deadline(seconds * 1000, late, this.#use.signal);
    const { signal } = limit;
    let last: unknown;
    while (!signal.aborted) {
      try {
        return await this.#send(path, body, signal);
      } catch (error) {
        last = signal.aborted ? last ?? signal.reason : error;
        if (error instanceof Refused) break;
      }
      await pause(RETRY_AFTER_MS, undefined, { signal }).catch(() => {});
    }
    throw last;
  }

  async #send(path: string, body: string, signal: AbortSignal): Promise<void> {
    const url = new URL(this.#config.url);
    if (path !== "") url.pathname = url.pathname.replace(/\/+$/, "") + path;
    const response = await this.#use.fetch(url, {
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8" },
      body,
      redirect: "manual",
      signal,
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) return;
    const text = `answered ${status}`;
    throw status >= 500 || status === 429 ? new Error(text) : new Refused(text);
  }
}

/** An answer that asking again won't change. */
class Refused extends Error {}

function lineOf(
  { dataset, status, error, hint }: DatasetResult,
  redact: (text: string) => string,
): string {
  const why = error === undefined ? "" : `: ${redact(error)}`;
  return `${redact(dataset)}: ${status}${why}${
    hint === undefined ? "" : ` (hint: ${redact(hint)})`
  }`;
}

function cut(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MOST_BODY_BYTES) return text;
  return new TextDecoder().decode(bytes.subarray(0, MOST_BODY_BYTES)).replace(/\uFFFD+$/, "");
}
