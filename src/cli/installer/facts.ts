/**
 * What `install_client.sh` knows when it asks for a plan, and what the binary sees of the disk.
 *
 * Guarantees: changes nothing. Paths are those of the installed system; DESTDIR is put in front of
 * them here. What the plan has made or given away counts as done for the steps that follow.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { isSharedFolder } from "../../config/system_folders.ts";
import { UsageError } from "../../errors.ts";
import { orElse } from "../../or_else.ts";
import { readAccounts } from "../../owners/accounts.ts";
import { readPlainText } from "../../plain_file.ts";

/** The facts of a plan, by the names that they have in the script; a missing answer is empty. */
export const FACT_NAMES = [
  ...["UID_NOW", "USER_NOW", "DESTDIR", "HERE", "SOURCE", "VERSION", "PACKAGED", "DAY", "LANGUAGE"],
  ...["TMP", "INSTALL_DIR", "BINARY", "LINK", "SHARE", "FISH", "UNIT_DIR", "CONFIG", "V2"],
  ...["NEW_CONFIG", "EXAMPLE", "CAN_READ", "CLOSED"],
  ...["RUN_USER", "RUN_GROUP", "RUN_UID", "CAN_OWN", "MAKE_USER", "FROM_ROOT"],
  ...["KIND", "SCHEDULE", "KEEP_SPEC", "THEN", "NO_THEN", "PACK", "SITE", "SERVE", "SIGN"],
  ...["PROGRAM", "WANT_CRON", "WANT_SYSTEMD", "WANT_SYNC"],
  ...["HUB_URL", "DATA_DIR", "SYSTEMD", "DRY_RUN", "BLOCKED", "REMEDY", "EARLIER_VERSION"],
  ...["SUDO_USER", "EDITOR", "ASKED", "EARLIER_USER", "CAN_MAKE"],
] as const;

/** The facts, each a text. */
export type InstallFacts = Readonly<Record<(typeof FACT_NAMES)[number], string>>;

/** Reads `NAME=value` words. Throws UsageError if one is missing. */
export function readFacts(words: readonly string[]): InstallFacts {
  const given = new Map(words.map((word): [string, string] => {
    const at = word.indexOf("=");
    return [word.slice(0, at), word.slice(at + 1)];
  }));
  const missing = FACT_NAMES.find((name) => !given.has(name));
  if (missing !== undefined) throw new UsageError(`installer plan needs ${missing}=`);
  return Object.fromEntries(given) as InstallFacts;
}

/** Where the work files of a dataset lie if its user may write beside the data. */
export function workBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.datahubsync`);
}

/** The installed system's files, and the script's own notes in its temporary folder. */
export class Disk {
  readonly #facts: InstallFacts;
  /** Folders that the plan makes, and whose. */
  readonly #made = new Map<string, number>();
  readonly #given: string[] = [];
  /** What the configuration names, as `paths` prints it. */
  readonly #named: readonly string[][];
  readonly #installed: readonly string[];

  constructor(facts: InstallFacts) {
    this.#facts = facts;
    this.#named = linesOf(join(facts.TMP, "paths")).map((line) => line.split("\t"));
    this.#installed = linesOf(join(facts.TMP, "installed"));
  }

  /** The sync's user, or a number that no user has until it is created. */
  get runs(): number {
    return this.#facts.RUN_UID === "" ? NOT_MADE : Number(this.#facts.RUN_UID);
  }

  /** The paths that the configuration names under a key. */
  named(key: string): string[] {
    return this.#named.filter(([its]) => its === key).map(([, path]) => path!);
  }

  /** The crontabs that the script has read, by user. */
  crontabs(): [user: string, lines: string[]][] {
    const folder = join(this.#facts.TMP, "crontabs");
    return namesIn(folder).map((user) => [user, linesOf(join(folder, user))]);
  }

  /** The lines of `.installed` of a kind, without it. */
  installed(kind: string): string[] {
    return this.#installed.filter((line) => line.startsWith(`${kind}\t`))
      .map((line) => line.slice(kind.length + 1));
  }

  /** Where a path lies on this machine. */
  at(path: string): string {
    return `${this.#facts.DESTDIR}${path}`;
  }

  /** Whether something is there, a broken link included. */
  has(path: string): boolean {
    return this.#made.has(path) || this.#info(path, Deno.lstatSync) !== undefined;
  }

  isLink(path: string): boolean {
    return this.#info(path, Deno.lstatSync)?.isSymlink ?? false;
  }

  isFile(path: string): boolean {
    return this.#info(path, Deno.statSync)?.isFile ?? false;
  }

  isFolder(path: string): boolean {
    return this.#made.has(path) || (this.#info(path, Deno.statSync)?.isDirectory ?? false);
  }

  mode(path: string): string {
    return ((this.#info(path, Deno.statSync)?.mode ?? 0) & 0o7777).toString(8);
  }

  /** The name of its owner. */
  ownerOf(path: string): string {
    return readAccounts().userName(this.#info(path, Deno.statSync)?.uid ?? 0);
  }

  /** Its owner after the plan so far. */
  isOfRunUser(path: string): boolean {
    const owner = this.#made.get(path) ?? this.#info(path, Deno.statSync)?.uid ?? undefined;
    const given = this.#given.some((top) => path === top || path.startsWith(`${top}/`));
    return owner === this.runs || (owner === 0 && given);
  }

  text(path: string): string {
    return textOf(this.at(path));
  }

  lines(path: string): string[] {
    return linesOf(this.at(path));
  }

  names(path: string): string[] {
    return namesIn(this.at(path));
  }

  /** Whether a file lies beside the script. */
  isBundled(name: string): boolean {
    return orElse(() => Deno.statSync(join(this.#facts.HERE, name)).isFile, false);
  }

  /** The names in a folder beside the script. */
  bundled(folder: string): string[] {
    return namesIn(join(this.#facts.HERE, folder));
  }

  /** Notes that a folder and those above it are made, for root or the sync's user. */
  make(path: string, owner: "root" | "user"): void {
    for (let part = path; part !== "/" && !this.isFolder(part); part = dirname(part)) {
      this.#made.set(part, owner === "root" ? 0 : this.runs);
    }
  }

  /** Notes that what root owns there becomes the sync's user's; returns whether it does. */
  give(path: string): boolean {
    const { CAN_OWN, DESTDIR, RUN_USER, CONFIG, INSTALL_DIR, BINARY } = this.#facts;
    const kept = [CONFIG, INSTALL_DIR, BINARY].some((own) => `${own}/`.startsWith(`${path}/`));
    if (!CAN_OWN || DESTDIR || RUN_USER === "root" || this.isLink(path) || kept) return false;
    this.#given.push(path);
    return true;
  }

  /** Whether the script or a sync made it: below the installation, listed, or with a manifest. */
  isOurs(path: string): boolean {
    if (path.startsWith(`${this.#facts.INSTALL_DIR}/`)) return true;
    if (this.installed("dir").includes(path) && !isSharedFolder(path)) return true;
    return [`${workBeside(path)}/manifest`, `${path}/.datahubsync/manifest`].some((file) => {
      const info = this.#info(file, Deno.statSync);
      return info?.isFile && info.uid === Number(this.#facts.UID_NOW);
    });
  }

  #info(path: string, stat: (path: string) => Deno.FileInfo): Deno.FileInfo | undefined {
    return orElse(() => stat(this.at(path)), undefined);
  }
}

/** A number that no user has. */
const NOT_MADE = -2;

function linesOf(file: string): string[] {
  return textOf(file).split("\n").filter((line) => line !== "");
}

function textOf(file: string): string {
  return orElse(() => readPlainText(file), "");
}

/** The names in a folder, sorted. */
function namesIn(folder: string): string[] {
  return orElse(() => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(), []);
}
