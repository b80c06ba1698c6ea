/**
 * Formats notices as messages.
 *
 * Guarantees: pure; one message per target and run, however many datasets; it contains no secrets
 * and no URL's query, and every text from a hub or a file is sanitised and shortened. What a person
 * reads is in their language; the notices themselves, which programs read, stay English.
 *
 * @module
 */
import { namesText } from "../../config/near_miss.ts";
import { NOTIFY } from "../../messages/notify.ts";
import { ENGLISH, type Speech } from "../../messages/speech.ts";
import { localTime } from "../local_time.ts";
import type { Notice } from "./news.ts";
import { nameText } from "../../plain_text.ts";

/** A message, in the forms that targets need. */
export interface NotifyMessage {
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
  options: { at: number; host: string; redact: (text: string) => string; speech?: Speech },
): NotifyMessage {
  const { at, host, redact, speech = ENGLISH } = options;
  const clean = notices.map((notice): Notice => ({
    ...notice,
    dataset: nameText(notice.dataset),
    version: notice.version === null ? null : nameText(redact(notice.version)),
    ...(notice.reason === undefined ? {} : { reason: redact(notice.reason) }),
    ...(notice.remedy === undefined ? {} : { remedy: redact(notice.remedy) }),
  }));
  const first = clean[0];
  const title = clean.length === 1 && first !== undefined
    ? headline(first, [first.dataset], speech)
    : summary(clean, speech);
  const text =
    [...grouped(clean)].map(([notice, names]) => paragraph(notice, names, speech)).join("\n\n") +
    `\n\n${host}${speech.say(NOTIFY.and_then)}${localTime(at)}`;
  const titled = speech.say(NOTIFY.title, { headline: title });
  return { title: titled, text, at, host, notices: clean };
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

function headline({ event }: Notice, names: readonly string[], speech: Speech): string {
  const [dataset = ""] = names;
  const text = namesText(names, speech);
  const { say } = speech;
  switch (event) {
    case "failure":
      return names.length === 1
        ? say(NOTIFY.failure, { dataset })
        : say(NOTIFY.failures, { names: text });
    case "stale":
      return say(NOTIFY.stale, { dataset: text });
    case "recovery":
      return names.length === 1
        ? say(NOTIFY.recovery, { dataset })
        : say(NOTIFY.recoveries, { names: text });
    case "success":
      return say(NOTIFY.success, { dataset: text });
  }
}

const COUNTS = {
  failure: NOTIFY.n_failure,
  stale: NOTIFY.n_stale,
  recovery: NOTIFY.n_recovery,
  success: NOTIFY.n_success,
};

function summary(notices: readonly Notice[], { say }: Speech): string {
  return Object.entries(COUNTS).flatMap(([event, message]) => {
    const n = notices.filter((notice) => notice.event === event).length;
    return n === 0 ? [] : [say(message, { n })];
  }).join(say(NOTIFY.and_then));
}

function paragraph(notice: Notice, names: readonly string[], speech: Speech): string {
  const { say, said } = speech;
  const { event, version, since, reason, remedy } = notice;
  const lines = [headline(notice, names, speech)];
  if (event === "success") {
    lines.push(say(NOTIFY.version, { version: version ?? say(NOTIFY.unknown) }));
  } else lines.push(say(NOTIFY.since, { since: localTime(since) }));
  if (reason !== undefined) lines.push(say(NOTIFY.reason, { reason: said(reason) }));
  if (remedy !== undefined) lines.push(say(NOTIFY.remedy, { remedy: said(remedy) }));
  return lines.join("\n");
}
