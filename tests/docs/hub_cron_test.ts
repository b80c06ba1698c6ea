/** The lines of docs/hub.md that have somebody hear of a `pack` that fails: typed, they do. */
import assert from "node:assert/strict";
import { outcomeOf } from "../support/command.ts";
import { installed } from "../support/installed.ts";
import { programOf } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { shellWord } from "../../src/shell_word.ts";
import { codeBlock, replaceOnce } from "./code_block.ts";

Deno.test({
  name: "docs/hub.md: cron has nothing to mail and the monitor a ping, unless packing failed",
  ignore: !installed("curl"),
  async fn() {
    await using temp = await tempDir();
    let pings = 0;
    await using monitor = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response(`${++pings}`),
    );
    const block = await codeBlock("hub.md", { language: "crontab", holding: "pack -c" });
    const [, ...words] = /^MAILTO=.*\n\*\/10 \* \* \* \* \w+ (.*)\n$/.exec(block)!;
    const program = programOf("release").map(shellWord).join(" ");
    const url = `http://127.0.0.1:${monitor.addr.port}/your-uuid`;
    let command = replaceOnce(words[0]!, "/usr/local/bin/datahubsync", program);
    command = replaceOnce(command, "/etc/hub.yaml", shellWord(temp.at("hub.yaml")));
    command = replaceOnce(command, "https://hc-ping.com/your-uuid", url);
    const cron = () => outcomeOf("sh", ["-c", command], { env: { no_proxy: "127.0.0.1" } });

    const configure = (files: number): Promise<void> =>
      Deno.writeTextFile(
        temp.at("hub.yaml"),
        `output: ./site\ndatasets:\n  - folder: ./data\n    min_files: ${files}\n`,
      );
    await Deno.mkdir(temp.at("data"));
    await Deno.writeTextFile(temp.at("data/a.csv"), "1\n");
    await configure(1);
    for (const pinged of [1, 2]) {
      const { code, stdout, stderr } = await cron();
      assert.deepEqual([code, stdout, stderr, pings], [0, "", "", pinged]);
    }
    await configure(2);
    const failed = await cron();
    assert.deepEqual([failed.code, failed.stdout, pings], [2, "", 2]);
    assert.match(failed.stderr, /^error: data: .*\nhint: /);
  },
});
