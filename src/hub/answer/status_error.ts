/**
 * Turns an unsuccessful status into an error with a hint.
 *
 * Guarantees: reads at most a few kilobytes of the body, for its message, and for at most a few seconds.
 * Only the hub's own pages are quoted: another server's may be confidential.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import type { Answer } from "../request/http_get.ts";
import { lineOf, pageText } from "./page_text.ts";
import { messageText } from "../../plain_text.ts";
import { LONG_WAIT_MS, parseRetryAfter } from "../retry/retry.ts";
import { timeText } from "../../trust/signed_catalog.ts";
import { HUB } from "../../messages/hub.ts";
import { bare } from "../route/proxy.ts";
import { isHub, serverName, settingName } from "../../config/setting_names.ts";

const MOST_BYTES = 4096;
/** Ms to read an error page: if it drips, each byte would reset the watchdog. */
const LONGEST_MS = 5_000;
/** What forward proxies call themselves in `Server`. */
const PROXIES = /squid|proxy|zscaler|bluecoat|websense|mcafee|fortinet/i;
/** Challenge-response logins, which a fixed header can't answer. */
const UNKNOWN_LOGINS = /^(?:digest|ntlm|negotiate|kerberos|mutual|scram-.*|aws4-.*)$/i;

/** The error for an answer that is no success. `now` is in ms since the epoch. */
export async function statusError(answer: Answer, now: number): Promise<HubError> {
  const { response, url, redirected, section } = answer;
  const { status } = response;
  const bytes = await firstBytes(answer);
  const page = answer.foreign ? "" : pageText(bytes, response.headers.get("content-type"));
  const line = [lineOf(page), messageText(response.headers.get("x-squid-error") ?? "", 60)]
    .filter((part) => part !== "").join(": ");
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
      hint: orOfProxy(HUB.signed_link(), answer),
    });
  }
  if (status === 429 || status === 503) {
    const hubsTime = Date.parse(response.headers.get("date") ?? "");
    const asked = response.headers.get("retry-after");
    const retryAfterMs = parseRetryAfter(asked, Number.isNaN(hubsTime) ? now : hubsTime);
    const server = serverName(section);
    const hint = (retryAfterMs ?? 0) <= LONG_WAIT_MS
      ? HUB.hub_busy({ server })
      : HUB.asks_to_wait({ server, until: timeText(now + retryAfterMs!) });
    return new HubError("rate_limited", said, {
      ...evidence,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
      hint: orOfProxy(hint, answer),
    });
  }
  // What nginx, Apache, Caddy and Go say.
  if (status === 400 && /HTTPS (?:port|server)|SSL-enabled/i.test(page)) {
    const asked = isHub(section) ? answer.asked.origin : redactUrl(answer.asked);
    const replace = asked.replace(/^http:/, "https:");
    const setting = settingName(section, "url");
    return new HubError("http_status", said, {
      ...evidence,
      hint: HUB.speaks_https({ setting, replace }),
    });
  }
  return new HubError("http_status", said, { ...evidence, hint: hintOf(answer, said) });
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

/** What to do, at the hub or at the proxy on the way. */
function hintOf(answer: Answer, said: string): string {
  const { response: { status }, section, proxy, asked } = answer;
  if (status === 407) {
    return HUB.proxy_password({ variable: proxy?.variable ?? "http_proxy/https_proxy" });
  }
  // What nginx says in the place of TLS's own alert.
  if (status === 400 && /No required SSL certificate/i.test(said)) {
    return HUB.ask_for_token({ server: serverName(section) });
  }
  if (!isHub(section) && [400, 401, 403].includes(status) && isSigned(asked)) {
    return HUB.new_link({ setting: settingName(section, "url") });
  }
  if (!isHub(section) && status === 403 && said.includes(": AccessDenied")) {
    const [token, headers, setting] = (["token", "headers", "url"] as const)
      .map((key) => settingName(section, key)) as [string, string, string];
    return HUB.token_or_key({ token, headers, setting });
  }
  // Cloudflare's "Just a moment...".
  if (answer.response.headers.get("cf-mitigated") === "challenge") {
    return HUB.for_browsers_only({ server: serverName(section) });
  }
  return orOfProxy(loginHint(answer) ?? hintFor(status, section), answer);
}

/** What to do if the server demands a login other than a token; `undefined` = it doesn't. */
function loginHint({ response: { status, headers }, section }: Answer): string | undefined {
  const schemes = status === 401 ? schemesIn(headers.get("www-authenticate") ?? "") : [];
  const others = schemes.filter((scheme) => !/^basic$/i.test(scheme));
  if (schemes.length === 0 || !others.every((scheme) => UNKNOWN_LOGINS.test(scheme))) {
    return undefined;
  }
  return others.length < schemes.length
    ? HUB.user_and_password({ url: settingName(section, "url") })
    : HUB.unknown_login({ schemes: others.join(", "), server: serverName(section) });
}

/** The schemes in a `WWW-Authenticate`: words that aren't followed by `=`. */
function schemesIn(challenges: string): string[] {
  const parts = challenges.replace(/"(?:\\.|[^"\\])*"/g, "").split(",");
  return parts.flatMap((part) => /^\s*([\w-]+)(?=\s+[^\s=]|\s*$)/.exec(part)?.[1] ?? []);
}

/** The hint if a proxy may have answered in the server's place: within https it can't. */
function orOfProxy(hint: string, answer: Answer): string {
  const { response: { status, headers }, url, proxy, section } = answer;
  if (!proxy?.address.startsWith("http") || url.protocol !== "http:" || status < 400) return hint;
  const { address, variable, exceptions } = proxy;
  const by = { address, variable, exceptions, host: bare(url.hostname) };
  // A server's own `Server` goes through, and a proxy's own pages have the proxy's.
  const own = headers.has("x-squid-error") || PROXIES.test(headers.get("server") ?? "");
  return own
    ? HUB.proxy_answered({ ...by, setting: settingName(section, "url") })
    : status === 404
    ? hint
    : HUB.proxy_may_have_answered({ hint, ...by });
}

/** Whether an address holds a signature, as those of S3, Google and Azure do. */
function isSigned({ searchParams }: URL): boolean {
  return [...searchParams.keys()].some((name) =>
    /^(?:X-(?:Amz|Goog|Oss|Obs)-Signature|Signature|sig)$/i.test(name)
  );
}

function hintFor(status: number, section: Answer["section"]): string {
  const server = serverName(section);
  const setting = settingName(section, "url");
  if (status === 401 || status === 403) {
    const [token, headers] = [settingName(section, "token"), settingName(section, "headers")];
    return HUB.check_token({ token, headers });
  }
  if (status === 511) return HUB.network_login();
  if (!isHub(section) && (status === 404 || status === 410)) {
    return HUB.nothing_there({ setting });
  }
  if (status === 404) return HUB.check_root({ setting });
  if (status === 502 || status === 504) return HUB.gateway({ server });
  if (status >= 500 && status < 600) return HUB.hub_failed({ server });
  return status < 400 ? HUB.no_plain_file({ setting }) : HUB.refuses_request({ server });
}
