/**
 * install_client.sh at a terminal, as a person types it: it never waits for what nobody asked them.
 * Each is typed on a pseudo-terminal; what stands on the screen is in the failure.
 */
import assert from "node:assert/strict";
import { startHub } from "../../support/hub.ts";
import type { RootFs, RunOptions } from "../../support/rootfs.ts";
import { hasTmux, onScreen } from "../../support/screen.ts";
import { rootTest, SCRIPT } from "./bundle.ts";

/** Types the script's command and waits for its end; nothing else is typed. */
async function typed(root: RootFs, args: string[], options: RunOptions = {}): Promise<string> {
  const env = { TERM: "screen-256color", ...options.env };
  const command = root.command(["bash", SCRIPT, ...args], { ...options, env });
  await using screen = await onScreen(command);
  const { code, text } = await screen.ended();
  assert.equal(code, 0, text);
  return text;
}

const programs = hasTmux() ? ["crontab"] : ["tmux"];

const ways: [string, string[]][] = [
  ["no schedule", []],
  ["--setup-crontab", ["--setup-crontab"]],
  ["--setup-crontab --schedule", ["--setup-crontab", "--schedule", "7 9 * * 1-5"]],
];
for (const asUser of [false, true]) {
  for (const [what, args] of ways) {
    rootTest(
      `on a terminal, ${asUser ? "without" : "as"} root, with ${what}: fresh, upgrade, uninstall`,
      programs,
      async (root) => {
        assert.match(await typed(root, args, { asUser }), /a fresh installation[^]*\nDone\./);
        assert.match(await typed(root, [], { asUser }), /an upgrade[^]*\nDone\./);
        assert.match(await typed(root, args, { asUser }), /an upgrade[^]*\nDone\./);
        assert.match(await typed(root, ["--dry-run", "--uninstall"], { asUser }), /would remove/);
        assert.match(
          await typed(root, ["--uninstall", "--purge"], { asUser }),
          /Data was left alone\./,
        );
      },
    );
  }
}

rootTest("on a terminal, left at its question, it says that nothing was changed", [
  ...programs,
  "useradd",
], async (root) => {
  await using hub = startHub();
  const left = {
    "C-c": [130, { en: "nothing was changed.", zh: "没有做任何改动。" }],
    "C-d": [2, { en: "nothing was changed: see above", zh: "没有做任何改动：见上文" }],
  } as const;
  for (const [key, [expected, words]] of Object.entries(left)) {
    for (const [lang, said] of Object.entries(words)) {
      const args = ["--lang", lang, "--hub-url", hub.url];
      const env = { TERM: "screen-256color" };
      await using screen = await onScreen(root.command(["bash", SCRIPT, ...args], { env }));
      await screen.until(/\[(?:all|全部)\]/);
      await screen.press(key);
      const { code, text } = await screen.ended();
      assert.equal(code, expected, text);
      assert(text.trimEnd().endsWith(`install_client.sh: ${said}`), text);
      assert.equal(await root.has("/opt/datahubsync"), false);
    }
  }
});

rootTest("on a terminal, --systemd and --schedule inside DESTDIR", programs, async (root) => {
  const env = { DESTDIR: "/tmp" };
  const args = ["--systemd", "--schedule", "7 9 * * 1-5"];
  assert.match(await typed(root, args, { env }), /write [^\n]*datahubsync\.timer[^]*\nDone\./);
  assert.match(await typed(root, [], { env }), /an upgrade[^]*\nDone\./);
  assert.match(await typed(root, ["--uninstall", "--purge"], { env }), /Data was left alone\./);
});
