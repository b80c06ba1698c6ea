/**
 * Says what a certificate's fault is, and what helps against it.
 *
 * Guarantees: pure; the time is an argument. The patterns are the messages of the TLS library in
 * Deno 2.7.11; the tests compare them with certificates that have each fault. An unknown fault is
 * reported in the library's own words.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { shellWord } from "../../shell_word.ts";
import { HUB } from "../../messages/hub.ts";
import { type Section, serverName, settingName } from "../../config/setting_names.ts";

/** A fault: what it is, and what to do about it. */
interface Fault {
  says?: string;
  hint: string;
}

/** Alerts that ask for a client certificate; OpenSSL, Go and others send different ones. */
const CLIENT_CERTIFICATE =
  /^(?:CertificateRequired|BadCertificate|CertificateUnknown|UnsupportedCertificate|UnknownCA|NoCertificate)/;

/** The error for a TLS failure in the library's words; `null` when they are about something else. */
export function tlsError(
  detail: string,
  url: string | URL,
  { section = "hub", ...evidence }: { cause: Error; section?: Section },
  now: number = Date.now(),
): HubError | null {
  const shownUrl = redactUrl(url);
  const server = serverName(section);
  const error = (what: string, { says = detail, hint }: Fault): HubError =>
    new HubError("tls", `${shownUrl}: ${what}: ${says}`, {
      ...evidence,
      url: shownUrl,
      found: detail,
      hint,
    });
  if (/invalid peer certificate|certificate not valid|unable to add pem/i.test(detail)) {
    return error(
      HUB.the_certificate_isnt_trusted(),
      certificateFault(detail, { url: new URL(url), now, section }),
    );
  }
  if (/InvalidContentType|corrupt message/.test(detail)) {
    return error(HUB.no_tls_there(), {
      hint: HUB.may_be_http({ setting: settingName(section, "url") }),
    });
  }
  const alert = /received fatal alert: (\w+)/.exec(detail)?.[1];
  if (alert === undefined && !/peer is incompatible/.test(detail)) return null;
  if (CLIENT_CERTIFICATE.test(alert ?? "")) {
    return error(HUB.wants_client_certificate(), { hint: HUB.ask_for_token({ server }) });
  }
  if (alert === "UnrecognisedName" || alert === "InternalError") {
    const { hostname } = new URL(url);
    const setting = settingName(section, "url");
    return error(HUB.no_tls_connection(), {
      hint: HUB.no_host_there({ setting, server, hostname }),
    });
  }
  return error(HUB.no_tls_connection(), { hint: HUB.tls_versions({ server }) });
}

function certificateFault(
  detail: string,
  { url, now, section }: { url: URL; now: number; section: Section },
): Fault {
  const [server, setting] = [serverName(section), settingName(section, "ca_file")];
  const clock = HUB.clock_says({ day: dayOf(now / 1000) });
  const seconds = Number(/not valid (?:after|before) (\d+)/.exec(detail)?.[1]);
  if (/certificate expired/.test(detail)) {
    return {
      says: HUB.expired_on({ day: dayOf(seconds), clock }),
      hint: HUB.renew_or_set_clock({ server }),
    };
  }
  if (/not valid yet/.test(detail)) {
    return { says: HUB.valid_from({ day: dayOf(seconds), clock }), hint: HUB.set_clock() };
  }
  if (/UnknownIssuer/.test(detail)) {
    return { hint: HUB.name_ca_file({ setting }) };
  }
  const again = HUB.make_certificate({ server, command: command(url), setting });
  if (/CaUsedAsEndEntity/.test(detail)) {
    return { says: HUB.authoritys_own(), hint: again };
  }
  if (/UnsupportedCertVersion/.test(detail)) {
    return { says: HUB.certificate_version(), hint: again };
  }
  if (/not valid for any names/.test(detail)) {
    return { says: HUB.names_no_host(), hint: again };
  }
  const names = [...detail.matchAll(/(?:DnsName\("([^"]+)"\)|IpAddress\(([\w.:]+)\))/g)]
    .map(([, host, address]) => host ?? address);
  if (/not valid for name/.test(detail)) {
    const of = names.length === 0 ? HUB.another_host() : names.join(", ");
    return {
      says: HUB.for_other_host({ of, hostname: url.hostname }),
      hint: HUB.host_of_certificate({ setting: settingName(section, "url") }),
    };
  }
  if (/extended key usage|InvalidPurpose/i.test(detail)) {
    return { says: HUB.not_for_servers(), hint: HUB.server_auth() };
  }
  return { hint: HUB.tell_certificate({ server }) };
}

/** Makes a key and a certificate for the host, as every TLS library takes them. */
function command({ hostname }: URL): string {
  const host = hostname.replace(/^\[|\]$/g, "");
  const isAddress = /^[\d.]+$/.test(host) || host.includes(":");
  return "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout hub.key -out hub.crt " +
    `-subj ${shellWord(`/CN=${host}`)} ` +
    `-addext ${shellWord(`subjectAltName=${isAddress ? "IP" : "DNS"}:${host}`)} ` +
    "-addext basicConstraints=critical,CA:FALSE";
}

/** A day as text; what isn't one stays visible. */
function dayOf(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 10) : "?";
}
