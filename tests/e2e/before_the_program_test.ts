/**
 * What the runtime refuses before the program begins, so that no message of the program's own can say
 * it: a current folder that was removed, arguments that aren't UTF-8, a limit on address space, open files or
 * the stack, and a chroot without /proc. Nothing is made then, what docs/troubleshooting.md quotes is what is printed,
 * and its remedies work.
 */
import assert from "node:assert/strict";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { type CommandOptions, outcomeOf } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { has, installed } from "../support/installed.ts";
import { missingFor } from "../support/rootfs.ts";

const isReady = installed("bash") && has(Deno.build.os === "linux", "Linux");

/** Runs a script of bash, whose `$1` is the binary; its exit code and what it says on stderr. */
async function bash(script: string, options: CommandOptions): Promise<[number, string]> {
  const { code, stderr } = await outcomeOf("bash", ["-c", script, "bash", binaryPath()], options);
  return [code, stderr];
}

const SYNC = '"$1" sync -c "$PWD/config.yaml"';
const REMOVED = "here=$PWD; mkdir gone && cd gone && rmdir ../gone;";
/** 配置 in GBK. */
const NAME = "$'\\xc5\\xe4\\xd6\\xc3.yaml'";
const within = (script: string) =>
  `unshare -m -p -f bash -c 'umount -l /proc; ${script}' bash "$1"`;

interface Refusal {
  what: string;
  /** A script of bash that the runtime refuses. */
  script: string;
  code: number;
  says: RegExp;
  remedy: string;
  helps: string;
  ignore?: boolean;
}

const REFUSALS: readonly Refusal[] = [
  {
    what: "a removed current folder",
    script: `${REMOVED} ${SYNC.replace("PWD", "here")}`,
    code: 1,
    says: /No such file or directory \(os error 2\)/,
    remedy: `${REMOVED} cd / && ${SYNC.replace("PWD", "here")}`,
    helps: "`cd`",
  },
  {
    what: "an argument that isn't UTF-8",
    script:
      `mv config.yaml ${NAME}; "$1" sync -c ${NAME}; code=$?; mv ${NAME} config.yaml; exit $code`,
    code: 101,
    says: /panicked at/,
    remedy: 'mv config.yaml 配置.yaml && "$1" sync -c 配置.yaml',
    helps: "a new name",
  },
  {
    what: "a limit on address space",
    script: `ulimit -c 0; ulimit -Sv 4000000; ${SYNC}; exit $?`,
    code: 133,
    says: /Fatal process out of memory[^]*Trace\/breakpoint trap/,
    remedy: `ulimit -Sv 4000000; ulimit -v unlimited; ${SYNC}; exit $?`,
    helps: "lifting it",
  },
  {
    what: "a limit on open files",
    script: `ulimit -c 0; ulimit -Sn 8; ${SYNC}; exit $?`,
    code: 101,
    says: /panicked at [^]*Too many open files/,
    remedy: `ulimit -Sn 8; ulimit -n 1024; ${SYNC}; exit $?`,
    helps: "raising it",
  },
  {
    what: "a limit on the stack",
    script: `ulimit -c 0; ulimit -Ss 64; ${SYNC}; exit $?`,
    code: 134,
    says: /overflowed its stack/,
    remedy: `ulimit -Ss 64; ulimit -s 8192; ${SYNC}; exit $?`,
    helps: "raising it",
  },
  {
    what: "a root without /proc",
    script: within(SYNC),
    code: 1,
    says: /no \/proc\/self\/exe available/,
    remedy: within(`mount -t proc proc /proc; ${SYNC}`),
    helps: "mounting it",
    ignore: missingFor("mount", "umount") !== undefined,
  },
];

for (const { what, script, code, says, remedy, helps, ignore = false } of REFUSALS) {
  Deno.test({
    name: `${what} ends before the program, makes nothing, and ${helps} helps`,
    ignore: !isReady || ignore,
    async fn() {
      await using hub = startHub({ name: "bars" });
      await using place = await workplace(configFor(hub.url, ["bars"]));
      const at = { cwd: place.path };
      const [ended, stderr] = await bash(script, at);
      assert.equal(ended, code, stderr);
      assert.match(stderr, says);
      assert.deepEqual([...Deno.readDirSync(place.path)].map(({ name }) => name), ["config.yaml"]);
      assert.deepEqual(await bash(remedy, at), [0, ""]);
    },
  });
}

Deno.test({
  name:
    "a variable that isn't UTF-8 is named, without a stack; a language that isn't is no language",
  ignore: !isReady,
  async fn() {
    await using hub = startHub({ name: "bars" });
    const lines = { hub: ['token: "${DATAHUBSYNC_TOKEN}"'] };
    await using place = await workplace(configFor(hub.url, ["bars"], lines));
    const given = (name: string, env: Record<string, string> = {}) =>
      bash(`env -u LANG ${name}=$'\\xc5\\xe4' ${SYNC}`, { cwd: place.path, env });
    const [code, stderr] = await given("DATAHUBSYNC_TOKEN");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^error: the environment variable DATAHUBSYNC_TOKEN isn't UTF-8 text\nhint: set it in UTF-8/,
    );
    assert.doesNotMatch(stderr, /bug/);
    assert.deepEqual([...Deno.readDirSync(place.path)].map(({ name }) => name), ["config.yaml"]);
    for (const name of ["LC_ALL", "LC_MESSAGES", "LANG"]) {
      assert.deepEqual(await given(name, { DATAHUBSYNC_TOKEN: "abc" }), [0, ""]);
    }
  },
});
