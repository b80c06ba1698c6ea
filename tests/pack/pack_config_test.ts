/** The file that `pack --config` reads: what it may say, and what is said when it may not. */
import assert from "node:assert/strict";
import { PACK_KEYS } from "../../src/config/known_keys.ts";
import { loadPackConfig } from "../../src/config/load_pack_config.ts";
import { ConfigError, formatProblem } from "../../src/errors.ts";
import { tempDir } from "../support/temp.ts";

async function load(text: string | Uint8Array) {
  await using temp = await tempDir();
  const path = temp.at("hub.yaml");
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  await Deno.writeFile(path, bytes);
  return await loadPackConfig(path, { cwd: temp.path, env: () => undefined });
}

async function problems(text: string | Uint8Array): Promise<string[]> {
  try {
    await load(text);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems.map(formatProblem);
  }
  return [];
}

const SITE = "output: /srv/hub\n";

Deno.test("loadPackConfig() reads every key, with paths relative to the file", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(
    temp.at("hub.yaml"),
    `output: hub
keep: 7d
sign: [old.key, /root/new.key]
expires: 10d
datasets:
  - name: pro
    folder: /data/pro
    exclude: ["*.tmp", "old/**"]
    settle: 1m30s
    min_files: 5000
    max_removed: 2.5%
    level: 9
  - folder: data/bars
`,
  );
  assert.deepEqual(await loadPackConfig("hub.yaml", { cwd: temp.path }), {
    output: temp.at("hub"),
    keepHours: 168,
    sign: [temp.at("old.key"), "/root/new.key"],
    expiresHours: 240,
    datasets: [
      {
        name: "pro",
        folder: "/data/pro",
        exclude: ["*.tmp", "old/**"],
        settleMs: 90_000,
        minFiles: 5000,
        maxRemoved: 0.025,
        level: 9,
      },
      { name: "bars", folder: temp.at("data/bars") },
    ],
    warnings: [],
  });
});

const wrong: [text: string, ...problems: RegExp[]][] = [
  ["", /^hub\.yaml:1:1: expected `output` and `datasets`, found an empty file/],
  ["- a\n", /:1:1: expected `output:` and `datasets:`, found a list/],
  ["just text\n", /found no keys/],
  [SITE, /`datasets` is missing: expected a list with at least one dataset/],
  ["datasets: [{ folder: /d }]\n", /`output` is missing: expected the site's folder/],
  [`${SITE}datasets: []\n`, /`datasets`: expected a list with at least one dataset/],
  [`${SITE}datasets:\n  -\n`, /`datasets\[1\]`: expected `folder`, found nothing/],
  [`${SITE}datasets: [{ name: a }]\n`, /`datasets\[1\]\.folder` is missing/],
  [`${SITE}dataset: [{ folder: /d }]\n`, /:2:1: unknown key `dataset`; did you mean `datasets`\?/],
  [
    `${SITE}settle: 60s\ndatasets: [{ folder: /d }]\n`,
    /:2:1: unknown key `settle`; did you mean `datasets\[\]\.settle`\?/,
  ],
  [
    `${SITE}datasets:\n  - folder: /d\n    min-file: 3\n`,
    /:4:5: unknown key `min-file` in `datasets\[1\]`; did you mean `min_files`\?/,
  ],
  [
    `${SITE}datasets:\n  - folder: /d\n    keep: 3\n`,
    /unknown key `keep` in `datasets\[1\]`; did you mean `keep`\?/,
  ],
  [
    `${SITE}datasets:\n  - folder: /d\n    token: 3\n`,
    /unknown key `token` in `datasets\[1\]`; expected one of name, folder/,
  ],
  [`${SITE}sign: []\ndatasets: [{ folder: /d }]\n`, /`sign`: expected the path of a private key/],
  [`${SITE}sign: $KEY\ndatasets: [{ folder: /d }]\n`, /`sign`: expected .*only the shell knows/],
  [
    `${SITE}expires: 367d\ndatasets: [{ folder: /d }]\n`,
    /`expires`: .*`1h` to `366d`.*found "?367d/,
  ],
  [`${SITE}expires: 30\ndatasets: [{ folder: /d }]\n`, /`expires`: .*found 30/],
  [`${SITE}keep: 3\ndatasets: [{ folder: /d }]\n`, /`keep`: expected a duration.*found 3/],
  [`${SITE}datasets: [{ folder: /d, settle: 60 }]\n`, /settle`: expected a duration.*found 60/],
  [`${SITE}datasets: [{ folder: /d, level: 10 }]\n`, /level`: expected .* 1 to 9, found 10/],
  [`${SITE}datasets: [{ folder: /d, min_files: 0 }]\n`, /min_files`: expected .*found 0/],
  [`${SITE}datasets: [{ folder: /d, max_removed: 5 }]\n`, /max_removed`: expected a part such/],
  [`${SITE}datasets: [{ folder: /d, max_removed: 101% }]\n`, /max_removed`: .* found "101%"/],
  [`${SITE}datasets: [{ folder: /d, name: .x }]\n`, /name`: expected a name that neither begins/],
  [`${SITE}datasets: [{ folder: /d, name: a/b }]\n`, /name`: .*without slashes/],
  [`${SITE}datasets: [{ folder: /d, exclude: /x }]\n`, /exclude`: expected a pattern relative/],
  [
    `${SITE}datasets:\n  - folder: /d/a\n  - folder: /e/a\n`,
    /:4:13: `datasets\[2\]\.folder`: expected each dataset once, found "a" again \(first at hub\.yaml:3:13\)/,
  ],
  [
    `${SITE}datasets: [{ folder: /srv }]\n`,
    /expected a folder of its own, found one that contains that of the site \(output at/,
  ],
  [`${SITE}datasets: [{ folder: /srv/hub/a }]\n`, /found one inside that of the site/],
  [
    "output: 3\nkeep: x\ndatasets: [{ folder: $HOME/x, level: a }]\n",
    /keep/,
    /only the shell knows/,
    /level/,
  ],
  ["output: [\n", /hub\.yaml:2:1/],
  [`${SITE}datasets:\n\t- folder: /d\n`, /tab/],
  [`${SITE}datasets:\n  - folder：/d\n`, /full-width colon/],
];

for (const [text, ...expected] of wrong) {
  Deno.test(`loadPackConfig() says what is wrong with ${JSON.stringify(text)}`, async () => {
    const found = await problems(text);
    assert.equal(found.length, expected.length, found.join("\n"));
    expected.forEach((one, index) => assert.match(found[index]!, one));
  });
}

Deno.test("loadPackConfig() names a file of another encoding, and one that isn't there", async () => {
  assert.match((await problems(new Uint8Array([0xff, 0xfe, 0x61, 0])))[0]!, /found UTF-16/);
  await assert.rejects(
    loadPackConfig("/nowhere/hub.yaml"),
    (error) => error instanceof ConfigError && /no such file/.test(error.message),
  );
});

Deno.test("loadPackConfig() sees through links that the site lies in a folder", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("data"));
  await Deno.symlink(temp.at("data"), temp.at("other"));
  await Deno.writeTextFile(
    temp.at("hub.yaml"),
    "output: other/hub\ndatasets: [{ folder: data }]\n",
  );
  await assert.rejects(
    loadPackConfig(temp.at("hub.yaml")),
    (error) => error instanceof ConfigError && /contains that of the site/.test(error.message),
  );
});

Deno.test("the hub's page has every key of hub.yaml, and an example that is read", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/hub.md", import.meta.url));
  const example = /```yaml\n(output:[^`]*)```/.exec(page)![1]!;
  assert.equal((await load(example)).datasets.length, 2);
  const rows = [...page.matchAll(/^\| `(output|keep|sign|expires|datasets\[\]\.\w+)`/gm)].map((
    [, key],
  ) => key!);
  const known = Object.entries(PACK_KEYS).flatMap(([section, keys]) =>
    keys.filter((key) => key !== "datasets").map((key) =>
      section === "pack" ? key : `datasets[].${key}`
    )
  );
  assert.deepEqual(rows.sort(), known.sort());
});
