/**
 * `datahubsync key`: makes the pair of keys that a hub's catalog is signed with, or shows one.
 *
 * Guarantees: the private key goes into a new file that only its owner may read, and nowhere else; the
 * public one and its fingerprint go to stdout.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { jsonText } from "../../plain_text.ts";
import { keyFingerprint, loadSigningKey, makeKeyFile } from "../../trust/keys.ts";
import { EXIT } from "../exit_code.ts";
import { passSiteGate } from "./site_gate.ts";
import type { Terminal } from "../terminal.ts";

/** Options for `key`. */
export interface KeyOptions {
  show?: boolean;
  json?: boolean;
}

/** Runs `key`; returns the exit code. Throws UsageError, StoreError. */
export async function keyCommand(
  file: string,
  { show = false, json = false }: KeyOptions,
  terminal: Terminal,
): Promise<number> {
  if (file === "") {
    throw new UsageError("key needs a file for the private key", {
      hint: "datahubsync key /root/hub.key",
    });
  }
  if (!show) {
    const warn = (message: string): void => terminal.err(`warning: ${message}\n`);
    passSiteGate([], { output: file, warn });
  }
  const publicKey = show ? (await loadSigningKey(file)).publicKey : await makeKeyFile(file);
  const fingerprint = keyFingerprint(publicKey);
  if (json) {
    terminal.out(`${jsonText({ file, public_key: publicKey, fingerprint })}\n`);
    return EXIT.ok;
  }
  terminal.out(`public key:  ${publicKey}\nfingerprint: ${fingerprint}\n`);
  if (show) return EXIT.ok;
  terminal.out(
    `Wrote the private key to ${file}. Keep it off the machine that serves, and a copy elsewhere.\n` +
      `Sign with it:       datahubsync pack FOLDER --output SITE --sign ${file}\n` +
      `Clients believe it: hub.public_key: ${publicKey}\n`,
  );
  return EXIT.ok;
}
