/**
 * Which permissions a command does without, beside those that no command has.
 *
 * Guarantees that a permission that was given up is gone for the whole process, its workers included,
 * before the command reads what others wrote; nothing gives it back. The library never does this.
 *
 * @module
 */

/** A permission that some commands do without. */
export type Permission = "net" | "run" | "write";

const ALL: readonly Permission[] = ["net", "run", "write"];

/** Only a sync flushes so many files that a program is started for it. */
const RUN: readonly Permission[] = ["run"];

/**
 * `check` tries whether folders can be written; `verify` and all that change something need both.
 */
const NOT_NEEDED: Record<string, readonly Permission[]> = {
  status: ["run", "write"],
  list: ["run", "write"],
  report: ["net", "run"],
  check: RUN,
  notify: RUN,
  init: RUN,
  convert: RUN,
  pack: RUN,
  serve: RUN,
  paths: ALL,
  schedule: ALL,
  completions: ALL,
  "dataset-names": ALL,
  version: ALL,
};

/** What a command does without; `status --offline` asks no hub either. */
export function notNeededBy(
  command: string,
  { offline = false }: { offline?: boolean } = {},
): readonly Permission[] {
  return command === "status" && offline ? ALL : NOT_NEEDED[command] ?? [];
}

/** Gives permissions up for good. */
export function giveUp(permissions: readonly Permission[]): void {
  for (const name of permissions) Deno.permissions.revokeSync({ name });
}
