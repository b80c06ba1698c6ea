/**
 * Commands that need the rights of root or of another user, as a person can type them on this machine.
 *
 * Guarantees: root types them as they are. Others type `sudo`, or where it isn't installed `su`, which
 * every system has and which asks for root's password.
 *
 * @module
 */
import { orElse } from "./or_else.ts";
import { shellWord } from "./shell_word.ts";

/** Who types a command, and with what. */
export interface Typist {
  /** Default: this process's user. */
  uid?: number | null;
  /** Whether there is `sudo`; default: looked for. */
  sudo?: boolean;
}

const SUDO = ["/usr/bin/sudo", "/usr/local/bin/sudo", "/bin/sudo"];

/** A command with root's rights. */
export function asRoot(words: string, { uid = Deno.uid(), sudo }: Typist = {}): string {
  if (uid === 0) return words;
  return sudo ?? hasSudo() ? `sudo ${words}` : `su -c ${shellWord(words)}`;
}

/** A command with another user's rights; machines without sudo have runuser, for root. */
export function asUser(name: string, words: string, typist: Typist = {}): string {
  const id = /^\d+$/.test(name) ? `'#${name}'` : shellWord(name);
  if (typist.sudo ?? hasSudo()) return `sudo -u ${id} ${words}`;
  return asRoot(`runuser -u ${id} -- ${words}`, { ...typist, sudo: false });
}

function hasSudo(): boolean {
  return SUDO.some((path) => orElse(() => Deno.statSync(path).isFile, false));
}
