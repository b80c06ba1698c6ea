/**
 * Reads the certificate and the key for `serve`.
 *
 * Guarantees: a file that can't be one is refused by name, before anything listens. Whether the runtime
 * accepts the pair shows only when it listens.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { readPlain } from "../plain_file.ts";
import { ifThere } from "../fs/if_there.ts";
import { DISK } from "../messages/disk.ts";
import { PACK } from "../messages/pack.ts";

/** Reads both files. Throws UsageError, StoreError. */
export function readTls(
  files: { cert: string; key: string },
): { cert: string; key: string } {
  const cert = readPem("--tls-cert", files.cert);
  if (!/^-----BEGIN CERTIFICATE-----/m.test(cert)) {
    throw new UsageError(PACK.no_certificate({ path: files.cert }), { path: files.cert });
  }
  const key = readPem("--tls-key", files.key);
  if (/^-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(key)) {
    throw new UsageError(PACK.key_encrypted({ path: files.key }));
  }
  if (!/^-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/m.test(key)) {
    throw new UsageError(PACK.no_private_key({ path: files.key }), { path: files.key });
  }
  return { cert, key };
}

function readPem(option: string, path: string): string {
  // Latin-1 takes any bytes, so a binary form is named as what it isn't.
  const read = () => new TextDecoder("latin1").decode(readPlain(path));
  const text = ifThere(read, { path, to: DISK.read_the_file() });
  if (text !== undefined) return text;
  throw new UsageError(PACK.of_option({ option, text: DISK.no_file({ path }) }), { path });
}
