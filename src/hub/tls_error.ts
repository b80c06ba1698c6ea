/**
 * Says of each fault of a certificate what it is, and what helps against this one.
 *
 * Guarantees: pure, but for the time, which comes in. The words that are looked for are those of the
 * TLS library in Deno 2.7.11; the tests hold them against certificates with each fault. A fault that
 * isn't known comes out in the library's own words.
 *
 * @module
 */

import { HubError, redactUrl } from "../errors.ts";
import { shellWord } from "../shell_word.ts";

/** A fault: what it is, and what to do about it. */
interface Fault {
  says?: string;
  hint: string;
}

/** The error for a TLS failure in the library's words; `null` when they are about something else. */
export function tlsError(
  detail: string,
  url: string | URL,
  evidence: { cause: Error },
  now: number = Date.now(),
): HubError | null {
  const place = redactUrl(url);
  const error = (what: string, { says = detail, hint }: Fault): HubError =>
    new HubError("tls", `${place}: ${what}: ${says}`, {
      ...evidence,
      url: place,
      found: detail,
      hint,
    });
  if (/invalid peer certificate|certificate not valid|unable to add pem/i.test(detail)) {
    return error("the certificate isn't trusted", certificateFault(detail, new URL(url), now));
  }
  if (/InvalidContentType|corrupt message/.test(detail)) {
    return error("no TLS is spoken there", {
      hint: "check hub.url: it may have to begin with http://",
    });
  }
  const alert = /received fatal alert: (\w+)/.exec(detail)?.[1];
  if (alert === undefined && !/peer is incompatible/.test(detail)) return null;
  if (/CertificateRequired/.test(detail)) {
    return error("it wants a certificate of the client", {
      hint: "datahubsync has none to show: ask those who run the hub for a token instead",
    });
  }
  return error("no TLS connection comes about", {
    hint: "the hub has to speak TLS 1.2 or 1.3 with a usual cipher: tell those who run it",
  });
}

function certificateFault(detail: string, url: URL, now: number): Fault {
  const clock = `this machine's clock says ${dayOf(now / 1000)}`;
  const seconds = Number(/not valid (?:after|before) (\d+)/.exec(detail)?.[1]);
  if (/certificate expired/.test(detail)) {
    return {
      says: `it expired on ${dayOf(seconds)}, and ${clock}`,
      hint:
        "if that clock is right, the certificate has to be renewed on the hub; else set the clock",
    };
  }
  if (/not valid yet/.test(detail)) {
    return {
      says: `it is valid from ${dayOf(seconds)} on, and ${clock}`,
      hint: "set this machine's clock; if it is right, wait or issue the certificate again",
    };
  }
  if (/UnknownIssuer/.test(detail)) {
    return { hint: "name the certificate authority's PEM file in hub.ca_file" };
  }
  const again = `on the hub, make one that is: ${command(url)}; then name hub.crt in hub.ca_file`;
  if (/CaUsedAsEndEntity/.test(detail)) {
    return { says: "it is an authority's own (CA:TRUE), not a server's", hint: again };
  }
  if (/UnsupportedCertVersion/.test(detail)) {
    return { says: "it is of version 1; it has to be of version 3", hint: again };
  }
  if (/not valid for any names/.test(detail)) {
    return { says: "it names no host (subjectAltName; a CN doesn't count)", hint: again };
  }
  const names = [...detail.matchAll(/(?:DnsName\("([^"]+)"\)|IpAddress\(([\w.:]+)\))/g)]
    .map(([, host, address]) => host ?? address);
  if (/not valid for name/.test(detail)) {
    const of = names.length === 0 ? "another host" : names.join(", ");
    return {
      says: `it is one of ${of}, not of ${url.hostname}`,
      hint: "check hub.url: its host must be one that the certificate was issued for",
    };
  }
  if (/extended key usage|InvalidPurpose/i.test(detail)) {
    return {
      says: "it isn't meant for servers (extendedKeyUsage)",
      hint: "ask its authority for one with extendedKeyUsage=serverAuth",
    };
  }
  return { hint: "tell those who run the hub what is wrong with its certificate" };
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
