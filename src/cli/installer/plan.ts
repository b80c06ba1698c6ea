/**
 * A plan for `install_client.sh`: operations of the script's, in the order in which it carries them out.
 *
 * Guarantees: an operation is four lines, its name and three words, some possibly empty; no word contains a line end. The
 * script knows all operations, decides as which user each may be carried out, and undoes them.
 *
 * @module
 */
import type { Shell } from "../completions/completions.ts";
import type { Disk, InstallFacts } from "./facts.ts";
import { INSTALLER_CHINESE, type InstallerSentence } from "./installer_chinese.ts";

/** What the script can do. */
type Operation =
  | "begin"
  | "end"
  | "note"
  | "warn"
  | "die"
  | "reject"
  | "set_fact"
  | "block"
  | "need_enter"
  | "need_read"
  | "need_write"
  | "say"
  | "first_sync"
  | "end_dry_run"
  | "save_now"
  | "make_dir"
  | "set_access"
  | "text"
  | "put"
  | "put_quietly"
  | "put_config"
  | "make_link"
  | "record"
  | "forget"
  | "remove"
  | "take_out"
  | "move"
  | "give"
  | "check_write"
  | "check_runs"
  | "make_state"
  | "edit_crontab"
  | "drop_crontab_lines"
  | "start_unit"
  | "drop_unit";

/** Collects operations; knows the facts that they follow from. */
export class InstallPlan {
  readonly #lines: string[] = [];

  constructor(
    readonly facts: InstallFacts,
    readonly disk: Disk,
    readonly completions: (shell: Shell) => string,
  ) {}

  /** The plan as the script reads it. */
  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  add(operation: Operation, first = "", second = "", third = ""): void {
    // A word with a line's end in it would be read as further operations.
    this.#lines.push(
      operation,
      ...[first, second, third].map((word) => word.replaceAll(/[\r\n]/g, " ")),
    );
  }

  /** A sentence in the user's language, with the words in place of `%s`. */
  t(format: InstallerSentence, ...words: string[]): string {
    const said = this.facts.LANGUAGE === "zh" ? INSTALLER_CHINESE[format] : format;
    let next = 0;
    return said.replaceAll("%s", () => words[next++] ?? "");
  }

  /**
   * A step: undone as a whole if one of its operations fails. A move away from root is a single one:
   * half of it would leave a schedule that can't write.
   */
  step(title: string, operations: () => void): void {
    this.add("begin", title);
    operations();
    if (!this.facts.FROM_ROOT) this.add("end");
  }

  /** All steps of a run. */
  all(steps: () => void): void {
    const { FROM_ROOT, RUN_USER } = this.facts;
    if (FROM_ROOT) this.add("begin", this.t("Move from root to %s", RUN_USER));
    steps();
    if (FROM_ROOT) this.add("end");
  }

  /** Makes a folder, for root or the sync's user, where there is none. */
  makeDir(path: string, owner: "root" | "user", mode = "755"): void {
    this.add("make_dir", path, mode, owner === "root" ? this.rootOwner : this.runOwner);
    this.disk.make(path, owner);
  }

  /** Writes a file of root's with this text. */
  write(path: string, text: string, mode = "644"): void {
    this.lines(text);
    this.add("put", path, mode);
  }

  /** Writes a file whose text a dry run doesn't show. */
  writeQuietly(path: string, text: string, mode = "644"): void {
    this.lines(text);
    this.add("put_quietly", path, mode);
  }

  /** Copies a file of the bundle. */
  copy(source: string, path: string, mode = "644"): void {
    this.add("put", path, mode, source);
  }

  /** Owner and group of what is root's; empty where they are left as they are. */
  get rootOwner(): string {
    return this.facts.CAN_OWN ? "root:root" : "";
  }

  /** Owner and group of what is the sync's user's. */
  get runOwner(): string {
    return this.facts.CAN_OWN ? `${this.facts.RUN_USER}:${this.facts.RUN_GROUP}` : "";
  }

  /** Whom a service runs as; nobody in a user's own systemd. */
  get runs(): { runs?: { user: string; group: string } } {
    const { UID_NOW, RUN_USER, RUN_GROUP } = this.facts;
    return UID_NOW === "0" ? { runs: { user: RUN_USER, group: RUN_GROUP } } : {};
  }

  /** The text of the next file. */
  lines(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.add("text", line);
  }
}
