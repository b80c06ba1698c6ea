/**
 * Why a hub that accepts connections returns no catalog, and what to do about it.
 *
 * @module
 */
import { HubError, messageOf } from "../../errors.ts";
import { shellWord } from "../../shell_word.ts";
import type { CheckContext } from "./check_context.ts";
import { type CheckLine, failure } from "./check_line.ts";
import { targetOf } from "../../hub/proxy.ts";

/** A server that knows no TLS may wait for the end of what it takes for a request. */
export function noHandshake(error: unknown, url: string, context: CheckContext): CheckLine {
  const plain = url.replace("https:", "http:");
  return failure(
    "hub.tls",
    `${messageOf(error)}: it may speak no TLS`,
    `if this answers, correct hub.url in ${context.config.path} to ${plain}: ` +
      `curl -sS -i ${shellWord(`${plain}/api/datasets`)} | head`,
  );
}

/** The stage at which an answer can't be used, and what to do about it. */
export function unanswered(error: unknown, url: string, context: CheckContext): CheckLine {
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
        `${error.hint ?? text} (${path}); its certificate: ` +
          `openssl s_client -connect ${hostname}:${port} -servername ${hostname} </dev/null`,
      );
    case "not_json":
    case "not_catalog":
      return failure("hub.json", text, `correct hub.url in ${path}; what it says: ${ask}`);
    case "stalled":
    case "unreachable":
    case "cut_short":
      return failure(
        "hub.http",
        text,
        `it takes connections but doesn't answer: restart the hub, or see what is before it: ${ask}`,
      );
  }
  if (error.status === 401 || error.status === 403) {
    const variable = "${DATAHUBSYNC_TOKEN}";
    return failure(
      "hub.http",
      `${text}: ${hub.token === undefined ? "it wants a token" : "it refuses hub.token"}`,
      `set hub.token: ${variable} in ${path}, and: export DATAHUBSYNC_TOKEN=…`,
    );
  }
  return failure("hub.http", text, `${error.hint ?? "tell those who run the hub"}; ${ask}`);
}
