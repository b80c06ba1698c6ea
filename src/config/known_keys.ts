/**
 * Every key of a configuration file, by section. This is the only list: it types the reader,
 * provides the suggestions, and the documentation tests compare with it.
 *
 * @module
 */

/** The keys by section. `""` is the file itself, `x[]` one item of the list `x`. */
const KNOWN_KEYS = {
  "": [
    "language",
    "hub",
    "datasets",
    "sync",
    "logging",
    "metrics",
    "notify",
    "ping",
    "mirror",
    "trusted_folders",
  ],
  "hub": [
    "url",
    "timeout",
    "timezone",
    "token",
    "token_file",
    "headers",
    "ca_file",
    "connections",
    "retries",
    "least_speed",
    "allow_other_origin",
    "allow_hosts",
    "digest",
    "public_key",
  ],
  "datasets[]": [
    "name",
    "local_dir",
    "url",
    "token",
    "token_file",
    "headers",
    "ca_file",
    "timeout",
    "connections",
    "strip_prefix",
    "delete_removed",
    "include",
    "exclude",
    "filename_encoding",
    "publish",
    "keep_versions",
    "keep_age",
    "max_size",
    "max_files",
    "max_age",
    "public_key",
    "expect",
    "changes",
  ],
  "datasets[].max_age": ["hours", "weekdays", "hour", "calendar"],
  "datasets[].expect": ["min_files", "max_removed", "max_shrink", "newest_row"],
  "datasets[].expect.newest_row": ["column", "within", "encoding"],
  "sync": [
    "workers",
    "datasets",
    "bandwidth_limit",
    "bandwidth_hours",
    "durable",
    "disk_reserve",
    "longest_run",
  ],
  "sync.bandwidth_hours[]": ["from", "to", "limit"],
  "logging": ["level", "file", "format", "max_size", "keep"],
  "metrics": ["textfile"],
  "notify": ["on", "targets", "timeout", "language"],
  "notify.targets[]": [
    "type",
    "url",
    "url_file",
    "secret",
    "secret_file",
    "token",
    "token_file",
    "chat_id",
    "topic",
    "method",
    "headers",
    "body",
    "host",
    "port",
    "security",
    "username",
    "password",
    "password_file",
    "from",
    "to",
  ],
  "ping": ["url", "url_file", "timeout"],
  "mirror": ["dir", "keep_hours"],
} as const;

/** The same for the file that `pack --config` reads; `pack` is the file itself. */
export const PACK_KEYS = {
  "pack": ["output", "keep", "sign", "expires", "datasets"],
  "pack.datasets[]": [
    "name",
    "folder",
    "exclude",
    "settle",
    "min_files",
    "max_removed",
    "level",
  ],
} as const;

/** The keys of both files. */
export const ALL_KEYS = { ...KNOWN_KEYS, ...PACK_KEYS };

/** The name of a section, as in {@linkcode ALL_KEYS}. */
export type SectionName = keyof typeof ALL_KEYS;

/** A key of that section. */
export type KeyOf<S extends SectionName> = (typeof ALL_KEYS)[S][number];

/** A key with its section before it, for example `datasets[].strip_prefix`. */
export function dotted(section: string, key: string): string {
  return section === "" ? key : `${section}.${key}`;
}

/**
 * Every setting, dotted, such as `hub.url`, `datasets[].name` and `trusted_folders`; without
 * sections.
 */
export function configKeys(): string[] {
  return Object.entries(KNOWN_KEYS)
    .flatMap(([section, keys]) => keys.map((key) => dotted(section, key)))
    .filter((key) => !Object.hasOwn(KNOWN_KEYS, `${key}[]`))
    .filter((key) => key.includes(".") || !Object.hasOwn(KNOWN_KEYS, key));
}

/**
 * Where a misplaced key belongs: the dotted names of this key in other sections of the same file.
 */
export function homesOf(key: string, section: SectionName): string[] {
  const file = Object.hasOwn(PACK_KEYS, section) ? PACK_KEYS : KNOWN_KEYS;
  return Object.entries(file)
    .filter(([section, keys]) => section !== "" && (keys as readonly string[]).includes(key))
    .map(([section]) => dotted(section.replace(/^pack\.?/, ""), key));
}
