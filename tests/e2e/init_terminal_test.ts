/** `datahubsync init` as a person types at it, on a real terminal. */
import assert from "node:assert/strict";
import { binaryPath, runBinary } from "../support/binary.ts";
import { run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { hasTmux, onScreen, Screen } from "../support/screen.ts";
import { tempDir } from "../support/temp.ts";

Deno.test({
  name: "init at a terminal asks for the hub, asks again after a typo, and its next command works",
  ignore: !hasTmux(),
  async fn() {
    await using hub = startHub({ name: "股票日线" });
    hub.hub.setDataset("other", hub.hub.datasets.get(hub.name)!);
    await using temp = await tempDir();
    await using screen = new Screen(temp.at("tmux"));
    await screen.start(
      `cd '${temp.path}' && env -i TERM=screen-256color LC_ALL=C.UTF-8 '${binaryPath()}' init`,
      { columns: 400, rows: 60 },
    );
    await screen.shows(/Address of the hub/);
    await screen.type("ftp://typo\n");
    await screen.shows(/error: expected the hub's address[\s\S]*Address of the hub/);
    await screen.type(`${hub.url.replace("http://", "")}\n`);
    await screen.shows(/1 {2}股票日线[\s\S]*2 {2}other[\s\S]*\[all\]/);
    await screen.type("othr\n");
    await screen.shows(/did you mean "other"\?[\s\S]*\[all\]/);
    await screen.type("股票日线\n");
    await screen.shows(/Folder for the data/);
    await screen.type("y\n");
    await screen.shows(/expected a folder for the data, found "y"[\s\S]*Folder for the data/);
    await screen.type("\n");
    await screen.shows(/rc=/);
    const lines = await screen.lines();
    assert(lines.includes("rc=0"), lines.join("\n"));
    assert.match(lines.join("\n"), /with 1 dataset\. Next:\n {2}.+ --check -c /);
    const next = lines.find((line) => / sync -c /.test(line))!.trim();
    await run("sh", ["-c", next]);
    assert(Deno.statSync(temp.at("data", "股票日线")).isDirectory);
  },
});

Deno.test({
  name: "init at a terminal that is left with Ctrl-D says once what helps",
  ignore: !hasTmux(),
  async fn() {
    await using screen = await onScreen([binaryPath(), "init"], { columns: 400 });
    await screen.until(/Address of the hub/);
    await screen.press("C-d");
    const { code, text } = await screen.ended();
    assert.equal(code, 2);
    assert.match(text, /^error: the questions weren't all answered; nothing was written\n/m);
    assert.equal(text.match(/ init --help/g)?.length, 1, text);
  },
});

for (const typed of ["", "http://hub.exa"]) {
  Deno.test({
    name: `Ctrl-C at a question of init${typed && ", in the middle of an answer,"} interrupts it`,
    ignore: !hasTmux(),
    async fn() {
      await using temp = await tempDir();
      await using screen = new Screen(temp.at("tmux"));
      const init = `'${binaryPath()}' init --output '${temp.at("config.yaml")}'`;
      const after =
        'rc=$?; stty -a | grep -q " echo " && stty -a | grep -q " icanon " && echo tidy';
      const command = `{ ${init}; ${after}; (exit $rc); }`;
      await screen.start(command, { columns: 400, rows: 60 });
      await screen.until(/Address of the hub/);
      await screen.type(typed);
      await screen.press("C-c");
      const { code, text } = await screen.ended();
      assert.equal(code, 130, text);
      assert.match(text, /^interrupted\ntidy\n/m);
      assert.equal(await Deno.stat(temp.at("config.yaml")).catch(() => undefined), undefined);
    },
  });
}

Deno.test("init with no terminal needs no answer: all datasets, ./data, the named file", async () => {
  await using hub = startHub();
  hub.hub.setDataset("other", hub.hub.datasets.get(hub.name)!);
  await using temp = await tempDir();
  const words = ["init", "--hub-url", hub.url, "--output", temp.at("conf.yaml")];
  const { code, stderr } = await runBinary(words);
  assert.deepEqual([code, stderr], [0, ""]);
  const text = await Deno.readTextFile(temp.at("conf.yaml"));
  assert.match(text, new RegExp(`name: ${hub.name}\\n    local_dir: ./data/${hub.name}\\n`));
  assert(text.includes("name: other\n    local_dir: ./data/other\n"), text);
});
