/** `get` by a user without rights, on a terminal that somebody else has opened: questions, refusals and remedies. */
import assert from "node:assert/strict";
import { readLine } from "../../src/cli/terminal/ask_person.ts";
import { binaryPath } from "../support/binary.ts";
import { FilesHub } from "../support/files_hub.ts";
import { installed } from "../support/installed.ts";
import { makeRootFs, missingFor, type RootFs, USER } from "../support/rootfs.ts";
import { hasTmux, onScreen } from "../support/screen.ts";

const missing = missingFor("setpriv") ?? (installed("tmux") && hasTmux() ? undefined : "tmux");
const GET = "/opt/datahubsync";

function userTest(name: string, run: (root: RootFs, url: string) => Promise<void>): void {
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    async fn() {
      await using root = await makeRootFs();
      await Deno.mkdir(root.at("/opt"), { recursive: true });
      await Deno.copyFile(binaryPath(), root.at(GET));
      await Deno.chmod(root.at(GET), 0o755);
      await using hub = FilesHub.of({ "a.csv": "new\n", "b.csv": "1\n" });
      await run(root, `${hub.url}/package/d.zip`);
    },
  });
}

userTest(
  "get asks a user on another user's terminal, and does what is answered",
  async (root, url) => {
    for (const [answer, code, content] of [["n", 2, "old\n"], ["y", 0, "new\n"]] as const) {
      const dir = `${USER.home}/${answer}/d`;
      await root.write(`${dir}/a.csv`, "old\n");
      for (const path of [`${USER.home}/${answer}`, dir, `${dir}/a.csv`]) {
        await Deno.chown(root.at(path), USER.uid, USER.uid);
      }
      const env = { TERM: "screen-256color" };
      await using screen = await onScreen(
        root.command([GET, "get", url, dir], { asUser: true, env }),
      );
      await screen.until(/a\.csv.*Replace\? \[y\/N\]/);
      await screen.type(`${answer}\n`);
      const ended = await screen.ended();
      assert.equal(ended.code, code, ended.text);
      assert.equal(await root.read(`${dir}/a.csv`), content);
    }
  },
);

userTest("Ctrl-C at get's question interrupts it and replaces nothing", async (root, url) => {
  for (const [asUser, dir] of [[true, `${USER.home}/d`], [false, "/srv/d"]] as const) {
    await root.write(`${dir}/a.csv`, "old\n");
    if (asUser) await Deno.chown(root.at(dir), USER.uid, USER.uid);
    const env = { TERM: "screen-256color" };
    await using screen = await onScreen(root.command([GET, "get", url, dir], { asUser, env }));
    await screen.until(/a\.csv.*Replace\? \[y\/N\]/);
    await screen.type("ye");
    await screen.press("C-c");
    const { code, text } = await screen.ended();
    assert.equal(code, 130, text);
    assert.match(text, /^interrupted/m);
    assert.equal(await root.read(`${dir}/a.csv`), "old\n");
  }
});

userTest("get says where a user may not write, and what is in the way", async (root, url) => {
  await root.write(`${USER.home}/file`, "1\n");
  await Deno.mkdir(root.at("/mnt/all"), { recursive: true });
  await Deno.chmod(root.at("/mnt/all"), 0o777);
  for (
    const [dir, says] of [
      ["/d", /\(\/\.d\.datahubsync\): permission denied\nhint: give the user/],
      ["/mnt/d", /\(\/mnt\/\.d\.datahubsync\): permission denied\nhint: give the user/],
      [`${USER.home}/file`, /\/file is a file, not a folder\nhint: name another folder, or move/],
      [
        "/mnt/all/d",
        /everybody may write to \/mnt\/all \(mode 777\); the record of d lies there\n/,
      ],
    ] as const
  ) {
    const { code, stdout, stderr } = await root.run([GET, "get", url, dir], { asUser: true });
    assert.equal(code, dir.endsWith("file") ? code : 3, stdout + stderr);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, says);
  }
});

Deno.test("readLine() waits where reading doesn't, and ends with the line, the input or a signal", async () => {
  const wouldBlock = () =>
    Promise.reject(new Deno.errors.WouldBlock("Resource temporarily unavailable"));
  const reader = (...script: (string | null)[]) => (into: Uint8Array): Promise<number | null> => {
    const next = script.shift();
    if (next === "") return wouldBlock();
    if (next === null || next === undefined) return Promise.resolve(null);
    into[0] = next.charCodeAt(0);
    return Promise.resolve(1);
  };
  assert.equal(await readLine(reader("", "y", "", "e", "s", "\r", "\n", "x")), "yes");
  assert.equal(await readLine(reader("n", null)), "n");
  assert.equal(await readLine(reader("", null)), null);
  const reason = new Error("interrupted");
  await assert.rejects(readLine(wouldBlock, AbortSignal.abort(reason)), reason);
  const stop = new AbortController();
  const never = readLine(() => new Promise(() => {}), stop.signal);
  stop.abort(reason);
  await assert.rejects(never, reason);
});
