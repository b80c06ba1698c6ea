/** Whatever is wrong with a configuration is said in Chinese to somebody who reads Chinese. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadPackConfig } from "../../src/config/load_pack_config.ts";
import { parseConfig } from "../../src/config/load_config.ts";
import { ALL_KEYS, type SectionName } from "../../src/config/known_keys.ts";
import { ConfigError } from "../../src/errors.ts";
import { EXPECTED } from "../../src/messages/expected.ts";
import { inChinese } from "../support/chinese.ts";
import { tempDir } from "../support/temp.ts";
import { WRONG } from "./cases.ts";

/** What is wrong with a text, as the command prints it. */
function errorOf(text: string): string {
  try {
    parseConfig(text, { path: "/srv/config.yaml", file: "config.yaml", env: () => undefined });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  return "";
}

function assertChinese(error: string): void {
  const { text, left } = inChinese(error);
  assert.deepEqual(left, [], text);
  for (const line of text.split("\n")) assert.match(line, /[\u4e00-\u9fff]/);
}

for (const [text] of WRONG) {
  Deno.test(`the problems of ${JSON.stringify(text.slice(0, 80))} are Chinese`, () => {
    assertChinese(errorOf(text));
  });
}

/** Values that hardly any key takes. */
const ODD = ["", "[]", "{}", "[[]]", "'?'", '"a\\tb"', "-1", "yes", "~bob/x", "C:\\x"].concat([
  "$HOME/x",
  "'${PWD}/x'",
]);

/** A section with this value for every key that isn't a section. */
function filled(section: SectionName, value: string): string {
  const keys = ALL_KEYS[section].filter((key) =>
    ![`${section}.${key}`, `${section}.${key}[]`, key, `${key}[]`].some((name) => name in ALL_KEYS)
  );
  const parts = section.split(".").filter((part) => part !== "" && part !== "pack");
  return parts.reduceRight(
    (rest, part) => `{ ${part.replace("[]", "")}: ${part.endsWith("[]") ? `[ ${rest} ]` : rest} }`,
    `{ ${keys.map((key) => `${key}: ${value}`).join(", ")} }`,
  );
}

/** What needs more than a wrong value under one key. */
const APART: string[] = [
  "hub: { url: 'http://u%zz@h', token: Bearer x, headers: { X: é, Y: [] } }",
  "hub: { url: 'http://h?a', headers: [x], allow_hosts: [] }",
  "datasets: [{ url: 'file:///x.zip', local_dir: $DIR/x, name: 1 }, { url: 'http://h/x.zip#a' }, ~]",
  "datasets: [{ include: {} }, { include: [~] }, { max_age: x }, [a: 1], a]",
  "hub: { url: 'http://h:65536' }",
  "sync: { bandwidth_hours: [~] }",
  "notify: { on: [], targets: [~] }\nhub: {}",
  "notify: { on: [~] }",
  ...["slack", "dingtalk"].map((type) => `notify: { targets: [{ type: ${type} }] }`),
  ...["telegram", "gotify", "ntfy", "email", "template"].flatMap((type) =>
    ["", "token: 'a b', topic: 'a b', chat_id: a b, from: [], to: [], username: [], host: []"].map((
      more,
    ) => `notify: { targets: [{ type: ${type}, ${more} }] }`)
  ),
  "notify: { targets: [{ type: email, host: h, from: a, to: [~], username: a }] }",
  "notify: { targets: [{ type: template, url: 'http://', headers: { X: é, Y: } }] }",
  "notify: { targets: [{ type: template, url: 'http://h', body: '{' }] }",
  "notify: { targets: [{ type: template, url: 'http://${x}', body: '${texts}', method: GET }] }",
];
const APART_OF_PACK: string[] = [
  "",
  "- a",
  "datasets: []",
  "datasets: [~, { folder: a, name: .x }]",
];

Deno.test("what every key has to hold is Chinese, whatever it holds", async () => {
  await using dir = await tempDir();
  const errors: string[] = [...APART, "", "- a"].map(errorOf);
  for (const text of APART_OF_PACK) errors.push(await packErrorOf(text, dir.path));
  for (const section of Object.keys(ALL_KEYS) as SectionName[]) {
    for (const value of ODD) {
      const text = filled(section, value);
      errors.push(section.startsWith("pack") ? await packErrorOf(text, dir.path) : errorOf(text));
    }
  }
  const lines = [...new Set(errors.join("\n").split("\n"))].filter((line) => line !== "");
  assert(lines.length > 500, `only ${lines.length} problems`);
  lines.forEach(assertChinese);
  const all = lines.join("\n");
  const unseen = Object.entries(EXPECTED).filter(([, { en }]) =>
    !new RegExp(en.split(/\{\w+\}/).map(RegExp.escape).join(".*")).test(all)
  );
  assert.deepEqual(unseen.map(([key]) => key), []);
});

async function packErrorOf(text: string, folder: string): Promise<string> {
  const path = join(folder, "hub.yaml");
  await Deno.writeTextFile(path, text);
  try {
    await loadPackConfig(path, { cwd: folder, env: () => undefined });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  return "";
}
