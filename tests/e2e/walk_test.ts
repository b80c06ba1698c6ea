/**
 * The way of a newcomer, typed at a terminal of a bare machine as README has it: from a clone to the demo
 * and the tests; and from the release's archive to a cron that has fired. When it fails, the failure
 * holds the whole screen.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { release } from "../../tools/release.ts";
import { type BareRoot, bareRoot, bareRootWorks } from "../support/bare_root.ts";
import { run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { hasTmux, onScreen, type Screen } from "../support/screen.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { ROOT } from "../support/sources.ts";

const ignore = !bareRootWorks() || !hasTmux();

/** What is typed at a shell of the machine, one command after the other. */
class Typist {
  readonly #screen: Screen;
  #number = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Types a command, answers what it asks, and waits for its end; it has to end well. */
  async type(command: string, answers: readonly [question: RegExp, answer: string][] = []) {
    const mark = `end ${++this.#number}`;
    await this.#screen.type(`${command}; echo "${mark} $?"\n`);
    for (const [question, answer] of answers) {
      await this.#screen.until(question);
      await this.#screen.type(`${answer}\n`);
    }
    const text = await this.#screen.until(new RegExp(`^${mark} \\d+$`, "m"));
    assert.match(text, new RegExp(`^${mark} 0$`, "m"), `${command}\n${text}`);
  }
}

/** A shell of the machine on a terminal. */
async function shellOn(bare: BareRoot): Promise<Screen> {
  const screen = await onScreen(bare.command(["bash", "--norc", "-i"]), { columns: 120 });
  await screen.until(/\$|#/);
  return screen;
}

/** The shell commands of a page that stand in the block with this text, without their comments. */
async function commandsOf(page: string, holding: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(ROOT, page));
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  const [block, ...more] = blocks.filter((one) => one.includes(holding));
  assert(block !== undefined && more.length === 0, holding);
  return block.trimEnd().split("\n").map((line) => line.replace(/\s+#.*$/, ""));
}

/** A bare machine with the release's archive in /srv. */
async function bareServer(temp: TempDir): Promise<BareRoot> {
  const [archive] = await release({
    root: ROOT,
    output: temp.path,
    target: Deno.build.target,
    say: () => {},
    packages: false,
  });
  const bare = await bareRoot();
  await Deno.mkdir(bare.at("srv"), { recursive: true });
  await Deno.copyFile(archive!, bare.at("srv/datahubsync.tar.gz"));
  await Deno.chmod(bare.at("srv/datahubsync.tar.gz"), 0o644);
  return bare;
}

Deno.test({
  name: "on a bare machine README's first commands lead from a clone to the demo and the tests",
  ignore,
  async fn() {
    await using bare = await bareRoot();
    await run("git", ["clone", "--quiet", "--bare", ROOT, bare.at("root/origin.git")]);
    await using screen = await shellOn(bare);
    const typist = new Typist(screen);
    await typist.type("git clone --quiet ~/origin.git ~/datahubsync && cd ~/datahubsync");
    const [demo, test, ...more] = await commandsOf("README.md", "./denow task demo");
    assert.deepEqual([demo, test, more], ["./denow task demo", "./denow task test", []]);
    await typist.type(demo!);
    assert.match(await screen.text(), /fetching Deno .* once[^]*datahubsync-demo/);
    // CI runs all of them there; here a room that asks for programs which aren't there.
    await typist.type(`${test} tests/zip/other_tools_test.ts tests/support/judge_test.ts`);
    assert.match(await screen.text(), /^skipped \d+ tests, which need:$[^]*^ok \| \d+ passed/m);
  },
});

Deno.test({
  name: "on a bare server the archive and README's quick start lead to a cron that has fired",
  ignore,
  async fn() {
    await using temp = await tempDir();
    await using hub = startHub({ name: "日线数据" });
    hub.hub.setDataset("指数 成分", hub.hub.datasets.get(hub.name)!);
    hub.hub.setDataset("财务数据", hub.hub.datasets.get(hub.name)!);
    await using bare = await bareServer(temp);
    await using screen = await shellOn(bare);
    const typist = new Typist(screen);
    // A server has these two; a minimal system doesn't.
    await typist.type("apt-get -qq install -y --no-install-recommends cron sudo >/dev/null");
    await typist.type("mkdir /root/unpacked && tar -xzf /srv/datahubsync.tar.gz -C /root/unpacked");
    await typist.type("cd /root/unpacked/datahubsync-*");
    const [install, check, sync, ...more] = await commandsOf(
      "README.md",
      "--hub-url http://your-hub:8000 --setup",
    );
    assert.deepEqual(more, []);
    // Every minute instead of at 8:15, which is the one thing that is typed otherwise.
    const every = install!.replace("http://your-hub:8000", hub.url) + ' --schedule "* * * * *"';
    await typist.type(every, [[/Which ones.*:/, ""]]);
    await typist.type(check!);
    await typist.type(sync!);
    hub.nextDay();
    await typist.type("cron");
    const data = "/data/日线数据";
    const file = hub.tree().keys().next().value!;
    const fired = `until [ -n "$(find '${data}' -newer /root/synced -name '*.csv' -print -quit)" ]`;
    await typist.type(`touch /root/synced; ${fired}; do sleep 0.2; done`);
    await typist.type(`ls '${data}/${file}' /data/'指数 成分'/ /data/财务数据/ >/dev/null`);
    await typist.type("sudo -u datahubsync datahubsync status");
    await typist.type("kill $(cat /var/run/crond.pid)");
  },
});

Deno.test({
  name:
    "on a bare server the page on get leads a plain user from the archive to a cron that has fired",
  ignore,
  async fn() {
    await using temp = await tempDir();
    await using hub = startHub({ name: "companyfacts", kind: "modern" });
    await using bare = await bareServer(temp);
    await using screen = await shellOn(bare);
    const typist = new Typist(screen);
    await typist.type("apt-get -qq install -y --no-install-recommends cron >/dev/null");
    await typist.type("useradd -m -s /bin/bash quant && cron");
    const url = `${hub.url}/package/companyfacts.zip`;
    const began = performance.now();
    await screen.type("su - quant\n");
    await typist.type("tar -xzf /srv/datahubsync.tar.gz && cd datahubsync-*");
    const commands = await commandsOf("docs/get.md", "mkdir -p ~/bin");
    assert.equal(commands.length, 3);
    for (const command of commands) {
      // Every minute instead of at 8:15.
      await typist.type(
        command.replace("https://example.org/bulk/companyfacts.zip", url)
          .replace("15 8 * * *", "* * * * *"),
      );
    }
    console.log(`from the archive to cron: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await typist.type("cp -r ~/companyfacts ~/yesterday");
    hub.nextDay();
    await typist.type("until ! diff -rq ~/companyfacts ~/yesterday >/dev/null; do sleep 0.2; done");
    await screen.type("exit\n");
    await typist.type("kill $(cat /var/run/crond.pid)");
  },
});
