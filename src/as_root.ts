/**
 * Commands to run as root or as another user, as a person can type them on this machine.
 *
 * Guarantees: for root they are unchanged. For others they begin with `sudo` or, if that isn't
 * installed, with `su`, which every system has and which asks for root's password.
 *
 * @module
 */
import { orElse } from "./or_else.ts";
import { shellWord } from "./shell_word.ts";

/** Who types a command, and with what. */
interface Typist {
  /** Default: this process's user. */
  uid?: number | null;
  /** Whether `sudo` is installed; default: checked. */
  sudo?: boolean;
}

const SUDO = ["/usr/bin/sudo", "/usr/local/bin/sudo", "/bin/sudo"];

/** A command to run as root. */
export function asRoot(words: string, { uid = Deno.uid(), sudo }: Typist = {}): string {
  if (uid === 0) return words;
  return sudo ?? hasSudo() ? `sudo ${words}` : `su -c ${shellWord(words)}`;
}

/** A command to run as another user; without `sudo`, root uses `runuser`. */
export function asUser(name: string, words: string, typist: Typist = {}): string {
  const id = /^\d+$/.test(name) ? `'#${name}'` : shellWord(name);
  if (typist.sudo ?? hasSudo()) return `sudo -u ${id} ${words}`;
  return asRoot(`runuser -u ${id} -- ${words}`, { ...typist, sudo: false });
}

function hasSudo(): boolean {
  return SUDO.some((path) => orElse(() => Deno.statSync(path).isFile, false));
}
