/**
 * Formats notices as messages.
 *
 * Guarantees: pure; one message per target and run, however many datasets; it contains no secrets
 * and no URL's query, and every text from a hub or a file is sanitised and shortened.
 *
 * @module
 */

import { namesText } from "../../config/near_miss.ts";
import { localTime } from "../local_time.ts";
import type { Notice } from "./news.ts";
import { nameText } from "../../plain_text.ts";

/** A message, in the forms that targets need. */
export interface Message {
  title: string;
  /** Plain text, without the title. */
  text: string;
  /** When it was written (ms since the epoch). */
  at: number;
  /** The sending machine. */
  host: string;
  notices: Notice[];
}

/** Builds the message from a target's notices. */
export function composeMessage(
  notices: readonly Notice[],
  options: { at: number; host: string; redact: (text: string) => string },
): Message {
  const { at, host, redact } = options;
  const clean = notices.map((notice): Notice => ({
    ...notice,
    dataset: nameText(notice.dataset),
    version: notice.version === null ? null : nameText(redact(notice.version)),
    ...(notice.reason === undefined ? {} : { reason: redact(notice.reason) }),
    ...(notice.remedy === undefined ? {} : { remedy: redact(notice.remedy) }),
  }));
  const first = clean[0];
  const title = clean.length === 1 && first !== undefined
    ? `DataHubSync: ${headline(first, [first.dataset])}`
    : `DataHubSync: ${summary(clean)}`;
  const text = [...grouped(clean)].map(([words, names]) => paragraph(words, names)).join("\n\n") +
    `\n\n${host}, ${localTime(at)}`;
  return { title, text, at, host, notices: clean };
}

/**
 * Groups notices by everything but the names: a cause shared by several datasets is one paragraph.
 */
function grouped(notices: readonly Notice[]): Map<Notice, string[]> {
  const first = new Map<string, Notice>();
  const groups = new Map<Notice, string[]>();
  for (const notice of notices) {
    const { event, since, version, reason, remedy } = notice;
    const key = JSON.stringify([event, since, reason, remedy, event === "success" && version]);
    const known = first.get(key) ?? notice;
    first.set(key, known);
    groups.set(known, [...groups.get(known) ?? [], notice.dataset]);
  }
  return groups;
}

function headline({ event }: Notice, names: readonly string[]): string {
  const dataset = namesText(names);
  const one = names.length === 1;
  switch (event) {
    case "failure":
      return one ? `sync of ${dataset} fails` : `syncs of ${dataset} fail`;
    case "stale":
      return `data of ${dataset} is stale`;
    case "recovery":
      return `${dataset} ${one ? "has" : "have"} recovered`;
    case "success":
      return `${dataset} updated`;
  }
}

function summary(notices: readonly Notice[]): string {
  const words = { failure: "failing", stale: "stale", recovery: "recovered", success: "updated" };
  return Object.entries(words).flatMap(([event, word]) => {
    const count = notices.filter((notice) => notice.event === event).length;
    return count === 0 ? [] : [`${count} ${word}`];
  }).join(", ");
}

function paragraph(notice: Notice, names: readonly string[]): string {
  const lines = [headline(notice, names)];
  if (notice.event === "success") lines.push(`version: ${notice.version ?? "unknown"}`);
  else lines.push(`since: ${localTime(notice.since)}`);
  if (notice.reason !== undefined) lines.push(`reason: ${notice.reason}`);
  if (notice.remedy !== undefined) lines.push(`remedy: ${notice.remedy}`);
  return lines.join("\n");
}
