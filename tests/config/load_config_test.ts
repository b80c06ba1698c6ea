/** What a configuration file may say, and what is said about it when it may not. */
import assert from "node:assert/strict";
import { readBack } from "../../src/messages/read_back.ts";
import fc from "fast-check";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/load_config.ts";
import { ConfigError, formatProblem } from "../../src/errors.ts";
import { DATA, HUB, VALUES, WRONG } from "./cases.ts";

function parse(text: string, variables: Record<string, string> = {}): Config {
  return parseConfig(text, {
    path: "/srv/config.yaml",
    file: "config.yaml",
    env: (name) => variables[name],
  });
}

/** The problems of a text, a line each. */
function problems(text: string, variables: Record<string, string> = {}): string[] {
  try {
    parse(text, variables);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems.map(formatProblem);
  }
  return [];
}

Deno.test("parseConfig() warns of bandwidth_hours that are all day or overlap, across midnight too", () => {
  const warned = (hours: string): string[] =>
    parse(`${HUB}${DATA}sync: {bandwidth_hours: ${hours}}\n`).warnings
      .map((text) => text.replace(/^config\.yaml:6:\d+: /, ""));
  const span = (from: string, to: string): string => `{from: '${from}', to: '${to}', limit: 2MB/s}`;
  const key = "`sync.bandwidth_hours[2]`";
  const overlaps = [
    `${key}: these hours overlap those of entry 1, which counts where both hold`,
  ];
  assert.deepEqual(warned(`[${span("9:00", "15:30")}, ${span("15:30", "9:00")}]`), []);
  assert.deepEqual(warned(`[${span("9:00", "12:00")}, ${span("11:59", "13:00")}]`), overlaps);
  assert.deepEqual(warned(`[${span("22:00", "6:00")}, ${span("5:00", "7:00")}]`), overlaps);
  assert.deepEqual(warned(`[${span("10:00", "11:00")}, ${span("9:00", "12:00")}]`), overlaps);
  assert.deepEqual(warned(span("9:00", "9:00")), [
    "`sync.bandwidth_hours`: from and to are the same hour, so this limit holds all day",
  ]);
  // Who writes midnight twice means the whole day.
  assert.deepEqual(warned(`[${span("0:00", "0:00")}]`), []);
});

Deno.test("parseConfig() fills every default in", () => {
  assert.deepEqual(parse(HUB + DATA), {
    path: "/srv/config.yaml",
    baseDir: "/srv",
    hub: {
      urls: ["http://hub.test:8000"],
      timeout: 300,
      timezone: "Asia/Shanghai",
      headers: {},
      connections: "auto",
      retries: 5,
      leastSpeed: 100,
      allowOtherOrigin: false,
      allowHosts: [],
      digest: "auto",
      publicKeys: [],
    },
    datasets: [{
      name: "a",
      localDir: "/srv/a",
      stripPrefix: "",
      deleteRemoved: false,
      include: [],
      exclude: [],
      filenameEncoding: "auto",
      publish: "files",
      keepVersions: 2,
    }],
    sync: {
      workers: "auto",
      bandwidthLimit: 0,
      durable: true,
      diskReserve: "auto",
      longestRun: 72,
    },
    logging: { level: "INFO", format: "text", maxSize: 0, keep: 5 },
    metrics: {},
    notify: { on: ["failure", "stale", "recovery"], targets: [], timeout: 10 },
    trustedFolders: [],
    secretFiles: [],
    warnings: [],
  });
});

Deno.test("parseConfig() reads a v2.0 file, with CRLF and a byte order mark", () => {
  const text = "\ufeff" +
    (HUB + "  timeout: 60\n" + DATA + "logging:\n  level: warn\n  file: logs/s.log\n")
      .replaceAll("\n", "\r\n");
  const config = parseConfig(text, { path: "/opt/dhs/config/config.yaml", env: () => undefined });
  assert.equal(config.baseDir, "/opt/dhs");
  assert.equal(config.hub.timeout, 60);
  assert.equal(config.datasets[0]?.localDir, "/opt/dhs/a");
  assert.deepEqual([config.logging.level, config.logging.file], ["WARNING", "/opt/dhs/logs/s.log"]);
});

Deno.test("parseConfig() follows anchors and merges", () => {
  const config = parse(
    HUB + "x-common: &c\n  delete_removed: true\n  publish: snapshot\ndatasets:\n" +
      "  - <<: *c\n    name: a\n    local_dir: a\n    publish: files\n",
  );
  assert.equal(config.datasets[0]?.deleteRemoved, true);
  assert.equal(config.datasets[0]?.publish, "files");
  assert.deepEqual(config.warnings, ["config.yaml:3:1: unknown key `x-common` is ignored"]);
});

Deno.test("parseConfig() reads each key's ways of writing", () => {
  for (const [text, pick, expected] of VALUES) {
    const config = parse((text.startsWith("hub") ? text + "\n" : HUB + text + "\n") + DATA);
    assert.deepEqual(pick(config), expected, text);
  }
});

Deno.test("parseConfig() reads each dataset key's ways of writing", () => {
  const dataset = (more: string) => parse(`${HUB}${DATA}    ${more}\n`).datasets[0]!;
  assert.deepEqual(dataset("include: '*.csv'").include, ["*.csv"]);
  assert.equal(dataset("filename_encoding: GBK").filenameEncoding, "gb18030");
  assert.equal(dataset("strip_prefix: x/y/").stripPrefix, "x/y");
  assert.deepEqual(dataset("max_age: 2d").maxAge, {
    hours: 48,
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    hour: 0,
  });
  const age = dataset("max_age: {hours: 30, weekdays: [mon, fri, 3], hour: 17:30}").maxAge;
  assert.deepEqual(age, { hours: 30, weekdays: [1, 3, 5], hour: 17.5 });
});

Deno.test("parseConfig() warns of a list that was written as one pattern, in both languages", () => {
  for (const key of ["include", "exclude"]) {
    const { warnings } = parse(`${HUB}${DATA}    ${key}: "*.txt，*.log"\n`);
    const what = `config.yaml:6:${7 + key.length}: \`datasets[1].${key}\`: "*.txt，*.log"`;
    const list = '["*.txt", "*.log"]';
    assert.deepEqual(warnings, [
      `${what} is taken as one pattern; if it is a list, write ${list}`,
    ]);
    const [chinese] = warnings.map((text) => readBack(text, "zh"));
    assert(chinese?.endsWith(`会当作一个通配符；如果是几个，请写成 ${list}`), chinese);
  }
});

Deno.test("parseConfig() names place, expectation and finding of each mistake", () => {
  for (const [text, expected] of WRONG) {
    const found = problems(text);
    assert.equal(found.length, expected.length, `${text}\n${found.join("\n")}`);
    expected.forEach((pattern, index) => assert.match(found[index]!, pattern));
  }
});

Deno.test("parseConfig() reports everything at once, in the file's order", () => {
  const found = problems("hub:\n  url: ftp://x\n  retries: -1\ndatasets:\n  - nme: a\nsync: 3\n");
  const places = found.map((line) => line.split(":").slice(1, 3).join(":"));
  assert.deepEqual(places, ["2:8", "3:12", "5:5", "5:5", "6:7"]);
});

Deno.test("parseConfig() shows no secret", () => {
  const secrets = [
    HUB + "  token: 'hunter2 hunter2'\n" + DATA,
    "hub:\n  url: ftp://me:hunter2@h\n" + DATA,
    "hub:\n  url: http://me:hunter2@h?x\n" + DATA,
    "hub:\n  url: http://me:hunter2＠h\n" + DATA,
    HUB + "  headers: {X: 'hunter2é'}\n" + DATA,
    HUB + DATA + "notify: {targets: [{type: slack, url: hunter2}]}\n",
    HUB + "  token: ${DATAHUBSYNC_TOKEN}\n" + DATA,
    // What YAML takes for its own signs, and what lacks a blank.
    ...["!", "*", "|", ">", "'a' ", "@", '"\\u', '"\\', "%", "`", "&x *"].map((sign) =>
      `${HUB}  token: ${sign}hunter2\n${DATA}`
    ),
    "%hunter2\n" + HUB + DATA,
    "hub:\n  token:hunter2\n" + DATA,
    'hub:\n  token "hunter2"\n' + DATA,
    "hub: {url: http://h, token:hunter2}\n" + DATA,
    "hub: {url: http://h, token hunter2}\n" + DATA,
    "hub: hunter2\n" + DATA,
    HUB + "  ? token hunter2\n" + DATA,
    HUB + "  <<: *hunter2\n" + DATA,
    HUB + "  headers: X=hunter2\n" + DATA,
    HUB + "  token: ${hunter2}\n" + DATA,
  ];
  for (const text of secrets) {
    const found = problems(text, { DATAHUBSYNC_TOKEN: "hunter2 hunter2" });
    assert(found.length > 0, text);
    assert.doesNotMatch(found.join("\n"), /hunter2/);
  }
});

Deno.test("parseConfig() expands variables, HOME and `$${`", () => {
  const config = parse(
    "hub: {url: '${DATAHUBSYNC_HUB_URL}/x', headers: {X: '$${Y}'}}\ndatasets: [{name: a, local_dir: ~/d}]\n",
    { DATAHUBSYNC_HUB_URL: "http://h", HOME: "/home/u" },
  );
  assert.deepEqual(config.hub.urls, ["http://h/x"]);
  assert.deepEqual(config.hub.headers, { X: "${Y}" });
  assert.equal(config.datasets[0]?.localDir, "/home/u/d");
});

Deno.test("parseConfig() warns where local_dir contains the configuration", () => {
  const config = parse(HUB + "datasets: [{name: a, local_dir: .}]\n");
  assert.match(config.warnings.join(), /^config.yaml:3:33: .*contains this configuration file/);
});

Deno.test("parseConfig() throws nothing but ConfigError, whatever the text", () => {
  const piece = fc.constantFrom(
    ..."hub: |url: |datasets:|- name: a|local_dir: |*a|&a |<<: |[|]|{|}|, |\n|\n  |\n    |\t|---|${|}|~|!!x |'|\"|http://h|max_age: |1|mon|\0|%"
      .split("|"),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((p) => p.join("")),
  );
  fc.assert(fc.property(text, (text) => void problems(text)), { numRuns: 1500 });
  problems("[".repeat(100_000));
  problems("a: &a {<<: [*a, *a]}\nhub: {<<: [*a, *a]}\n");
});

for (const empty of ["", " null", " ~"]) {
  Deno.test(`parseConfig() takes \`public_key:${empty}\` for a mistake, not for no key`, () => {
    const text = `hub:\n  url: http://h\n  public_key:${empty}\n` +
      `datasets:\n  - name: a\n    local_dir: ./a\n    public_key:${empty}\n`;
    assert.throws(() => parseConfig(text, { path: "/srv/config.yaml" }), (error) => {
      assert(error instanceof ConfigError);
      assert.match(
        error.message,
        /:3:\d+: `hub\.public_key`: expected the hub's public key.*found/,
      );
      assert.match(error.message, /:7:\d+: `datasets\[1\]\.public_key`: expected the hub's/);
      assert.equal(error.problems.length, 2, error.message);
      return true;
    });
  });
}
