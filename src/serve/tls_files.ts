/**
 * Reads the certificate and the key that `serve` is to show.
 *
 * Guarantees: what can't be one is refused by its file's name, before anything listens. Whether the
 * runtime takes the pair shows when it listens.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { DISK } from "../messages/disk.ts";

/** Reads both files. Throws UsageError, StoreError. */
export async function readTls(
  files: { cert: string; key: string },
): Promise<{ cert: string; key: string }> {
  const cert = await readPem("--tls-cert", files.cert);
  if (!/^-----BEGIN CERTIFICATE-----/m.test(cert)) {
    throw notPem("--tls-cert", files.cert, { what: "certificate", label: "CERTIFICATE" });
  }
  const key = await readPem("--tls-key", files.key);
  if (/^-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(key)) {
    throw new UsageError(
      `--tls-key: ${files.key} is encrypted; expected a key without a passphrase`,
    );
  }
  if (!/^-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/m.test(key)) {
    throw notPem("--tls-key", files.key, { what: "private key", label: "PRIVATE KEY" });
  }
  return { cert, key };
}

async function readPem(option: string, path: string): Promise<string> {
  // Latin-1 takes any bytes, so a binary form is named as what it isn't.
  const read = async () => new TextDecoder("latin1").decode(await Deno.readFile(path));
  const text = await ifThereAsync(read, { path, to: "read the file" });
  if (text !== undefined) return text;
  throw new UsageError(`${option}: ${DISK.no_file({ path })}`, { path });
}

function notPem(
  option: string,
  path: string,
  { what, label }: { what: string; label: string },
): UsageError {
  return new UsageError(
    `${option}: ${path} holds no ${what}; expected PEM, text with -----BEGIN ${label}-----`,
    { path },
  );
}
