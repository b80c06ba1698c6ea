/**
 * Why a hub that accepts connections returns no catalog, and what to do about it.
 *
 * @module
 */
import { HubError, messageOf } from "../../../errors.ts";
import { shellWord } from "../../../shell_word.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, failure, fine } from "../check_line.ts";
import { answered, type HeadFacts } from "./hub_answer.ts";
import { proxyFor, targetOf } from "../../../hub/route/proxy.ts";
import { CHECK } from "../../../messages/check.ts";

/** What a signed catalog is refused for. */
const UNSIGNED: ReadonlySet<unknown> = new Set([
  "untrusted",
  "expired",
  "old_catalog",
  "wrong_clock",
]);
/** An answer that came whole, but is no catalog. */
const MISREAD: ReadonlySet<unknown> = new Set(["not_json", "not_catalog"]);

/** The lines about a hub that returned no catalog; `seen` is its last answer. */
export function refused(
  error: unknown,
  seen: HeadFacts | undefined,
  url: string,
  context: CheckContext,
): CheckLine[] {
  const code = error instanceof HubError ? error.code : undefined;
  const lines = code !== "tls" && seen !== undefined ? trusted(url) : [];
  if (UNSIGNED.has(code) || MISREAD.has(code)) lines.push(...answered(seen, context));
  if (error instanceof HubError && UNSIGNED.has(code)) {
    lines.push(failure("hub.signed", error.message, error.hint));
  } else if (url.startsWith("https:") && code === "stalled" && seen === undefined) {
    lines.push(noHandshake(error, url, context));
  } else lines.push(unanswered(error, url, context));
  return lines;
}

/** The line that the certificate is trusted, where there is one. */
export function trusted(url: string): CheckLine[] {
  return url.startsWith("https:") ? [fine("hub.tls", CHECK.its_certificate_is_trusted())] : [];
}

/** A server that knows no TLS may wait for the end of what it takes for a request. */
function noHandshake(error: unknown, url: string, context: CheckContext): CheckLine {
  const plain = url.replace("https:", "http:");
  return failure(
    "hub.tls",
    CHECK.maybe_no_tls({ error: messageOf(error) }),
    CHECK.if_this_answers({
      path: context.config.path,
      plain,
      curl: `curl -sS -i ${shellWord(`${plain}/api/datasets`)} | head`,
    }),
  );
}

/** The stage at which an answer can't be used, and what to do about it. */
function unanswered(error: unknown, url: string, context: CheckContext): CheckLine {
  const { path, hub } = context.config;
  const ask = `curl -sS -i ${shellWord(`${url}/api/datasets`)} | head`;
  const text = messageOf(error);
  if (!(error instanceof HubError)) return failure("hub.http", text, ask);
  const { hostname, port } = targetOf(url, undefined);
  switch (error.code) {
    case "tls":
      return failure(
        "hub.tls",
        text,
        CHECK.hint_certificate({ hint: error.hint ?? text, path, hostname, port }),
      );
    case "not_json":
    case "not_catalog":
      return failure("hub.json", text, CHECK.correct_hub_url({ path, ask }));
    case "stalled":
    case "unreachable":
    case "cut_short":
      // What took the connection is the proxy; the error's own hint knows whose fault it is.
      if (error.hint !== undefined && proxyFor(url, context.machine.env) !== undefined) break;
      return failure("hub.http", text, CHECK.takes_but_silent({ ask }));
  }
  if (error.status === 401 || error.status === 403) {
    const variable = "${DATAHUBSYNC_TOKEN}";
    return failure(
      "hub.http",
      `${text}: ${hub.token === undefined ? CHECK.wants_token() : CHECK.refuses_token()}`,
      CHECK.set_token({ variable, path }),
    );
  }
  return failure("hub.http", text, `${error.hint ?? CHECK.tell_hub()}; ${ask}`);
}
