/** install_client.sh in Chinese: other words, and nothing else that differs. */
import assert from "node:assert/strict";
import { listTree, missingFor } from "../../support/rootfs.ts";
import { startHub } from "../../support/hub.ts";
import {
  assertDone,
  configText,
  finish,
  makeDestination,
  pretendSystemd,
  rootTest,
  SCRIPT,
  sh,
} from "./bundle.ts";

const HAN = /\p{Script=Han}/u;
const CHINESE = { LC_ALL: "", LANG: "zh_CN.UTF-8" };
const ENGLISH = { LC_ALL: "", LANG: "en_US.UTF-8" };

const ignore = missingFor() !== undefined;

/** The lines in which a person would look for Chinese: not the text of files, nor paths. */
function words(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("      | "));
}

Deno.test({
  name: "install_client.sh says every line in Chinese, and writes the same as in English",
  ignore,
  async fn() {
    await using dest = await makeDestination();
    const trees: string[][] = [];
    for (const env of [CHINESE, ENGLISH]) {
      const DESTDIR = dest.at(env.LANG);
      await Deno.mkdir(DESTDIR);
      for (
        const args of [["--dry-run"], ["--setup-crontab"], ["--systemd"], ["--uninstall"]]
      ) {
        const done = await dest.install(args, { ...env, DESTDIR });
        assertDone(done);
        for (const line of words(done.stdout + done.stderr)) {
          assert.equal(HAN.test(line.replaceAll(dest.path, "")), env === CHINESE, line);
        }
        const config = await Deno.readTextFile(`${DESTDIR}/opt/datahubsync/config.yaml`)
          .catch(() => undefined);
        if (config !== undefined) {
          assert.equal(/^language: zh$/m.test(config), env === CHINESE, "cron has no LANG");
        }
        // The config and the completions speak the language of who installs.
        const skip = /\/datahubsync\/(datahubsync|config\.yaml)$|\/_datahubsync$|\.fish$/;
        trees.push(await listTree(DESTDIR, { skip }));
      }
    }
    assert.deepEqual(trees.slice(4), trees.slice(0, 4));
  },
});

Deno.test({
  name: "install_client.sh refuses in Chinese with the same exit codes, in bash and in dash",
  ignore,
  async fn() {
    await using dest = await makeDestination();
    const script = `${dest.path}/../bundle/install_client.sh`;
    await dest.write("/srv/broken/config.yaml", configText() + "hub: BROKEN\n");
    const refused: [args: string[], code: number, says: RegExp][] = [
      [["--nonsense"], 2, /^install_client\.sh: 未知选项：--nonsense$/m],
      [["--user", "x y"], 2, /^install_client\.sh: --user：应为用户名，实际为“x y”$/m],
      [["--user"], 2, /--user 需要一个值/],
      [["--lang", "fr"], 2, /--lang: en or zh was expected, found "fr"/],
      [["--setup-crontab", "--schedule", "1 2 * *"], 2, /^install_client\.sh: .*1 2 \* \*/m],
      [["--hub-url", "ftp://hub.example"], 2, /^install_client\.sh: --hub-url：.+ftp/m],
      [["--uninstall"], 1, /\/opt\/datahubsync 中没有由本脚本安装的内容/],
      [["--install-dir", "/srv/broken"], 2, /配置无法使用，未做任何改动：/],
    ];
    for (const shell of ["bash", "dash"]) {
      for (const [args, code, says] of refused) {
        const done = await finish(shell, [script, ...args], { ...CHINESE, DESTDIR: dest.path });
        assert.equal(done.code, code, `${args}: ${done.stderr}`);
        assert.match(done.stderr, says);
        if (args[0] !== "--lang") assert.match(done.stderr, /^提示：/m);
      }
    }
  },
});

Deno.test({
  name: "--lang says which language, the locale which where it isn't given",
  ignore,
  async fn() {
    await using dest = await makeDestination();
    const cases: [env: Record<string, string>, args: string[], chinese: boolean][] = [
      [{ LANG: "zh_CN.UTF-8" }, [], true],
      [{ LANG: "zh_CN.utf8" }, [], true],
      [{ LANG: "zh_CN" }, [], true],
      // What is written in UTF-8 can't be read on a terminal of another encoding.
      [{ LANG: "zh_CN.GB18030" }, [], false],
      [{ LANG: "zh_TW.Big5" }, [], false],
      [{ LANG: "zh_CN.GB18030" }, ["--lang", "zh"], true],
      [{ LANG: "zh_CN.UTF-8", LC_MESSAGES: "C" }, [], false],
      [{ LANG: "C", LC_MESSAGES: "zh_TW.UTF-8" }, [], true],
      [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, [], false],
      [{ LANG: "zh_CN.UTF-8" }, ["--lang", "en"], false],
      [{ LANG: "C" }, ["--lang=zh"], true],
    ];
    for (const [env, args, chinese] of cases) {
      const done = await dest.install([...args, "--help"], { LC_ALL: "", LC_MESSAGES: "", ...env });
      assert.equal(HAN.test(done.stdout), chinese, JSON.stringify([env, args]));
    }
  },
});

Deno.test({
  name: "install_client.sh without its binary says so in English",
  ignore,
  async fn() {
    await using dest = await makeDestination();
    await Deno.remove(`${dest.path}/../bundle/datahubsync`);
    const done = await dest.install([], CHINESE);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /no datahubsync beside install_client\.sh/);
  },
});

rootTest(
  "install_client.sh says every line in Chinese as root: a client, a hub, both uninstalled",
  ["useradd", "runuser"],
  async (root) => {
    await using hub = startHub();
    await pretendSystemd(root);
    await root.write("/srv/bars/a.csv", "1\n");
    const runs: string[][] = [
      ["--hub-url", hub.url, "--setup-crontab"],
      ["--systemd", "--sync"],
      ["--user", "root"],
      ["--pack", "/srv/bars", "--systemd", "--serve", "0.0.0.0:8000"],
      ["--uninstall", "--purge"],
    ];
    for (const args of runs) {
      const done = await root.run(["bash", SCRIPT, ...args], { env: CHINESE });
      // Root can't trust what the sync's user could exchange.
      assert.equal(done.code, args.includes("root") ? 2 : 0, done.stdout + done.stderr);
      const said = words(done.stdout + done.stderr).filter((line) =>
        // What a person types next, and what the sync and the list of changes say, isn't the script's.
        !/^ {2}(?:sudo|runuser|datahubsync|\/)|^\d{4}-|^- |^ {2}\S/.test(line)
      );
      for (const line of said) assert.match(line, HAN, args.join(" "));
    }
    assert.equal(await sh(root, "find /etc /opt -name '*datahubsync*'"), "");
  },
);
