/** The help in Chinese: nothing of it is missing, and it fits terminals. */
import assert from "node:assert/strict";
import type { Command } from "@commander-js/extra-typings";
import stringWidth from "string-width";
import { COMMAND_HELP } from "../../src/cli/command_help.ts";
import { speak } from "../../src/cli/terminal/language.ts";
import { AFTER, buildProgram } from "../../src/cli/program.ts";
import { helpInChinese, inChinese } from "../../src/cli/help_in_chinese.ts";
import { HELP } from "../../src/messages/help.ts";
import { readBack } from "../../src/messages/read_back.ts";
import { runProgram } from "../../src/cli/run_program.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

/** What Commander says of itself. */
const COMMANDERS = [
  ...["Usage:", "Arguments:", "Options:", "Commands:", "[options]", "[command]"],
];

function programAndCommands(): Command[] {
  const program = buildProgram(fakeTerminal(), () => {});
  const help = program.createHelp().visibleCommands(program).filter((one) => one.name() === "help");
  return [program, ...[...program.commands, ...help] as unknown as Command[]];
}

Deno.test("HELP has the Chinese of every text of the help, and no other's", () => {
  const texts = programAndCommands().flatMap((command) => {
    const help = command.createHelp();
    const { examples = [], codes = {} } = COMMAND_HELP[command.name()] ?? {};
    return [
      command.description(),
      ...help.visibleOptions(command).map(({ description }) => description),
      ...help.visibleArguments(command).map(({ description }) => description),
      ...examples.map(([, what]) => what),
      ...Object.values(codes),
    ];
  });
  const all = [...texts, ...AFTER, ...COMMANDERS, "Examples:", "Exit codes:"];
  assert.deepEqual(
    Object.keys(HELP).sort(),
    [...new Set(all.filter((text) => text !== ""))].sort(),
  );
});

Deno.test("HELP is written as the catalogue is: punctuation, and blanks around Latin words", () => {
  for (const text of Object.values(HELP)) {
    assert.match(text, /[\u4e00-\u9fff]/);
    assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:!?(]|[,;:!?)][\u4e00-\u9fff]/, text);
    assert.doesNotMatch(text, /[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]/, text);
  }
});

for (const columns of [60, 80, 120]) {
  Deno.test(`every help in Chinese fits ${columns} columns, and its columns line up`, () => {
    const terminal = { ...fakeTerminal(), columns: () => columns };
    const program = buildProgram(terminal, () => {}, inChinese);
    helpInChinese(program);
    for (const command of [program, ...program.commands as unknown as Command[]]) {
      if (!(command.name() in COMMAND_HELP) && command !== program) continue;
      let text = "";
      command.configureOutput({
        writeOut: (part) => void (text += part),
        getOutHelpWidth: () => columns,
      });
      command.outputHelp();
      assert.doesNotMatch(text, /Usage|Options|Arguments|Commands|Examples|choices|\[options/);
      const starts = new Set<number>();
      for (const line of text.split("\n")) {
        // A command stays on one line, so that it can be copied.
        assert(stringWidth(line) <= columns || /^ {2}datahubsync /.test(line), line);
        // No line begins with what belongs to the end of the one before.
        assert.doesNotMatch(line, /^ *[，。：；！？、）]/);
        const option = /^ {2}-.*?\S {2,}(?=[^ -])/.exec(line);
        if (option !== null) starts.add(stringWidth(option[0]));
      }
      assert.equal(starts.size, 1, text);
    }
  });
}

Deno.test("runProgram() shows help in the language that is spoken", async () => {
  await speak("zh");
  try {
    for (const args of [["sync", "--help"], ["help", "sync", "--lang", "zh"]]) {
      const terminal = fakeTerminal();
      assert.equal(await runProgram(args, terminal), 0);
      assert.match(
        terminal.stdout(),
        /^用法：datahubsync sync \[选项\] \[name\.\.\.\]\n\n把各目录更新到最新/,
      );
      assert.match(terminal.stdout(), /\n示例：\n {2}datahubsync sync +# 配置里的全部数据集\n/);
    }
  } finally {
    await speak("en");
  }
});

Deno.test("what Commander says of wrong arguments is read back", async () => {
  const wrong: [args: string[], chinese: RegExp][] = [
    [["sync", "--frce"], /^没有这个选项：“--frce”$/],
    [["sync", "-c"], /^选项“-c, --config <file>”缺少参数$/],
    [["sync", "--lang", "fr"], /^选项“--lang <language>”的参数不能是“fr”，只能是：en, zh。$/],
    [["notify"], /^必须写选项“--test”$/],
    [["get"], /^缺少参数“url”$/],
    [["completions", "tcsh"], /^参数“shell”不能是“tcsh”，只能是：bash, zsh, fish。$/],
    // "files" is a word of the demo's, too.
    [
      ["convert", "d", "--to", "x"],
      /^选项“--to <form>”的参数不能是“x”，只能是：snapshot, files。$/,
    ],
    [["status", "one"], /^“status”的参数太多：最多 0 个，却有 1 个：one。$/],
    [["--force", "one"], /^“sync”的参数太多：最多 0 个，却有 1 个：one。$/],
    [["pin", "a", "b", "c"], /^“pin”的参数太多：最多 2 个，却有 3 个：a, b, c。$/],
  ];
  for (const [args, chinese] of wrong) {
    const english = await runProgram(args, fakeTerminal()).then(
      () => "nothing",
      (error) => (error as Error).message,
    );
    assert.match(readBack(english, "zh"), chinese, english);
  }
});
