/**
 * Turns an unsuccessful status into the error that says what to do about it.
 *
 * Guarantees: reads at most a few kilobytes of the body, for its first line, and for a few
 * seconds. Only the hub's own pages are quoted: another server's may be confidential.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import type { Answer } from "../request/http_get.ts";
import { isBinary } from "./page.ts";
import { parseRetryAfter } from "../retry/retry.ts";
import { messageText } from "../../plain_text.ts";
import { HUB } from "../../messages/hub.ts";
import { serverName, settingName } from "../setting_names.ts";

const MOST_BYTES = 4096;
/** A page that drips is no download: each byte would put the watchdog off again. */
const LONGEST_MS = 5_000;

/** The error for an answer that is no success. `now` is in ms since the epoch. */
export async function statusError(answer: Answer, now: number): Promise<HubError> {
  const { response, url, redirected, section } = answer;
  const { status } = response;
  const page = answer.foreign ? "" : new TextDecoder().decode(await firstBytes(answer));
  const line = lineOf(page);
  const said = line === ""
    ? HUB.answered({ url: redactUrl(url), status })
    : HUB.answered_line({ url: redactUrl(url), status, line });
  const evidence = { status, url: redactUrl(url), found: status };
  if (answer.withheld && (status === 401 || (status === 403 && isUpgrade(answer)))) {
    const message = HUB.leads_to({ asked: redactUrl(answer.asked), said });
    return new HubError("redirect", message, {
      url: redactUrl(url),
      found: status,
      hint: HUB.set_section_url({
        token: settingName(section, "token"),
        headers: settingName(section, "headers"),
        url: settingName(section, "url"),
        replace: redactUrl(url).replace(/\/api\/datasets\/?$/, ""),
      }),
    });
  }
  if (redirected && (status === 403 || status === 404 || status === 410)) {
    return new HubError("redirect", HUB.redirect_target({ said }), {
      ...evidence,
      hint: HUB.signed_link(),
    });
  }
  if (status === 429 || status === 503) {
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), now);
    return new HubError("rate_limited", said, {
      ...evidence,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
      hint: HUB.hub_busy({ server: serverName(section) }),
    });
  }
  // What nginx, Apache, Caddy and Go say.
  if (status === 400 && /HTTPS (?:port|server)|SSL-enabled/i.test(page)) {
    const asked = section === "hub" ? answer.asked.origin : redactUrl(answer.asked);
    const replace = asked.replace(/^http:/, "https:");
    const setting = settingName(section, "url");
    return new HubError("http_status", said, {
      ...evidence,
      hint: HUB.speaks_https({ setting, replace }),
    });
  }
  return new HubError("http_status", said, { ...evidence, hint: hintFor(status, section) });
}

/** Whether the hub answers at its https address when it is asked at its http one. */
function isUpgrade({ asked, url }: Answer): boolean {
  return asked.hostname === url.hostname && asked.protocol !== url.protocol;
}

/** The first kilobytes of a body, as far as they come; the rest is dropped. */
export async function firstBytes(answer: Answer): Promise<Uint8Array> {
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  const reader = answer.response.body?.getReader();
  if (reader === undefined) return bytes.subarray(0, 0);
  const enough = setTimeout(() => void reader.cancel().catch(() => {}), LONGEST_MS);
  try {
    while (length < MOST_BYTES) {
      const { value, done } = await reader.read();
      if (done) break;
      answer.watchdog.touch();
      const taken = value.subarray(0, MOST_BYTES - length);
      bytes.set(taken, length);
      length += taken.length;
    }
  } catch {
    // The status is what matters; its page may be cut off.
  }
  clearTimeout(enough);
  await reader.cancel().catch(() => {});
  return bytes.subarray(0, length);
}

/**
 * The first line of a text that isn't blank, at most 120 characters, without control characters;
 * what is no text isn't shown.
 */
export function lineOf(text: string): string {
  if (isBinary(new TextEncoder().encode(text))) return HUB.bytes_that_are_no_text();
  const line = text.split(/[\r\n]+/).map((part) => part.trim()).find((part) => part !== "") ?? "";
  return messageText(line, 120);
}

function hintFor(status: number, section: Answer["section"]): string {
  const server = serverName(section);
  const setting = settingName(section, "url");
  if (status === 401 || status === 403) {
    const [token, headers] = [settingName(section, "token"), settingName(section, "headers")];
    return HUB.check_token({ token, headers });
  }
  if (status === 407) return HUB.proxy_password();
  if (status === 511) return HUB.network_login();
  if (section !== "hub" && (status === 404 || status === 410)) {
    return HUB.nothing_there({ setting });
  }
  if (status === 404) return HUB.check_root();
  if (status === 502 || status === 504) return HUB.gateway({ server });
  if (status >= 500 && status < 600) return HUB.hub_failed({ server });
  return status < 400 ? HUB.no_plain_file({ setting }) : HUB.refuses_request({ server });
}
