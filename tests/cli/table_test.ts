// deno-lint-ignore-file no-control-regex -- colours are escape sequences
/** Tables stay aligned and within the terminal's width, whatever is written in them. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { textWidth } from "../../src/cli/terminal/text_width.ts";
import { renderTable, wrap } from "../../src/cli/terminal/table.ts";

const columns = [{ title: "DATASET", flexible: true }, { title: "SIZE", align: "right" as const }];

Deno.test("renderTable() aligns wide characters", () => {
  const text = renderTable(columns, [["股票数据", "1 MB"], ["etf", "20 MB"]]);
  assert.equal(text, "DATASET    SIZE\n股票数据   1 MB\netf       20 MB\n");
});

Deno.test("renderTable() colours only when asked and stays aligned", () => {
  const rows = [[{ text: "a", colour: "red" as const }, "1"], ["bb", "22"]];
  assert.doesNotMatch(renderTable(columns, rows), /\x1b/);
  const coloured = renderTable(columns, rows, { colours: true });
  assert.match(coloured, /\x1b\[31ma\x1b\[39m/);
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), renderTable(columns, rows));
});

Deno.test("renderTable() cuts flexible columns to the width, never through a character", () => {
  const text = renderTable(columns, [["一二三四五六七八九十", "1 MB"]], { width: 16 });
  for (const line of text.split("\n")) assert(stringWidth(line) <= 16, line);
  assert.match(text, /一二三四…\s+1 MB/);
});

Deno.test("renderTable() lets no cell break its line", () => {
  assert.equal(renderTable(columns, [["a\nb\x1b[2J", "1"]]).split("\n").length, 3);
  assert.match(renderTable(columns, [["a\u2028b\u202efdp", "1"]]), /^a b fdp +1$/m);
});

Deno.test("wrap() breaks between words, and before a path that follows Chinese punctuation", () => {
  assert.deepEqual(wrap("from now on it runs", 11), ["from now on", "it runs"]);
  assert.deepEqual(wrap("从未同步：/opt/hub/bin/program sync", 24), [
    "从未同步：",
    "/opt/hub/bin/program sync",
  ]);
  assert.deepEqual(wrap("（/opt/hub/program）：没有权限", 22), [
    "（/opt/hub/program）：",
    "没有权限",
  ]);
  assert.deepEqual(wrap("看 /data/股票/日线。", 19), ["看", "/data/股票/日线。"]);
  const long = "/data/12345678901234";
  assert.deepEqual(wrap(`look at ${long} again`, 12), ["look at", long, "again"]);
  assert.deepEqual(wrap(`（${long}）：没有`, 12), [`（${long}）：`, "没有"]);
  assert.deepEqual(wrap(long, 12, { redrawn: true }), ["/data/123456", "78901234"]);
});

Deno.test("wrap() never breaks a command, and puts it on a line of its own where it doesn't fit", () => {
  const commands = [
    "datahubsync sync --config /etc/datahubsync/config.yaml 股票日线",
    "sudo chown -R data:data /srv/data/股票 日线",
    "chmod 600 /home/somebody/datahubsync/config.yaml",
    "sudo timedatectl set-timezone Asia/Shanghai",
    "sudo -u data datahubsync verify --repair",
    "su -c 'chown -R data:data /srv/data'",
    "(crontab -l 2>/dev/null; echo '15 8 * * * datahubsync sync --wait 30m') | crontab -",
  ];
  for (const command of commands) {
    for (const text of [`others can write to it: ${command}`, `其他用户可以写入它：${command}`]) {
      for (let width = 20; width < 90; width++) {
        const lines = wrap(text, width);
        assert(lines.some((line) => line.includes(command)), `${width}\n${lines.join("\n")}`);
        assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
        for (const line of lines) {
          assert(textWidth(line) <= width || line === command, `${width}\n${line}`);
        }
      }
    }
  }
  assert.deepEqual(wrap("run `datahubsync sync --force` again, and then look here", 29), [
    "run",
    "`datahubsync sync --force`",
    "again, and then look here",
  ]);
  assert.deepEqual(wrap("运行 `datahubsync sync`，再看这里", 26), [
    "运行 `datahubsync sync`，",
    "再看这里",
  ]);
});
