/** What a person who reads Chinese sees on real terminals of 60, 80 and 120 columns. */

import assert from "node:assert/strict";
import stringWidth from "string-width";
import { binaryPath, configFor, runBinary, workplace } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { onScreen } from "../support/screen.ts";

const NAME = "股票日线数据-专业版";

for (const columns of [60, 80, 120]) {
  Deno.test({
    name: `list, sync, status, verify and --check in Chinese on a terminal of ${columns} columns`,
    ignore: !installed("tmux"),
    async fn() {
      await using hub = startHub({ name: NAME });
      await using place = await workplace(
        `language: zh\n${configFor(hub.url, [NAME], { hub: ["retries: 0"] })}`,
      );
      const shown = async (code: number, ...words: string[]): Promise<string> => {
        const command = [binaryPath(), ...words, "-c", place.at("config.yaml")];
        await using screen = await onScreen(command, { columns, rows: 60 });
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
      hub.hub.faults.add({ name: "status_503", path: "/api/", times: Infinity });
      const failed = await shown(3, "sync", "--force");
      assert.match(failed.replaceAll("\n", ""), /错误：股票日线数据-专业版：http:.*应答 503：/);
      assert.match(failed, /提示：数据中心正忙/);
    },
  });
}

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
  assert.doesNotMatch(json, /[\u4e00-\u9fff]/);
});
