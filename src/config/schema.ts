/**
 * The configuration as a JSON Schema, for editors: one entry per key of {@linkcode KeyOf}, so a key
 * that the loader knows and this doesn't is a type error. `datahubsync config --schema` prints it.
 *
 * Guarantees: what the loader takes, it takes, and it refuses unknown keys and values of another
 * kind. It doesn't know what only the loader can: whether a path, a pattern, a zone or a variable
 * makes sense, or whether two settings contradict each other.
 *
 * @module
 */
import { ALL_KEYS, type KeyOf, type PACK_KEYS, type SectionName } from "./known_keys.ts";

/** A JSON Schema, as far as it is used here. */
type Schema = { [keyword: string]: unknown };

type ConfigSection = Exclude<SectionName, keyof typeof PACK_KEYS>;
type Entries = { [S in ConfigSection]: Record<KeyOf<S>, Schema> };

const VARIABLE = String.raw`\$\{DATAHUBSYNC_[A-Z0-9_]+\}`;

const any = (...schemas: Schema[]): Schema => ({ anyOf: schemas });
const matching = (pattern: string): Schema => ({
  type: "string",
  pattern: `^\\s*(${pattern})\\s*$`,
});
const text: Schema = { type: "string", pattern: "\\S" };
/** Text that YAML may read as a number or a date. */
const word: Schema = any(text, { type: "number" });
const several = (item: Schema): Schema => any(item, { type: "array", items: item });
const flag: Schema = any(
  { type: "boolean" },
  matching("[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff]"),
);
const number = (minimum: number, maximum: number, type = "number"): Schema =>
  any({ type, minimum, maximum }, matching(String.raw`\d{1,15}(\.\d{1,15})?|${VARIABLE}`));
const whole = (minimum: number, maximum: number): Schema => number(minimum, maximum, "integer");
const autoOr = (minimum: number, maximum: number): Schema =>
  any({ enum: ["auto"] }, whole(minimum, maximum), matching("[Aa][Uu][Tt][Oo]"));
/** The words complete in an editor; upper case and variables are taken, too. */
const oneOf = (...words: string[]): Schema => {
  const anyCase = words.map((word) =>
    [...word].map((letter) =>
      letter.toUpperCase() === letter.toLowerCase()
        ? letter
        : `[${letter.toUpperCase()}${letter.toLowerCase()}]`
    ).join("")
  );
  return any({ enum: words }, matching(`${anyCase.join("|")}|${VARIABLE}`));
};
const SIZE = String.raw`[\d.]+\s*[kKmMgGtT]?[iI]?[bB]?`;
const size = any({ type: "number", minimum: 0 }, matching(`${SIZE}|${VARIABLE}`));
const rate = any(
  { type: "number", minimum: 0 },
  matching(String
    .raw`${SIZE}(\s*/\s*[sS]([eE][cC])?)?|[\d.]+\s*[kKmMgGtT]?[iI]?([bB][iI][tT](/s|ps)?|bps)|${VARIABLE}`),
);
const HOURS = String.raw`[\d.]+\s*([mM]|min|[hH]|hours?|[dD]|days?|[wW]|weeks?)`;
const duration = matching(HOURS);
const part = matching(String.raw`\d{1,3}(\.\d+)?\s*%`);
const url: Schema = matching(String.raw`[Hh][Tt][Tt][Pp][Ss]?://\S.*|${VARIABLE}.*`);
const headers: Schema = { type: "object" };
const hour = any({ type: "number", minimum: 0, maximum: 24 }, text);
const day = any({ type: "integer", minimum: 1, maximum: 7 }, text);

const NOTIFY_TYPES = [
  ...["webhook", "slack", "wecom", "dingtalk", "feishu", "telegram", "serverchan", "pushplus"],
  ...["bark", "ntfy", "gotify", "template", "email"],
];
const ENCODINGS = [
  ...["auto", "utf-8", "utf8", "gb18030", "gbk", "shift_jis", "shift-jis", "sjis", "cp932"],
  ...["big5", "cp950", "euc-kr", "cp949", "cp437", "cp866"],
  ...["cp1251", "windows-1251", "cp1252", "windows-1252", "latin1", "iso-8859-1"],
];

const ENTRIES: Entries = {
  "": {
    language: oneOf("en", "zh"),
    hub: section("hub"),
    datasets: { type: "array", items: section("datasets[]") },
    sync: section("sync"),
    logging: section("logging"),
    metrics: section("metrics"),
    notify: section("notify"),
    ping: section("ping"),
    mirror: section("mirror"),
    trusted_folders: several(text),
  },
  hub: {
    url: several(url),
    timeout: number(0.1, 86_400),
    timezone: text,
    token: word,
    token_file: text,
    headers,
    ca_file: text,
    connections: autoOr(1, 16),
    retries: whole(0, 100),
    least_speed: rate,
    allow_other_origin: flag,
    allow_hosts: several(word),
    digest: oneOf("auto", "always", "when_whole"),
    public_key: several(text),
  },
  "datasets[]": {
    name: word,
    local_dir: word,
    url: several(url),
    token: word,
    token_file: text,
    headers,
    ca_file: text,
    timeout: number(0.1, 86_400),
    connections: autoOr(1, 16),
    public_key: several(text),
    strip_prefix: any({ type: "string" }, { type: "number" }),
    delete_removed: flag,
    include: several(word),
    exclude: several(word),
    filename_encoding: oneOf(...ENCODINGS),
    publish: oneOf("files", "snapshot"),
    keep_versions: whole(1, 1000),
    keep_age: duration,
    max_size: size,
    max_files: whole(1, 2_000_000),
    max_age: any(duration, section("datasets[].max_age")),
    expect: section("datasets[].expect"),
    changes: flag,
  },
  "datasets[].max_age": {
    hours: any({ type: "number", minimum: 0, maximum: 8784 }, duration),
    weekdays: several(day),
    hour,
    calendar: text,
  },
  "datasets[].expect": {
    min_files: whole(1, 10_000_000),
    max_removed: part,
    max_shrink: part,
    newest_row: section("datasets[].expect.newest_row"),
  },
  "datasets[].expect.newest_row": { column: word, within: duration, encoding: text },
  sync: {
    workers: autoOr(1, 32),
    datasets: whole(1, 8),
    bandwidth_limit: rate,
    bandwidth_hours: several(section("sync.bandwidth_hours[]")),
    durable: flag,
    disk_reserve: any({ enum: ["auto"] }, size, matching("[Aa][Uu][Tt][Oo]")),
    longest_run: duration,
  },
  "sync.bandwidth_hours[]": { from: hour, to: hour, limit: rate },
  logging: {
    level: oneOf("DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL"),
    file: text,
    format: oneOf("text", "json"),
    max_size: size,
    keep: whole(1, 1000),
  },
  metrics: { textfile: text },
  notify: {
    on: several(oneOf("failure", "stale", "recovery", "success")),
    targets: several(section("notify.targets[]")),
    timeout: number(0.1, 300),
    language: oneOf("en", "zh"),
  },
  "notify.targets[]": {
    type: oneOf(...NOTIFY_TYPES),
    url: word,
    url_file: text,
    secret: word,
    secret_file: text,
    token: word,
    token_file: text,
    chat_id: word,
    topic: word,
    method: word,
    headers,
    body: {},
    host: word,
    port: whole(1, 65_535),
    security: oneOf("tls", "starttls", "none"),
    username: word,
    password: word,
    password_file: text,
    from: text,
    to: several(text),
  },
  ping: { url: word, url_file: text, timeout: number(0.1, 60) },
  mirror: { dir: word, keep_hours: number(0, 87_600) },
};

/** What a section can't be without. */
const REQUIRED: { readonly [S in ConfigSection]?: readonly KeyOf<S>[] } = {
  "": ["datasets"],
  "datasets[]": ["name", "local_dir"],
  "datasets[].max_age": ["hours"],
  "datasets[].expect.newest_row": ["column", "within"],
  "sync.bandwidth_hours[]": ["from", "to", "limit"],
  "notify.targets[]": ["type"],
  mirror: ["dir"],
};

/** A reference to a section. */
function section(name: ConfigSection): Schema {
  return { $ref: `#/$defs/${definition(name)}` };
}

/** The schema of the whole file. */
export function configSchema(): Schema {
  const names = Object.keys(ENTRIES) as ConfigSection[];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "DataHubSync configuration",
    description: "Made from the loader's own list of keys: datahubsync config --schema",
    // Version 2.0 took any key at the top; the loader warns of what it doesn't know.
    ...sectionSchema(""),
    $defs: Object.fromEntries(
      names.filter((name) => name !== "").map((
        name,
      ) => [definition(name), { ...sectionSchema(name), additionalProperties: false }]),
    ),
  };
}

function sectionSchema(name: ConfigSection): Schema {
  const keys = ALL_KEYS[name] as readonly string[];
  const entries: Record<string, Schema> = ENTRIES[name];
  const required = REQUIRED[name];
  return {
    type: "object",
    properties: Object.fromEntries(keys.map((key) => [
      key,
      // `key:` alone is as good as left out.
      required?.includes(key as never) ? entries[key] : any(entries[key]!, { type: "null" }),
    ])),
    ...(required && { required: [...required] }),
  };
}

function definition(name: string): string {
  return name.replaceAll("[]", "").replaceAll(".", "_");
}
