/**
 * Puts notices into words.
 *
 * Guarantees: pure; one message a target a run, however many datasets; no secret and no URL's query
 * in it, and each word of a hub's or a file's is clean and of a reader's length.
 *
 * @module
 */

import { localTime } from "../local_time.ts";
import type { Notice } from "./news.ts";
import { nameText } from "../../plain_text.ts";

/** A message, in the forms that targets ask for. */
export interface Message {
  title: string;
  /** Plain text, without the title. */
  text: string;
  /** When it was written (ms since the epoch). */
  at: number;
  /** The machine that sends it. */
  host: string;
  notices: Notice[];
}

/** Makes the message out of a target's notices. */
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
    ? `DataHubSync: ${headline(first)}`
    : `DataHubSync: ${summary(clean)}`;
  const text = clean.map((notice) => paragraph(notice)).join("\n\n") +
    `\n\n${host}, ${localTime(at)}`;
  return { title, text, at, host, notices: clean };
}

function headline({ event, dataset }: Notice): string {
  switch (event) {
    case "failure":
      return `sync of ${dataset} fails`;
    case "stale":
      return `data of ${dataset} is stale`;
    case "recovery":
      return `${dataset} has recovered`;
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

function paragraph(notice: Notice): string {
  const lines = [headline(notice)];
  if (notice.event === "success") lines.push(`version: ${notice.version ?? "unknown"}`);
  else lines.push(`since: ${localTime(notice.since)}`);
  if (notice.reason !== undefined) lines.push(`reason: ${notice.reason}`);
  if (notice.remedy !== undefined) lines.push(`remedy: ${notice.remedy}`);
  return lines.join("\n");
}
