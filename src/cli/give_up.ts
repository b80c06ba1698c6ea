/**
 * Drops the permissions that a command doesn't need.
 *
 * Guarantees: a dropped permission is gone for the whole process, including workers, before the
 * command reads foreign data; it can't be regained. The library never does this.
 *
 * @module
 */
import { SYNC_PROGRAM } from "../fs/system_program.ts";

/** The permissions that some commands don't need. */
const DESCRIPTORS = {
  net: { name: "net" },
  run: { name: "run" },
  sync: { name: "run", command: SYNC_PROGRAM },
  write: { name: "write" },
} as const satisfies Record<string, Deno.PermissionDescriptor>;

/** One of them. */
export type Permission = keyof typeof DESCRIPTORS;

const ALL: readonly Permission[] = ["net", "run", "write"];

/** Only what carries on a whole folder starts programs, to flush it or to list odd names. */
const RUN: readonly Permission[] = ["run"];

/**
 * `check` tries to write to folders; `verify` and all commands that change something need both.
 */
const NOT_NEEDED: Record<string, readonly Permission[]> = {
  status: ["run", "write"],
  list: ["run", "write"],
  report: ["net", "run"],
  changes: ["net", "run"],
  check: RUN,
  notify: RUN,
  init: RUN,
  convert: ["sync"],
  versions: ALL,
  rollback: ["net", "run"],
  pin: ["net", "run"],
  pack: ["sync"],
  key: ["net", "run"],
  serve: RUN,
  paths: ALL,
  config: ALL,
  schedule: ALL,
  completions: ALL,
  "dataset-names": ALL,
  installer: ALL,
  version: ALL,
};

/** The permissions that a command doesn't need; `status --offline` asks no hub either. */
export function notNeededBy(
  command: string,
  { offline = false }: { offline?: boolean } = {},
): readonly Permission[] {
  return command === "status" && offline ? ALL : NOT_NEEDED[command] ?? [];
}

/** Drops permissions for good. */
export function giveUp(permissions: readonly Permission[]): void {
  for (const name of permissions) Deno.permissions.revokeSync(DESCRIPTORS[name]);
}
