/** wordWrapped(): what a person reads is broken between words. */
import assert from "node:assert/strict";
import { wordWrapped } from "../../src/cli/terminal/word_wrap.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

const narrow = () => ({ ...fakeTerminal({ watched: true }), columns: () => 40 });

Deno.test("wordWrapped() breaks between words, after the line's own indent, and keeps what is typed", () => {
  const terminal = narrow();
  const { err } = wordWrapped(terminal);
  err(
    'error: nope: the hub doesn\'t list a dataset named "nope"\n  and so on, and so on, and so on, and so on\n',
  );
  err(
    "hint: set it in /srv/a folder of many letters/config.yaml: datahubsync convert NAME --and more words\n",
  );
  err("错误：应是数据中心的地址，却没有，请从浏览器的地址栏复制过来再试一次\n");
  err("fits\n\nA question that is longer than a line is? ");
  assert.deepEqual(terminal.stderr().split("\n"), [
    "error: nope: the hub doesn't list a",
    'dataset named "nope"',
    "  and so on, and so on, and so on, and",
    "  so on",
    "hint: set it in /srv/a folder of many",
    "letters/config.yaml:",
    "datahubsync convert NAME --and more words",
    "错误：应是数据中心的地址，却没有，请从浏",
    "览器的地址栏复制过来再试一次",
    "fits",
    "",
    "A question that is longer than a line",
    "is? ",
  ]);
});

Deno.test("wordWrapped() leaves data and drawings alone, and breaks no secret before it is found", () => {
  const terminal = narrow();
  const long = "one two three four five six seven eight nine ten\n";
  const wrapped = wordWrapped({
    ...terminal,
    masked: (text) => text.replaceAll("my long secret of four words", "***"),
  });
  wrapped.out(long);
  wrapped.err(long, { moves: true });
  assert.deepEqual([terminal.stdout(), terminal.stderr()], [long, long]);
  wrapped.err("a text before that, my long secret of four words\n");
  assert.equal(terminal.stderr().slice(long.length), "a text before that, ***\n");
});
