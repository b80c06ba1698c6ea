/**
 * Reads `hub.ca_file`, in whatever form a certificate is handed from person to person.
 *
 * Guarantees: what comes back is PEM with at least one certificate that can be read. A byte order
 * mark, UTF-16, indented lines and DER are understood; of everything else the error says what it is
 * and which command makes a PEM file of it. A key in the file is left out.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { HubError, messageOf } from "../errors.ts";
import { shellWord } from "../shell_word.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/** The certificates in a file, as PEM. Throws HubError `tls`. */
export function readAuthorities(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (cause) {
    throw badAuthorities(path, messageOf(cause), cause);
  }
  if (bytes[0] === 0x30) return fromDer(bytes, path);
  const text = textOf(bytes);
  const blocks = [...text.matchAll(BLOCK)].map(([, base64]) => base64!.replace(/\s+/g, ""));
  if (blocks.length === 0) throw noCertificate(text, path);
  // One that can't be read is ignored by TLS, too; with no other there is nothing to trust.
  if (!blocks.some(isReadable)) throw badAuthorities(path, "no certificate in it can be read");
  return blocks.map(toPem).join("");
}

/** The error for a file that can't be used, whoever found that out. */
export function badAuthorities(
  path: string,
  found: string,
  cause?: unknown,
  hint?: string,
): HubError {
  return new HubError("tls", `hub.ca_file can't be used: ${path}: ${found}`, {
    path,
    expected: "a PEM file with certificates (-----BEGIN CERTIFICATE-----)",
    found,
    cause,
    ...(hint !== undefined && { hint }),
  });
}

function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

function fromDer(bytes: Uint8Array, path: string): string {
  try {
    new X509Certificate(bytes);
  } catch (cause) {
    const hint = `openssl pkcs12 -in ${shellWord(path)} -nokeys -out ${shellWord(`${path}.pem`)}`;
    throw badAuthorities(path, "it is binary, and no certificate (a PKCS #12 file?)", cause, hint);
  }
  return toPem(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}

function noCertificate(text: string, path: string): HubError {
  const [from, to] = [shellWord(path), shellWord(`${path}.pem`)];
  if (/BEGIN TRUSTED CERTIFICATE/.test(text)) {
    const hint = `openssl x509 -in ${from} -out ${to}`;
    return badAuthorities(
      path,
      "its certificate is in OpenSSL's own form (TRUSTED)",
      undefined,
      hint,
    );
  }
  if (/BEGIN PKCS7/.test(text)) {
    const hint = `openssl pkcs7 -print_certs -in ${from} -out ${to}`;
    return badAuthorities(path, "its certificates are wrapped (PKCS #7)", undefined, hint);
  }
  if (/BEGIN CERTIFICATE REQUEST/.test(text)) {
    return badAuthorities(path, "it holds a request for a certificate, and no certificate");
  }
  if (/BEGIN CERTIFICATE/.test(text)) {
    return badAuthorities(
      path,
      "it ends in the middle of a certificate",
      undefined,
      "copy it again",
    );
  }
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    const hint = "name the authority's certificate instead, and keep the key to yourself";
    return badAuthorities(path, "it holds a private key, and no certificate", undefined, hint);
  }
  return badAuthorities(path, "there is no certificate in it");
}

function isReadable(base64: string): boolean {
  try {
    new X509Certificate(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
    return true;
  } catch {
    return false;
  }
}

function toPem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
