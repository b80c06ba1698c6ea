/**
 * What the binary may do, right by right: the one list that `compile` bakes in, that `deno task demo`
 * runs with (a test keeps the set in `deno.json` equal) and that the test build adds to.
 *
 * It guarantees that the binary can run no program but `/usr/bin/sync` and `/usr/bin/ls`, and reads no
 * variable but those named here.
 *
 * @module
 */
import { CONFIG_ENV_NAMES } from "../src/config/env_names.ts";
import { LANGUAGE_VARIABLES } from "../src/messages/language.ts";
import { LIST_PROGRAM, SYNC_PROGRAM } from "../src/fs/system_program.ts";

/** The variables that the program reads beside those that a configuration may name. */
const PROGRAM_ENV_NAMES = [
  // Where a user's own systemd units are.
  "XDG_CONFIG_HOME",
  // How text should look: ours, and what commander asks for.
  "CLICOLOR_FORCE",
  "COLUMNS",
  "FORCE_COLOR",
  "NO_COLOR",
  "TERM",
  // Which language the person reads.
  ...LANGUAGE_VARIABLES,
  // The yaml library's debugging; without the right to look it dies.
  "LOG_STREAM",
  "LOG_TOKENS",
  // The network's surroundings.
  "DENO_TLS_CA_STORE",
  // Where the runtime's HTTP server would listen instead: `serve` goes without it.
  "DENO_SERVE_ADDRESS",
  // Set by `serve`: how the runtime's HTTP server writes.
  "DENO_USE_WRITEV",
  // To be refused: whoever sets it could read every connection.
  "SSLKEYLOGFILE",
  "ALL_PROXY",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "REQUEST_METHOD",
  "all_proxy",
  "http_proxy",
  "https_proxy",
  "no_proxy",
];

/** What a test build may read in addition: the step at which to stop dead. */
export const TEST_ENV_NAMES: readonly string[] = ["DATAHUBSYNC_TEST_STOP"];

/** The variables that the binary may read, sorted. */
export const ENV_NAMES: readonly string[] = [
  ...new Set<string>([...CONFIG_ENV_NAMES, ...PROGRAM_ENV_NAMES]),
].sort();

/**
 * What the binary may ask the system; `networkInterfaces` is nodemailer's, `statfs` is free space,
 * `osRelease` says whether flushing a whole file system reports errors.
 */
export const SYS_NAMES: readonly string[] = [
  "hostname",
  "networkInterfaces",
  "osRelease",
  "statfs",
  "uid",
];

/** The same rights as a permission set of `deno.json`. */
export function permissionSet(): Record<string, boolean | string[]> {
  return {
    net: true,
    read: true,
    write: true,
    env: [...ENV_NAMES],
    sys: [...SYS_NAMES],
    run: [LIST_PROGRAM, SYNC_PROGRAM],
  };
}

/** The flags for `deno compile`, one right each. */
export function permissionFlags(options: { testBuild?: boolean } = {}): string[] {
  const env = options.testBuild ? [...ENV_NAMES, ...TEST_ENV_NAMES] : ENV_NAMES;
  return [
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    `--allow-env=${env.join(",")}`,
    `--allow-sys=${SYS_NAMES.join(",")}`,
    `--allow-run=${LIST_PROGRAM},${SYNC_PROGRAM}`,
  ];
}
