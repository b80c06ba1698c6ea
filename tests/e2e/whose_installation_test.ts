/** Commands typed by somebody who isn't the installation's user, or in a folder that this user can't enter. */
import assert from "node:assert/strict";
import { borderTest, INSTALLED, NAME } from "../support/borders.ts";
import { listTree, OTHER, USER } from "../support/rootfs.ts";

const skip = /^\/(proc|dev|run|usr|\.sbin|etc|var)(\/|$)/;
const AS_OTHER = { asUser: OTHER };
const OURS = `chown root:bob ${INSTALLED}; chmod 1775 ${INSTALLED}; chown bob: /srv/data`;

/** What says whose it is: the installer's record, or with a package's, which has none, the state. */
const RECORDS: Record<string, string> = {
  "the installer's record": `printf 'set\\tuser ${USER.name}\\n' >${INSTALLED}/.installed`,
  "its state": `echo '{}' >${INSTALLED}/.last_sync.json; chown bob: ${INSTALLED}/.last_sync.json`,
};
for (const [record, write] of Object.entries(RECORDS)) {
  for (const first of [true, false]) {
    const when = first ? "before the first sync" : "after it";
    borderTest(`another user is told whose it is by ${record}, ${when}`, async (at) => {
      await at.configure();
      await at.sh(`${write}; ${OURS}`);
      if (!first) assert.equal((await at.datahubsync(["sync"], { asUser: true })).code, 0);
      const before = await listTree(at.root.path, { skip, times: true });
      for (const words of ["sync", "verify --repair", `convert ${NAME} --to snapshot`, "changes"]) {
        const { code, stderr } = await at.datahubsync(words.split(" "), AS_OTHER);
        assert.match(stderr, /^error: Not run as eve: this installation belongs to bob$/m);
        assert.match(
          stderr,
          new RegExp(
            `^hint: (sudo -u bob|su -c 'runuser -u bob --) ${INSTALLED}/datahubsync ${words}'?$`,
            "m",
          ),
        );
        assert.equal(code, 3);
      }
      if (first) {
        const { stdout } = await at.datahubsync(["status", "--offline"], AS_OTHER);
        assert.match(
          stdout,
          /never synced: (sudo -u bob|su -c 'runuser -u bob --) .*datahubsync sync -d \w+'?$/m,
        );
      }
      const { stdout } = await at.datahubsync(["check", "--json"], AS_OTHER);
      const owners: { check: string; message: string; remedy: string }[] = JSON.parse(stdout).checks
        .filter(({ check }: { check: string }) => /\.(owner|left)$/.test(check));
      assert.equal(owners.length, 1, stdout);
      assert.match(owners[0]!.message, /belongs to bob, but this check ran as eve/);
      assert.match(owners[0]!.remedy, /-u bob .*datahubsync check -c /);
      assert.deepEqual(await listTree(at.root.path, { skip, times: true }), before);
    });
  }
}

borderTest("before a package's first sync, root and others are told whose it is", async (at) => {
  const config = "/etc/datahubsync/config.yaml";
  await at.configure({ path: config });
  await at.sh("mkdir -p /var/lib/datahubsync; chown bob: /var/lib/datahubsync /srv/data");
  for (const [options, name] of [[{}, "root"], [AS_OTHER, "eve"]] as const) {
    const { code, stderr } = await at.datahubsync(["sync", "-c", config], options);
    assert.match(
      stderr,
      new RegExp(`^error: Not run as ${name}: this installation belongs to bob`),
    );
    assert.match(
      stderr,
      /^hint: .*-u bob .*datahubsync sync -c \/etc\/datahubsync\/config.yaml'?$/m,
    );
    assert.equal(code, 3);
  }
  assert.equal((await at.datahubsync(["sync", "-c", config], { asUser: true })).code, 0);
});

borderTest(
  "who stands in a folder that the user can't enter gets the program's configuration",
  async (at) => {
    await at.configure();
    await at.sh(
      `chown bob: ${INSTALLED} /srv/data; mkdir -p /home/eve/new/config; chmod 700 /home/eve`,
    );
    for (const name of ["config.yaml", "config/config.yaml"]) {
      await at.root.write(
        `/home/eve/new/${name}`,
        "",
      );
    }
    await at.sh("chown -R eve: /home/eve");
    const inHome = (words: string) =>
      at.root.run([
        "sh",
        "-c",
        `cd /home/eve/new && exec runuser -u bob -- ${INSTALLED}/datahubsync ${words}`,
      ]);
    for (const words of ["sync", "status", "paths", "check"]) {
      const { code, stdout, stderr } = await inHome(words);
      assert.equal(code, 0, stdout + stderr);
    }
  },
);

borderTest("a configuration that is found and may not be read is never skipped", async (at) => {
  await at.configure();
  await at.sh(
    "mkdir -p /home/bob/a/config; echo >/home/bob/a/config/config.yaml; chmod 700 /home/bob/a/config",
  );
  const { code, stderr } = await at.root.run(
    ["sh", "-c", `cd /home/bob/a && ${INSTALLED}/datahubsync paths`],
    { asUser: true },
  );
  assert.equal(code, 2);
  assert.match(stderr, /can't be read: no permission/);
});

borderTest(
  "what is tried in a folder doesn't hide what is installed: the refusal names both",
  async (at) => {
    await at.configure();
    await at.sh(`chown bob: ${INSTALLED} /srv/data; mkdir -p /home/eve`);
    await at.configure({ path: "/home/eve/config.yaml", localDir: "./data/bars" });
    await at.sh("chown -R eve: /home/eve");
    const typed = (words: string) =>
      at.root.run([
        "sh",
        "-c",
        `cd /home/eve && exec runuser -u bob -- ${INSTALLED}/datahubsync ${words}`,
      ]);
    const { code, stderr } = await typed("sync");
    assert.equal(code, 3);
    const [, installed, here] =
      /^hint: name the configuration that you mean: (.*) \(the installed one\) or (.*)$/m
        .exec(stderr)!;
    assert.equal(installed, `${INSTALLED}/datahubsync sync -c ${INSTALLED}/config.yaml`);
    assert.equal(here, `${INSTALLED}/datahubsync sync -c /home/eve/config.yaml`);
    assert.equal((await typed(`sync -c ${INSTALLED}/config.yaml`)).code, 0);
  },
);
