/**
 * Reads `hub.ca_file`, in any form in which certificates are passed around.
 *
 * Guarantees: the result is PEM with at least one readable certificate. A byte order mark, UTF-16,
 * indented lines and DER are accepted; for everything else the error says what the file is and
 * which command converts it to PEM. A private key in the file is left out.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { readPlain } from "../../plain_file.ts";
import { X509Certificate } from "node:crypto";
import { HubError, messageOf } from "../../errors.ts";
import { shellWord } from "../../shell_word.ts";
import { HUB } from "../../messages/hub.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/** The certificates in a file, as PEM. Throws HubError `tls`. */
export function readAuthorities(path: string): string {
  const bytes = bytesOf(path);
  if (bytes[0] === 0x30) return fromDer(bytes, path);
  const text = textOf(bytes);
  const blocks = [...text.matchAll(BLOCK)].map(([, base64]) => base64!.replace(/\s+/g, ""));
  if (blocks.length === 0) throw noCertificate(text, path);
  // One that can't be read is ignored by TLS, too; with no other there is nothing to trust.
  if (!blocks.some(isReadable)) throw badAuthorities(path, HUB.no_certificate_in_it_can_be());
  return blocks.map(toPem).join("");
}

/** The error for a file that can't be used, whoever found that out. */
export function badAuthorities(
  path: string,
  found: string,
  cause?: unknown,
  hint?: string,
): HubError {
  return new HubError("tls", HUB.ca_file_unusable({ path, found }), {
    path,
    expected: HUB.a_pem_file(),
    found,
    cause,
    ...(hint !== undefined && { hint }),
  });
}

function bytesOf(path: string): Uint8Array {
  try {
    if (Deno.statSync(path).isFile) return readPlain(path);
  } catch (cause) {
    throw badAuthorities(path, messageOf(cause), cause);
  }
  // Reading a pipe that nobody writes into would hold the program against every signal but KILL.
  throw badAuthorities(path, HUB.it_isn_t_a_regular_file());
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
    throw badAuthorities(path, HUB.it_is_binary_and_no_certificate(), cause, hint);
  }
  return toPem(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}

function noCertificate(text: string, path: string): HubError {
  const [from, to] = [shellWord(path), shellWord(`${path}.pem`)];
  if (/BEGIN TRUSTED CERTIFICATE/.test(text)) {
    const hint = `openssl x509 -in ${from} -out ${to}`;
    return badAuthorities(path, HUB.openssl_trusted_form(), undefined, hint);
  }
  if (/BEGIN PKCS7/.test(text)) {
    const hint = `openssl pkcs7 -print_certs -in ${from} -out ${to}`;
    return badAuthorities(path, HUB.its_certificates_are_wrapped_pkcs_7(), undefined, hint);
  }
  if (/BEGIN CERTIFICATE REQUEST/.test(text)) {
    return badAuthorities(path, HUB.it_holds_a_request_for_a());
  }
  if (/BEGIN CERTIFICATE/.test(text)) {
    return badAuthorities(path, HUB.ends_mid_certificate(), undefined, HUB.copy_it_again());
  }
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    const hint = HUB.name_the_authority();
    return badAuthorities(path, HUB.holds_private_key(), undefined, hint);
  }
  return badAuthorities(path, HUB.there_is_no_certificate_in_it());
}

function isReadable(base64: string): boolean {
  const bytes = (): Uint8Array => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  return orElse(() => new X509Certificate(bytes()), undefined) !== undefined;
}

function toPem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
