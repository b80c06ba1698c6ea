/** The schema for editors takes what the loader takes, key by key, and refuses what it refuses. */
import assert from "node:assert/strict";
import { parse as parseYaml } from "yaml";
import { configKeys, parseConfig } from "../../src/config/load_config.ts";
import { configSchema } from "../../src/config/schema.ts";
import { ConfigError } from "../../src/errors.ts";
import { violations } from "../docs/json_schema.ts";
import { DATA, HUB, VALUES, WRONG } from "./cases.ts";

const schema = configSchema();
const ROOT = new URL("../../", import.meta.url);

/** What the schema says of a text; an editor reads YAML as this parser does. */
function refusals(text: string): string[] {
  return violations(schema, parseYaml(text, { merge: true }));
}

function loads(text: string): boolean {
  try {
    parseConfig(text, { path: "/srv/config.yaml", env: () => "http://from-the-environment" });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

Deno.test("docs/config.schema.json is what the loader's keys make", async () => {
  const written = JSON.parse(await Deno.readTextFile(new URL("docs/config.schema.json", ROOT)));
  assert.deepEqual(written, JSON.parse(JSON.stringify(schema)), "run tools/config_schema.ts");
});

Deno.test("the schema takes every way of writing a key that the loader's tests know", () => {
  for (const [text] of VALUES) {
    const whole = (text.startsWith("hub") ? `${text}\n` : `${HUB}${text}\n`) + DATA;
    assert.deepEqual(refusals(whole), [], whole);
  }
});

/** What only the loader can know: YAML's own rules, addresses, zones, variables, twins, overlaps. */
const LOADER_ONLY =
  /found a tab|one document|each key once|each dataset once|that contains that|inside that of|without slashes|replace system files|without `\\\?`|Shanghai|DATAHUBSYNC|doesn't set itself|of type slack|needs quotes|did you mean `2MB|`hub` and `datasets`, found an empty|did you mean `logging`|found nothing/;

Deno.test("the schema refuses the mistakes of the loader's tests that a schema can see", () => {
  let seen = 0;
  for (const [text, problems] of WRONG) {
    if (problems.some((problem) => LOADER_ONLY.test(problem.source))) continue;
    seen++;
    assert.notDeepEqual(refusals(text), [], text);
  }
  assert(seen >= 8, `only ${seen}`);
});

Deno.test("the schema takes the example as it is, with everything switched on, and the docs' blocks", async () => {
  const example = await Deno.readTextFile(new URL("config.example.yaml", ROOT));
  const uncommented = example.replace(/^(\s*)#(?=[^\s#]| {2})/gm, "$1");
  for (const text of [example, uncommented]) assert.deepEqual(refusals(text), []);
  for (const page of ["get.md", "changes.md", "versions.md", "expect.md"]) {
    const text = await Deno.readTextFile(new URL(`docs/${page}`, ROOT));
    for (const [, block] of text.matchAll(/```yaml\n(.*?)```/gs)) {
      const value = parseYaml(block!);
      if (!Object.hasOwn(value, "datasets")) continue;
      assert.deepEqual(violations(schema, value), [], block);
    }
  }
});

/** Values in YAML that both take, and values that both refuse, by key. */
const SWITCH = [["true", "no", "Off"], ["maybe", "3", "[true]"]];
const COUNT = (good: string, bad: string) => [[good, `"${good}"`], [bad, "many", "[1]", "1.5"]];
const TEXT = [["./x", "x"], ["[a, b]", "{a: 1}"]];
const BY_KEY: Record<string, string[][]> = {
  "hub.url": [["http://h", "[http://h, https://i]", "'${DATAHUBSYNC_HUB_URL}'"], [
    "h:80",
    "{a: 1}",
  ]],
  "hub.timeout": [["0.5", "300", "'30'"], ["0", "soon", "[1]"]],
  "hub.connections": [["auto", "AUTO", "4"], ["17", "some", "2.5"]],
  "hub.retries": COUNT("5", "101"),
  "hub.least_speed": [["0", "1KB/s", "10 Mbit/s"], ["fast", "{a: 1}"]],
  "hub.allow_other_origin": SWITCH,
  "hub.digest": [["auto", "WHEN_WHOLE"], ["sometimes", "[auto]"]],
  "hub.ca_file": TEXT,
  "datasets[].name": [["a", "7"], ["[a]"]],
  "datasets[].delete_removed": SWITCH,
  "datasets[].include": [["'*.csv'", "[]", "[a, b]"], ["{a: 1}"]],
  "datasets[].filename_encoding": [["GBK", "auto", "Latin1"], ["cp850", "[auto]"]],
  "datasets[].publish": [["files", "Snapshot"], ["copies"]],
  "datasets[].keep_versions": COUNT("3", "0"),
  "datasets[].keep_age": [["30d", "48h", "1w"], ["30", "soon", "[1d]"]],
  "datasets[].max_size": [["50GB", "1 TiB"], ["big", "{a: 1}"]],
  "datasets[].max_files": COUNT("5000", "0"),
  "datasets[].changes": SWITCH,
  "datasets[].max_age": [["30h", "{hours: 30}", "{hours: 30, weekdays: mon-fri}"], [
    "30",
    "{hour: 3}",
  ]],
  "datasets[].expect": [["{min_files: 3}", "{max_removed: 5%}"], [
    "3",
    "{min_file: 3}",
    "{max_removed: 5}",
  ]],
  "sync.workers": [["auto", "4"], ["0", "many"]],
  "sync.bandwidth_limit": [["0", "2MB/s", "10 Mbit/s"], ["fast"]],
  "sync.durable": SWITCH,
  "sync.disk_reserve": [["auto", "0", "2GB"], ["half"]],
  "sync.longest_run": [["72h", "90m"], ["72", "long"]],
  "logging.level": [["INFO", "debug", "Warn"], ["LOUD"]],
  "logging.format": [["json", "TEXT"], ["xml"]],
  "logging.max_size": [["0", "10MB"], ["big"]],
  "logging.keep": COUNT("5", "0"),
  "notify.on": [["[]", "stale", "[failure, Success]"], ["never"]],
  "notify.timeout": [["10"], ["0", "soon"]],
  "notify.language": [["zh", "en"], ["fr"]],
  "language": [["zh", "EN"], ["fr"]],
  "mirror.keep_hours": [["24", "0"], ["-1", "long"]],
};

/** A file in which one key has one value. */
function fileWith(key: string, value: string): string {
  const [section, ...rest] = key.split(".");
  if (section === "hub") {
    return rest[0] === "url"
      ? `hub: {url: ${value}}\n${DATA}`
      : `${HUB}  ${rest[0]}: ${value}\n${DATA}`;
  }
  if (key === "datasets[].name") return `${HUB}datasets:\n  - name: ${value}\n    local_dir: ./a\n`;
  if (section === "datasets[]") return `${HUB}${DATA}    ${rest[0]}: ${value}\n`;
  if (rest.length === 0) return `${HUB}${DATA}${key}: ${value}\n`;
  const dir = section === "mirror" ? "  dir: ./mirror\n" : "";
  return `${HUB}${DATA}${section}:\n${dir}  ${rest[0]}: ${value}\n`;
}

for (const [key, [taken, refused]] of Object.entries(BY_KEY)) {
  Deno.test(`the schema and the loader agree about ${key}`, () => {
    for (const value of taken!) {
      const text = fileWith(key, value);
      assert.deepEqual([loads(text), refusals(text)], [true, []], text);
    }
    for (const value of refused!) {
      const text = fileWith(key, value);
      assert.deepEqual([loads(text), refusals(text).length > 0], [false, true], text);
    }
  });
}

Deno.test("the schema knows every key of the loader, and refuses any other below a section", () => {
  const names = configKeys();
  const defs = schema.$defs as Record<string, { properties: Record<string, unknown> }>;
  const top = schema.properties as Record<string, unknown>;
  for (const name of names) {
    const parts = name.replaceAll("[]", "").split(".");
    const key = parts.pop()!;
    const section = parts.join("_");
    assert(section === "" ? key in top : key in defs[section]!.properties, name);
  }
  assert.notDeepEqual(refusals(`${HUB}  colour: red\n${DATA}`), []);
  assert.deepEqual(refusals(`${HUB}${DATA}x-mine: 1\n`), []);
});
