/** The catalogue: both languages of every message have the same parameters, and every message is used. */
import assert from "node:assert/strict";
import { INSTALLER_CHINESE } from "../../src/cli/installer/installer_chinese.ts";
import { AREAS } from "../../src/messages/areas.ts";
import { catalogue, fill, HOLE, type Message, wording } from "../../src/messages/catalogue.ts";
import { COMMAND } from "../../src/messages/command.ts";
import { isReadBack, readBack } from "../../src/messages/read_back.ts";
import { REPORT } from "../../src/messages/report.ts";
import { SYNC } from "../../src/messages/sync.ts";
import { sources } from "../support/sources.ts";

const ALL: typeof AREAS = {
  ...AREAS,
  report: REPORT as unknown as Readonly<Record<string, Message>>,
};
const MESSAGES: [string, Message][] = Object.entries(ALL).flatMap(([area, messages]) =>
  Object.entries(messages).map(([key, message]): [string, Message] => [
    `${area.toUpperCase()}.${key}`,
    message,
  ])
);

/** Whether a message is looked for in texts. */
function comesAsText(name: string): boolean {
  return name.split(".")[0]!.toLowerCase() in AREAS;
}

/** Parameters that a text shows; a word that only fits a count shows none. */
function shown(text: string): string[] {
  const names = [...text.matchAll(HOLE)].flatMap(([, name, sort]) => sort === "?" ? [] : [name!]);
  return [...new Set(names)].sort();
}

Deno.test("a message has the same parameters in both languages", () => {
  const wrong = MESSAGES.filter(([, { en, zh }]) => shown(en).join() !== shown(zh).join());
  assert.deepEqual(wrong.map(([name]) => name), []);
});

Deno.test("a message has words in both languages, and full-width punctuation in Chinese", () => {
  const wrong = MESSAGES.filter(([, { en, zh }]) =>
    (en === "") !== (zh === "") ||
    /[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]/.test(zh.replace(/\{\w+:([^|}]*)\}/g, "$1")) ||
    /[\u3000-\u9fff\uff00-\uffef]/.test(en)
  );
  assert.deepEqual(wrong.map(([name]) => name), []);
});

Deno.test("Chinese and Latin letters have a space between them", () => {
  const wrong = MESSAGES.filter(([, { zh }]) =>
    /[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/.test(zh.replace(HOLE, ""))
  );
  assert.deepEqual(wrong.map(([name, { zh }]) => `${name}: ${zh}`), []);
});

Deno.test("a parameter is a count everywhere in a message, or nowhere", () => {
  const wrong = MESSAGES.filter(([, { en }]) => {
    const counts = new Set<string>();
    const texts = new Set<string>();
    for (const [, name, sort] of en.matchAll(HOLE)) {
      if (sort !== "?") (sort === ":" ? counts : texts).add(name!);
    }
    return [...counts].some((name) => texts.has(name));
  });
  assert.deepEqual(wrong.map(([name]) => name), []);
});

Deno.test("a message names the page of its language, where there is one", () => {
  const translated = [...Deno.readDirSync(new URL("../../docs", import.meta.url))]
    .flatMap(({ name }) => /^(.*)\.zh-CN\.md$/.exec(name)?.[1] ?? []);
  const wrong = [...MESSAGES.map(([, { zh }]) => zh), ...Object.values(INSTALLER_CHINESE)]
    .filter((zh) => translated.some((page) => zh.includes(`docs/${page}.md`)));
  assert(translated.length > 7);
  assert.deepEqual(wrong, []);
});

Deno.test("no message takes a sentence that it doesn't know for its own", () => {
  for (
    const text of [
      '"61" is not a figure: 0 to 59 was hoped for',
      "It is broken.",
      "config.yaml is no configuration of this program",
    ]
  ) assert.equal(readBack(text, "zh"), text);
});

Deno.test("every message is used", async () => {
  const all = (await sources()).map(({ text }) => text).join("\n");
  // Nobody writes what the system says, or a state's Chinese name.
  const unused = MESSAGES.filter(([name]) =>
    !/^(?:SYSTEM|STATE)\./.test(name) && !new RegExp(`\\b${RegExp.escape(name)}\\b`).test(all)
  );
  assert.deepEqual(unused.map(([name]) => name), []);
});

/** Chinese that is read or made up, not said; the installer's catalogue is its own. */
const CHINESE_DATA = [
  ...["src/units.ts", "src/cli/installer/installer_chinese.ts"],
  ...["src/demo/profiles.ts", "src/demo/csv_rows.ts"],
  ...["src/zip/directory/detect_encoding.ts", "src/sync/expect/newest_row.ts"],
  ...[
    "src/config/read/calendar_file.ts",
    "src/cli/data/get_command.ts",
    "src/cli/init/init_questions.ts",
  ],
];

Deno.test("Chinese is written in the catalogue and nowhere else", async () => {
  const elsewhere = (await sources()).filter(({ text }) =>
    /\p{Script=Han}/u.test(text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ""))
  );
  assert.deepEqual(elsewhere.map(({ path }) => path).sort(), CHINESE_DATA.toSorted());
});

Deno.test("no two messages of an area have the same English", () => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const [name, { en, zh }] of MESSAGES) {
    const key = `${name.split(".")[0]} ${en}`;
    if (seen.has(key)) twice.push(`${name} and ${seen.get(key)}`);
    seen.set(key, name);
    if (!comesAsText(name)) continue;
    // Read back from its English, a message of several areas has to be the same Chinese.
    const other = seen.get(en);
    if (other !== undefined && other !== zh) twice.push(`${name}: ${zh} and ${other}`);
    seen.set(en, zh);
  }
  assert.deepEqual(twice, []);
});

Deno.test("a message is read back from its English", () => {
  const wrong: string[] = [];
  for (const [name, message] of MESSAGES.filter(([name]) => comesAsText(name))) {
    for (const count of [1, 5400]) {
      const params: Record<string, string | number> = {};
      for (const [, hole, sort] of message.en.matchAll(HOLE)) {
        params[hole!] = sort || /^(?:row|column|number|least)$/.test(hole!) ? count : `v${hole}`;
      }
      const english = fill(message.en, params);
      const chinese = fill(message.zh, params);
      // Punctuation alone says nothing.
      if (!/\p{L}/u.test(message.en.replaceAll(/\{\w+\}/g, ""))) continue;
      if (!isReadBack(name.split(".")[0]!.toLowerCase(), message)) continue;
      const read = readBack(english, "zh");
      if (read !== chinese) wrong.push(`${name}: ${english} → ${read}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("what isn't a message stays as it is", () => {
  for (const text of ["", "bars", "a note: of somebody", "sh600000.csv", "数据: 一"]) {
    assert.equal(readBack(text, "zh"), text);
  }
});

Deno.test("faults of a package, one after another, are each said whole", () => {
  const faults = [
    [SYNC.few_files, { has: "5", least: "5,000" }],
    [SYNC.lacks_files, { gone: "9", had: "10", part: "90 %", most: "5 %" }],
    [SYNC.is_smaller, { part: "90 %", most: "5 %" }],
    [SYNC.no_column, { named: '"日期"' }],
    [SYNC.no_date, { named: '"日期"' }],
    [SYNC.newest_row, { at: "2026-11-01", named: '"日期"', hours: "4" }],
  ] as const;
  // What the newest row is comes last.
  for (const [one, params] of faults.slice(0, 3)) {
    for (const [other, others] of faults) {
      assert.equal(
        readBack(`${fill(one.en, params)}; ${fill(other.en, others)}`, "zh"),
        `${fill(one.zh, params)}；${fill(other.zh, others)}`,
      );
    }
  }
});

Deno.test("a setting that is a word of a table's title stays what one types", () => {
  const { zh } = COMMAND.publish_differs;
  const params = { publish: "files", name: "time", to: "snapshot" };
  assert.equal(readBack(COMMAND.publish_differs(params), "zh"), fill(zh, params));
});

Deno.test("a hostile text is given up on soon", () => {
  const begin = performance.now();
  readBack("a: ".repeat(2_000) + " can't be reached: ".repeat(200), "zh");
  assert.ok(performance.now() - begin < 5_000);
});

Deno.test("fill() chooses the form that fits a count", () => {
  const { files } = catalogue({
    files: { en: "{n:file|files} {n?is|are} left", zh: "还有 {n:个文件}" },
  });
  assert.equal(files({ n: 1 }), "1 file is left");
  assert.equal(wording("en", files, { n: 5400 }), "5,400 files are left");
  assert.equal(wording("zh", files, { n: 5400 }), "还有 5,400 个文件");
});

Deno.test("fill() puts one space between Chinese and Latin, and none between Chinese", () => {
  assert.equal(fill("{who}的版本", { who: "hub" }), "hub 的版本");
  assert.equal(fill("请联系 {who} 的维护者", { who: "数据中心" }), "请联系数据中心的维护者");
  assert.equal(fill("原因：{why}。", { why: "timeout" }), "原因：timeout。");
});
