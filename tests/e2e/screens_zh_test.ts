/**
 * What a person who reads Chinese sees on real terminals of 60, 80 and 120 columns.
 *
 * Longer than 250 lines because each screen is looked at in every width.
 */
import assert from "node:assert/strict";
import { shellWord } from "../../src/shell_word.ts";
import stringWidth from "string-width";
import { buildProgram } from "../../src/cli/program.ts";
import { binaryPath, configFor, runBinary, workplace } from "../support/binary.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { onScreen } from "../support/screen.ts";
import { PackedSite } from "../support/site.ts";
import { csvRows } from "../support/deflate_streams.ts";
import type { Tree } from "../support/tree.ts";

const NAME = "股票日线数据-专业版";
const ignore = !installed("tmux");

/** A command that speaks Chinese because its surroundings do. */
const inChina = (...words: string[]): string[] => [
  ...["env", "-u", "LC_ALL", "-u", "LC_MESSAGES", "LANG=zh_CN.UTF-8", binaryPath()],
  ...words,
];

/** The program as hints name it, also where a narrow line breaks in the middle of its path. */
const PROGRAM = new RegExp(
  [...shellWord(binaryPath())].map((letter) =>
    letter === " " ? String.raw`\s+` : RegExp.escape(letter)
  ).join(String.raw`(?:\n\s*)?`),
  "g",
);

/** No English words side by side, but for commands, paths and what is quoted. */
function assertChinese(text: string): void {
  const words = text.replaceAll(PROGRAM, "datahubsync").replaceAll(
    /`[^`]*`|"[^"]*"|'[^'\n]*'|\S*(?:datahubsync|crontab|printf) .*|\S*[/_=]\S*/g,
    "",
  );
  const [english] = /\b[A-Za-z][a-z]+ [a-z]{2,}\b/.exec(words) ?? [];
  assert.equal(english, undefined, `${english} in:\n${text}`);
  assert.match(text, /[\u4e00-\u9fff]/);
}

/** The lines' columns: what has two blanks between it on all of them. */
function assertAligned(lines: readonly string[]): void {
  const cells = lines.map((line) => {
    const blank: boolean[] = [];
    for (const { segment } of new Intl.Segmenter().segment(line)) {
      for (let at = stringWidth(segment); at > 0; at--) blank.push(segment === " ");
    }
    return blank;
  });
  const width = Math.max(...cells.map((cell) => cell.length));
  const gaps = Array.from({ length: width }, (_, at) => cells.every((cell) => cell[at] ?? true));
  const columns = gaps.map((gap) => gap ? " " : "x").join("").trim().split(/ {2,}/).length;
  assert.equal(columns, lines[0]!.trim().split(/ {2,}/).length, lines.join("\n"));
}

/** A table's lines: its head and all until an empty line or a sentence. */
function tableIn(text: string, head: RegExp): string[] {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => head.test(line));
  assert.notEqual(at, -1, text);
  const after = lines.slice(at + 1).findIndex((line) => !/ {2}/.test(line));
  return lines.slice(at, after === -1 ? undefined : at + 1 + after);
}

/** A tree of a day: each file has one row more than the day before. */
function dayTree(day: number): Tree {
  return new Map(["sh600000.csv", "财报.csv"].map((name, at) => [name, csvRows(at, 3000 + day)]));
}

for (const columns of [60, 80, 120]) {
  Deno.test({
    name: `every command speaks Chinese on a terminal of ${columns} columns, and tables line up`,
    ignore,
    async fn() {
      await using site = await PackedSite.make(NAME);
      await site.publish(dayTree(1));
      const dataset = ["publish: snapshot", "keep_versions: 3", "changes: true"];
      await using place = await workplace(
        `language: zh\n${configFor(site.url, [NAME], { dataset })}`,
      );
      assert.equal((await place.run("sync")).code, 0);
      await site.publish(dayTree(2));
      const zip = `${site.url}/${String((await site.entry()).package_url)}`;
      const patch = (await site.patches())[0]!;
      const commands = [
        "list",
        "sync --dry-run",
        "sync",
        "status",
        `versions ${NAME}`,
        `rollback ${NAME}`,
        `pin ${NAME} --off`,
        `pin ${NAME} 7`,
        "changes --done 99",
        "verify",
        "check",
        "check --verbose",
        "notify --test",
        `convert ${NAME} --to files`,
        "schedule @reboot",
        "schedule '61 * * * *'",
        `get ${zip} got`,
        `get ${zip} got`,
        "get",
        "pack got --output site --sign k",
        "key k",
        "key --show k",
        "pack got --output site --sign k",
        "pack got --output site",
        "pack --resign --output site --sign k",
        "pack --resign",
        "pack got",
        `pack --explain ${patch}`,
        "serve got --token",
        "serve site --listen nowhere",
        "sync --frce",
        "sync --lang fr",
        "snyc",
        "status --watch --json",
      ];
      const script = 'for one; do echo "@@ $one"; eval "$B $one"; done';
      await using screen = await onScreen(
        [
          ...["env", "-C", place.path, "-u", "LC_ALL", "-u", "LC_MESSAGES", "LANG=zh_CN.UTF-8"],
          ...[`B=${shellWord(binaryPath())}`, "bash", "-c", script, "-", ...commands],
        ],
        { columns, rows: 1500 },
      );
      const { text } = await screen.ended();
      const shown = new Map(
        text.split(/^@@ /m).slice(1).map((part) => {
          const [command = "", ...lines] = part.trimEnd().split("\n");
          return [command, lines.join("\n")];
        }),
      );
      assert.equal(shown.size, new Set(commands).size, text);
      for (const [command, screen] of shown) {
        // Schedules of this machine are none of this test's.
        if (command !== "schedule @reboot") assertChinese(screen);
        if (/^(?:list|status|sync)$/.test(command)) {
          const table = tableIn(screen, /^数据集 {2}/);
          assertAligned(table);
          for (const line of table) assert(stringWidth(line) <= columns, screen);
        }
      }
      assert.match(shown.get("sync")!, /股票日线\S* +已更新/);
      assert.match(shown.get(`versions ${NAME}`)!, /^000002 {2}.* {2}当前$/m);
      assert.match(shown.get("schedule @reboot")!, /机器启动之后/);
      assert.match(shown.get(`pack --explain ${patch}`)!, /^变化 +2 个：2 追加；/m);
    },
  });

  Deno.test({
    name: `the questions of init and get, serve and --watch in Chinese, ${columns} columns`,
    ignore,
    async fn() {
      await using site = await PackedSite.make(NAME);
      await site.publish(dayTree(1));
      await using place = await workplace("");
      const on = (...words: string[]) =>
        onScreen([...inChina(...words).toSpliced(1, 0, "-C", place.path)], { columns, rows: 40 });
      await Deno.remove(place.at("config.yaml"));
      await using init = await on("init");
      await init.shows(/数据中心的地址，例如/);
      await init.type("ftp://typo\n");
      await init.shows(/错误：应是数据中心的地址/);
      await init.type(`${site.url}\n`);
      await init.shows(/1 {2}股票日线数据-专业版[^]*要哪些？/);
      await init.type("\n");
      await init.shows(/放数据的目录 \[/);
      await init.type("\n");
      const written = await init.ended();
      assert.equal(written.code, 0);
      assert.match(written.text, /已写好 \S+，有 1 个数据集。接下来：/);
      assertChinese(written.text.replaceAll(/ftp\S+/g, ""));

      await using watched = await on("status", "--watch");
      await watched.shows(/从未同步[^]*按 Ctrl-C 结束$/);
      for (const line of await watched.lines()) assert(stringWidth(line) <= columns, line);
      await watched.press("C-c");
      assertChinese((await watched.ended()).text);

      await Deno.mkdir(place.at("got"));
      await Deno.writeTextFile(place.at("got", "sh600000.csv"), "mine");
      const zip = `${site.url}/${String((await site.entry()).package_url)}`;
      await using got = await on("get", zip, "got");
      await got.until(/目录里有 1 个文件（sh600000\.csv），与数据包不同。替换吗？\s*\[y\/N\]/);
      await got.type("是\n");
      assert.equal((await got.ended()).code, 0);

      await using served = await on("serve", site.at("."), "--listen", "0.0.0.0:0");
      await served.until(/^正在 http:\S+ 提供\s[^]*能连到本机的人都可以读取/m);
      await served.press("C-c");
      const { code, text } = await served.ended();
      assert.equal(code, 0);
      assert.match(text, /正在停止/);
      assertChinese(text);
    },
  });

  Deno.test({
    name: `the help of every command in Chinese fits on a terminal of ${columns} columns`,
    ignore,
    async fn() {
      const { commands } = buildProgram(fakeTerminal(), () => {});
      const names = ["", "help", "help sync", ...commands.map((command) => command.name())]
        .filter((name) => name !== "installer");
      const loop = 'for one; do "$0" $one --help || echo "failed: $one"; done';
      const [env = "", ...words] = inChina();
      await using screen = await onScreen(
        [env, ...words.slice(0, -1), "bash", "-c", loop, words.at(-1)!, ...names],
        { columns, rows: 1500 },
      );
      const { code, text } = await screen.ended();
      assert.equal(code, 0, text);
      assert.equal(text.match(/^用法：datahubsync/gm)?.length, names.length, text);
      for (const line of text.split("\n")) {
        // A command stays on one line, so that it can be copied.
        assert(stringWidth(line) <= columns || /^ {2}datahubsync /.test(line), line);
      }
      assertChinese(text);
    },
  });
}

/** The words of `--check` in Latin letters, but for commands, which the terminal itself may break. */
async function wordsOfCheck(config: string): Promise<string[]> {
  const { stdout } = await runBinary(["--check", "--verbose", "-c", config]);
  const prose = stdout.split("\n").filter((line) => !/crontab|sudo|curl/.test(line)).join("\n");
  const words = prose.match(/(?<![^\s：，（])[A-Za-z][\w-]{2,}(?=[\s，：。）]|$)/gm)!;
  assert(words.length > 5, stdout);
  return words;
}

for (const columns of [60, 80, 120]) {
  Deno.test({
    name: `list, sync, status, verify and --check in Chinese on a terminal of ${columns} columns`,
    ignore,
    async fn() {
      await using hub = startHub({ name: NAME });
      await using place = await workplace(
        `language: zh\n${configFor(hub.url, [NAME], { hub: ["retries: 0"] })}`,
      );
      const shown = async (code: number, ...words: string[]): Promise<string> => {
        const command = [binaryPath(), ...words, "-c", place.at("config.yaml")];
        await using screen = await onScreen(command, { columns, rows: 120 });
        await screen.until(/^rc=/m);
        const lines = await screen.lines();
        for (const line of lines) assert(stringWidth(line) <= columns, line);
        assert(lines.includes(`rc=${code}`), lines.join("\n"));
        return lines.join("\n");
      };
      assert.match(await shown(0, "list"), /^数据集 +版本.* 大小 +就绪 +已跟随\n/);
      assert.match(
        await shown(0, "sync", "--dry-run"),
        /数据包中有 56 个文件：\n +56 {2}新增或变化/,
      );
      const synced = await shown(0, "sync");
      assert.match(synced, /^数据集 +结果/m);
      assert.match(synced, /股票日线\S* +已更新/);
      const status = await shown(0, "status");
      assert.match(status, /^✓ 数据集与数据中心一致/m);
      assert.match(status, /^数据集 .*数据中心 +上次运行/m);
      assert.match(await shown(0, "verify"), /56 个文件，读取了 .*：缺少 0 个，\s*损坏 0 个/);
      const check = await shown(0, "--check", "--verbose");
      const words = await wordsOfCheck(place.at("config.yaml"));
      for (const word of words) assert(check.includes(word), `${word} is broken:\n${check}`);
      for (const line of check.split("\n")) assert.doesNotMatch(line, /^ *[，。；：）]/, check);
      hub.hub.faults.add({ name: "status_503", path: "/api/", times: Infinity });
      const failed = await shown(3, "sync", "--force");
      assert.match(failed.replaceAll("\n", ""), /错误：股票日线数据-专业版：http:.*应答 503：/);
      assert.match(failed, /提示：数据中心正忙/);
    },
  });
}

Deno.test({
  name: "the demo tells its story in Chinese on a terminal of 60 columns",
  ignore,
  async fn() {
    await using screen = await onScreen(inChina("demo"), { columns: 60, rows: 80 });
    const { code, text } = await screen.ended();
    assert.equal(code, 0, text);
    assertChinese(text);
    assert.match(text, /^全部 429 个文件与数据中心逐字节一致。/m);
    for (const line of text.split("\n")) {
      // What is typed stays on one line, however long the program's path is.
      assert(stringWidth(line) <= 60 || line.startsWith("$ "), line);
    }
    const rows = text.split("\n").filter((line) =>
      /^ {2}(?:数据集|stock-\S+ +已|stock-\S+ +下)/.test(line)
    );
    assert.equal(rows.length, 11);
    assertAligned(rows);
  },
});

Deno.test("--check and errors follow --lang, the configuration, LC_ALL, LC_MESSAGES and LANG", async () => {
  await using place = await workplace(configFor("http://127.0.0.1:9", ["bars"]));
  const check = async (words: string[], env: Record<string, string>): Promise<string> => {
    const { stdout, stderr } = await runBinary(
      ["--check", "-c", place.at("config.yaml"), ...words],
      { env },
    );
    return stdout + stderr;
  };
  for (const variable of ["LC_ALL", "LC_MESSAGES", "LANG"]) {
    assert.match(await check([], { [variable]: "zh_CN.UTF-8" }), /没有服务在监听：连接被拒绝/);
  }
  assert.match(await check([], { LC_ALL: "C", LANG: "zh_CN.UTF-8" }), /nothing listens at/);
  assert.match(await check(["--lang", "en"], { LANG: "zh_CN.UTF-8" }), /nothing listens at/);
  for (const word of ["zh", "zh_CN", "zh_CN.UTF-8", "zh-Hans-CN", "ZH"]) {
    assert.match(await check([`--lang=${word}`], {}), /没有服务在监听/);
    assert.match(await check(["--lang", word], {}), /没有服务在监听/);
  }
  const other = { LANG: "zh_CN.UTF-8" };
  assert.match(await check(["--lang", "en_US.UTF-8"], other), /nothing listens at/);
  assert.match(await check(["--lang", "zhx"], {}), /--lang <language>.*zhx.*en, zh/);
  assert.match(await check(["--lang", "fr"], {}), /--lang <language>.*fr/);
  const json = await check(["--json"], { LANG: "zh_CN.UTF-8" });
  assert.doesNotMatch(json.replaceAll(binaryPath(), ""), /[\u4e00-\u9fff]/);
});
