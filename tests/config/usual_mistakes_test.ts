/**
 * Each usual mistake of a configuration gets the sentence that helps, with its place, and shows no secret.
 *
 * Longer than 250 lines because every usual mistake has its sentence here.
 */
import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/load_config.ts";
import { decodeConfig } from "../../src/config/config_file.ts";
import { Findings } from "../../src/config/findings.ts";
import { ConfigError } from "../../src/errors.ts";
import { inChinese } from "../support/chinese.ts";

const HUB = "hub:\n  url: http://h\n";
const DATA = "datasets:\n  - name: a\n    local_dir: ./a\n";
const MAIL =
  "notify:\n  targets:\n    - type: email\n      host: h\n      from: a@b\n      to: c@d\n";

const read = (text: string) =>
  parseConfig(text, { path: "/srv/config.yaml", env: () => undefined });

function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
  return [];
}

const token = (value: string): string => `${HUB}  token: ${value}\n${DATA}`;

/** Each text, and all that is said of it. */
const MISTAKES: [text: string, ...problems: string[]][] = [
  [
    "hub：\n  url：http://h\n" + DATA,
    "1:4 expected `: ` after `hub`, found the full-width colon of another keyboard (`：` U+FF1A)",
    "2:6 expected `: ` after `url`, found the full-width colon of another keyboard (`：` U+FF1A)",
  ],
  [
    token("x").replace("token: ", "token： "),
    "3:8 expected `: ` after `token`, found the full-width colon of another keyboard (`：` U+FF1A)",
  ],
  [
    HUB + "datasets:\n  - name∶ a\n    local_dir: ./a\n",
    "4:9 expected `: ` after `name`, found the full-width colon of another keyboard (`∶` U+2236)",
  ],
  [
    HUB + "datasets:\n  － name: a\n    local_dir: ./a\n",
    "4:3 expected `- ` before an item, found another dash (`－` U+FF0D)",
  ],
  [
    "hub:\n　　url: http://h\n" + DATA,
    "2:1 expected plain spaces before the key, found another blank (U+3000)",
  ],
  [
    "hub:\n  \u00a0url: http://h\n" + DATA,
    "2:3 expected plain spaces before the key, found another blank (U+00A0)",
  ],
  [
    "hub:\n\turl: http://h\n" + DATA,
    "2:1 expected spaces before the key, found a tab; YAML is indented with spaces only",
  ],
  [
    HUB + "datasets:\n\t- name: a\n\t  local_dir: ./a\n",
    "4:1 expected spaces before the key, found a tab; YAML is indented with spaces only",
    "5:1 expected spaces before the key, found a tab; YAML is indented with spaces only",
  ],
  ["hub:\n  url:http://h\n" + DATA, "2:3 expected a blank after `url:`, found none"],
  [
    HUB + "datasets:\n  -name: a\n    local_dir: ./a\n",
    "4:3 expected a blank after the `-` of an item, found none",
  ],
  [
    HUB + "   timeout: 3\n" + DATA,
    "3:4 expected `timeout` in column 3, right below the key above it, found it in column 4",
  ],
  [
    HUB + "datasets:\n  - name: a\n      local_dir: ./a\n",
    "5:7 expected `local_dir` in column 5, right below the key above it, found it in column 7",
  ],
  [
    HUB + "datasets:\n  - name: a\n   local_dir: ./a\n",
    "5:4 expected `local_dir` in column 5, right below the key above it, found it in column 4",
  ],
  ...[
    [HUB + "datasets:\n  - name: a\n  local_dir: ./a\n", "5:1"],
    [HUB + DATA + "   max_age: 3d\n", "6:1"],
    [HUB + "datasets:\n - name: a\n   local_dir: ./a\n  - name: b\n", "6:3"],
    [HUB + DATA + " - name: b\n   local_dir: ./b\n", "6:1"],
    [HUB + "datasets:\n  name: a\n  - local_dir: ./a\n", "5:1"],
  ].map(([text, place]): [string, string] => [
    text!,
    `${place} expected the indentation of the lines around it, found another`,
  ]),
  ...["hub\n  url: http://h\n" + DATA, HUB + DATA + "说明\n", "<html>\n<body>a: b</body>"].map((
    text,
  ): [string, string] => [
    text,
    `${text.startsWith(HUB) ? 6 : 1}:1 expected \`key: value\`, found a line without \`: \``,
  ]),
  [
    HUB + DATA + "    expect: {min_files：3}\n",
    "6:23 expected `: ` after `min_files`, found the full-width colon of another keyboard (`：` U+FF1A)",
  ],
  [
    HUB + DATA + "    expect: {max_removed: 5%, min_files:3}\n",
    "6:31 expected a blank after `min_files:`, found none",
  ],
  [HUB + "datasets: [{name: a, local_dir: b\n", "4:1 expected a closing `}`, found none"],
  ["{'hub': 1", "1:10 expected a closing `}`, found none"],
  [
    HUB + DATA + '    exclude: ["*.txt" "*.log"]\n',
    "6:23 expected `, ` between items, found none",
  ],
  [
    "hub:\nurl: http://h\n" + DATA,
    "1:1 `hub`: expected a section with `url`, indented below it, found nothing",
  ],
  [
    HUB + "datasets:\n  - name: “a”\n    local_dir: ‘./a’\n",
    "4:11 expected straight quotes (\"…\" or '…') or none, found `“` U+201C",
    "5:16 expected straight quotes (\"…\" or '…') or none, found `‘` U+2018",
  ],
  [
    HUB + DATA + "    include: [a.csv，'b，c.csv']\n",
    "6:20 expected `, ` between items, found the full-width `，` U+FF0C; if it belongs to a value, " +
    "put the value in quotes",
  ],
  [
    HUB + "datasets: [{name: a、 local_dir: ./a}]\n",
    "3:20 expected `, ` between items, found the full-width `、` U+3001; if it belongs to a value, " +
    "put the value in quotes",
  ],
  ...["[*.csv]", "*.csv", "[**/*.csv]", "[*]"].map((value): [string, string] => [
    HUB + DATA + `    include: ${value}\n`,
    `6:${value.startsWith("[") ? 15 : 14} a text that begins with \`*\` needs quotes, as in ` +
    '["*.csv"]: without them it is the name of an anchor to YAML, and there is none',
  ]),
  ...["@hunter2", "%hunter2", "&hunter2", "!hunter2", "|hunter2", ">hunter2", "#hunter2"].map((
    value,
  ): [string, string] => [
    token(value),
    `3:10 a value that begins with \`${value[0]}\` needs quotes ("…")`,
  ]),
  ...["{hunter2", "[hunter2", "- hunter2", "? hunter2"].map((value): [string, string] => [
    token(value),
    `3:10 a value that begins with \`${value[0]}\` needs quotes ("…")`,
  ]),
  [token("`hunter2"), '3:10 a value that begins with a backtick needs quotes ("…")'],
  [
    HUB + "  headers:\n    X-Key: @hunter2\n" + DATA,
    '4:12 a value that begins with `@`, `%` or a backtick needs quotes ("…")',
  ],
  [token('"hunter2'), '3:10 expected a closing `"` on this line, found none'],
  [
    token("'hunter's 2'"),
    "3:10 expected a closing `'` on this line, found none; inside '…' a `'` is written twice",
  ],
  [
    token("hunter2: 3"),
    '3:10 expected one `key: value` on this line, found another `: `; put the value in quotes ("…")',
  ],
  [
    HUB + 'datasets:\n  - name: a\n    local_dir: "C:\\data"\n',
    "5:16 inside \"…\" a backslash begins an escape: write '…' instead, or `\\\\`",
  ],
  [
    HUB + DATA + MAIL + "      username: hunter\n      password: true\n",
    "13:17 `notify.targets[1].password`: expected a text, found a value that isn't text to YAML; " +
    'put it in quotes ("…")',
  ],
  [
    token("false"),
    "3:10 `hub.token`: expected a token of visible ASCII characters without spaces, found a value " +
    'that isn\'t text to YAML; put it in quotes ("…")',
  ],
  [
    HUB + "  url: http://i\n" + DATA,
    "3:3 expected each key once, found `url` again (first on line 2)",
  ],
  [
    HUB + DATA + "hub:\n  url: http://i\n",
    "6:1 expected each key once, found `hub` again (first on line 1)",
  ],
  [
    "hub:\n  - url: http://h\n" + DATA,
    "2:3 `hub`: expected a section with keys such as `url: …`, without `- ` before them, found a list",
  ],
  [
    "- hub:\n    url: http://h\n",
    "1:1 expected `hub:` and `datasets:` with their keys, found a list; write them without `- ` " +
    "before them",
  ],
  [
    HUB + "datasets:\n  name: a\n  local_dir: ./a\n",
    "4:3 `datasets`: expected a list with at least one dataset: `- name: …` and `local_dir: …`, " +
    "found a section",
  ],
  [
    "hub:\n  url: http://h:1\u200b\n" + DATA,
    "2:8 `hub.url`: expected a URL with a host's name or address and, if at all, a port up to 65535, " +
    'found "http://h:1\\u{200b}"',
  ],
  ...["http://h:65536", "http://h:port", "http://[::1", "http://a b/", "https://[fe80::1%25x]/"]
    .map((url): [string, string] => [
      `hub:\n  url: ${JSON.stringify(url)}\n` + DATA,
      "2:8 `hub.url`: expected a URL with a host's name or address and, if at all, a port up to " +
      `65535, found ${JSON.stringify(url)}`,
    ]),
  [
    HUB + "datasets:\n  - name: a\n    local_dir: $HOME/data\n",
    "5:16 `datasets[1].local_dir`: expected the path of the folder to keep up to date written in " +
    'full, or with `~/` for your home: only the shell knows $HOME, found "$HOME/data"',
  ],
  [
    HUB + "datasets:\n  - name: a\n    local_dir: ${HOME}/data\n",
    "5:16 `datasets[1].local_dir`: expected the path of the folder to keep up to date written in " +
    'full, or with `~/` for your home: only the shell knows ${HOME}, found "${HOME}/data"',
  ],
  [
    HUB + "datasets:\n  - name: a\n    local_dir: ${DATAHUBSYNC_DATA_DIR}/data\n",
    "5:16 `datasets[1].local_dir`: expected the environment variable DATAHUBSYNC_DATA_DIR to be " +
    "set, found it unset or empty",
  ],
];

for (const [text, ...expected] of MISTAKES) {
  Deno.test(`parseConfig() says of ${JSON.stringify(text.slice(0, 60))} what to correct`, () => {
    const found = problems(text);
    assert.deepEqual(found, expected);
    assert.doesNotMatch(found.join("\n"), /hunter/);
    for (const problem of found) {
      const { text, left } = inChinese(problem.replace(/^\S+ /, ""));
      assert.deepEqual(left, [], text);
      assert.match(text, /[\u4e00-\u9fff]/);
    }
    // A carriage return more at each line's end moves nothing.
    assert.deepEqual(problems(text.replaceAll("\n", "\r\n")), expected);
  });
}

Deno.test("parseConfig() takes numbers, words and signs of a password as they are written", () => {
  for (
    const word of ["012345", "0x1F", "1e5", "yes", "on", "0123", "1_000", "12:30:00", "2026-01-01"]
  ) {
    assert.equal(read(token(word)).hub.token, word);
  }
  for (const quoted of ['"@a#b"', "'%a: b'".replace(": ", ":"), '"*a"', '"`"', "'it''s'", '"&a"']) {
    assert.equal(problems(token(quoted)).length, 0, quoted);
  }
  assert.equal(read(token("abc#def")).hub.token, "abc#def");
});

Deno.test("parseConfig() finds no mistake in what only looks like one", () => {
  for (
    const text of [
      HUB + "# url：x\n  # name: “a”\n" + DATA,
      HUB + 'datasets:\n  - name: "股票：日线，“a”"\n    local_dir: ./数据，一\n',
      HUB + "datasets:\n  - name: 股票“日线”\n    local_dir: ./a：b\n",
      HUB + DATA + "    include: [url:b.csv, 'a{url:c']\n",
      '{"hub":{"url":"http://h"},"datasets":[{"name":"a","local_dir":"./a"}]}',
      HUB + DATA + "    include: ['a，b.csv', \"*.csv\"] # and， so on\n",
      HUB + "  token: &t abc\n" + DATA + MAIL + "      username: u\n      password: *t\n",
      '{\n\t"hub": {\n\t\t"url": "http://h"\n\t},\n\t"datasets": [{"name": "a", "local_dir": "./a"}]\n}\n',
      HUB + DATA + "x-mine: '\n  url:http://h\n  '\n".replace("url:http", "other:http"),
      (HUB + DATA).replaceAll("\n", "\r"),
      "\ufeff" + HUB + DATA,
    ]
  ) assert.deepEqual(problems(text), [], text);
});

Deno.test("decodeConfig() names UTF-16 with and without a mark, and GBK with its place", () => {
  const utf16 = (text: string, first: number[]): Uint8Array =>
    new Uint8Array([...first, ...[...text].flatMap((letter) => [letter.charCodeAt(0), 0])]);
  const gbk = new Uint8Array([...new TextEncoder().encode("hub:\n  # "), 0xb9, 0xc9]);
  for (
    const [bytes, says] of [
      [
        utf16("hub:\n", [0xff, 0xfe]),
        /^c:1:1: expected UTF-8, found UTF-16; save the file as UTF-8$/,
      ],
      [utf16("hub:\n", []), /^c:1:1: expected UTF-8, found UTF-16; save the file as UTF-8$/],
      [utf16("ub:\n", [0, 0x68, 0]), /^c:1:1: expected UTF-8, found UTF-16/],
      [
        gbk,
        /^c:2:5: expected UTF-8, found other bytes, which read as GBK; save .* iconv -f GB18030/,
      ],
    ] as const
  ) {
    const findings = new Findings("c");
    assert.equal(decodeConfig(bytes, findings), undefined);
    const [{ line, column, message } = assert.fail()] = findings.problems;
    assert.match(`c:${line}:${column}: ${message}`, says);
  }
});

/** Values that a ` #` cuts short, with where it is; and those that it doesn't. */
const COMMENTS: Record<string, string | undefined> = {
  [token("abc #def")]: "/srv/config.yaml:3:14: `token` ends before the ` #`",
  [token("abc  #def").replace("token", "token ")]: "/srv/config.yaml:3:15: `token`",
  [`${HUB}  headers:\n    X-Key: abc #def\n${DATA}`]: "/srv/config.yaml:4:16: `X-Key` ends before",
  [`${HUB}${DATA}    token: abc #def\n    url: http://f/x.zip\n`]: "/srv/config.yaml:6:16: `token`",
  [HUB + DATA + MAIL + "      username: u\n      password: a b #c\n"]:
    "/srv/config.yaml:13:21: `password` ends before the ` #`",
  [token("abc # my own")]: undefined,
  [token("${DATAHUBSYNC_TOKEN} #from the environment")]: undefined,
  [`${HUB}  headers:\n    X-Key: "abc #def"\n${DATA}`]: undefined,
  [token("abc#def")]: undefined,
  [`${HUB}  timeout: 30 #seconds\n${DATA}`]: undefined,
};

for (const [text, warning] of Object.entries(COMMENTS)) {
  Deno.test(`parseConfig() ${warning ? "warns" : "doesn't warn"} of a comment in ${JSON.stringify(text)}`, () => {
    const env = () => "x";
    const { warnings } = parseConfig(text, { path: "/srv/config.yaml", env });
    const found = warnings.filter((one) => one.includes("where a comment begins"));
    assert.equal(found.length, warning === undefined ? 0 : 1, warnings.join("\n"));
    if (warning === undefined) return;
    assert(found[0]!.startsWith(warning), found[0]);
    assert.doesNotMatch(found[0]!, /abc|def/);
    // The remedies, typed.
    if (!warning.includes("`token")) { // which has no blanks
      const quoted = text.replace(/(: +)(a [^\n]*#\w+|abc #def)\n/, '$1"$2"\n');
      assert.notEqual(quoted, text);
      assert.deepEqual(parseConfig(quoted, { path: "/srv/config.yaml", env }).warnings, []);
    }
    const commented = text.replace(" #", " # ");
    assert.deepEqual(parseConfig(commented, { path: "/srv/config.yaml", env }).warnings, []);
  });
}
