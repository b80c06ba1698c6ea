/**
 * `datahubsync key`: makes the pair of keys that a hub's catalog is signed with, or shows one.
 *
 * Guarantees: the private key goes into a new file that only its owner may read, and nowhere else; the
 * public one and its fingerprint go to stdout.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { ownCommand } from "../../own_command.ts";
import { jsonText } from "../../plain_text.ts";
import { shellWord } from "../../shell_word.ts";
import { keyFingerprint, loadSigningKey, makeKeyFile } from "../../trust/keys.ts";
import { EXIT } from "../command/exit_code.ts";
import { passSiteGate } from "./site_gate.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Runs `key`; returns the exit code. Throws UsageError, StoreError. */
export async function keyCommand(
  file: string,
  { show = false, json = false }: { show?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (file === "") {
    throw new UsageError(HUB_END.needs_key_file(), { hint: ownCommand("key /root/hub.key") });
  }
  if (!show) {
    const warn = (message: string): void => sayWarning(terminal, message);
    passSiteGate([], { output: file, warn });
  }
  const publicKey = show ? (await loadSigningKey(file)).publicKey : await makeKeyFile(file);
  const fingerprint = keyFingerprint(publicKey);
  if (json) {
    terminal.out(`${jsonText({ file, public_key: publicKey, fingerprint })}\n`);
    return EXIT.ok;
  }
  const lines = [
    say(HUB_END.public_key, { key: publicKey }),
    say(HUB_END.fingerprint, { fingerprint }),
    ...show ? [] : [
      say(HUB_END.wrote_key, { file }),
      say(HUB_END.sign_with, {
        command: ownCommand(`pack FOLDER --output SITE --sign ${shellWord(file)}`),
      }),
      say(HUB_END.believed_by, { setting: `hub.public_key: ${publicKey}` }),
    ],
  ];
  terminal.out(lines.map((line) => `${line}\n`).join(""));
  return EXIT.ok;
}
