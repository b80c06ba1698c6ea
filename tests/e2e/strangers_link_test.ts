/**
 * In a shared folder somebody else puts a link in the place of `local_dir`, of a folder above it, or of
 * one in a site: nothing is written where it leads.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { LocalHub } from "../../src/client/local_hub.ts";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { outcomeOf, runSync } from "../support/command.ts";

/** Two users without rights, by number. */
const [ME, STRANGER] = [65534, 4343];

/** Who made what on the way, and whether it is followed. */
const LINKS = [
  {
    what: "a stranger's in local_dir's place",
    folder: 0,
    link: STRANGER,
    below: "",
    follows: false,
  },
  { what: "a stranger's above local_dir", folder: 0, link: STRANGER, below: "/d", follows: false },
  { what: "one's own", folder: 0, link: ME, below: "", follows: true },
  { what: "the folder's owner's", folder: STRANGER, link: STRANGER, below: "/d", follows: true },
] as const;

for (const { what, folder, link, below, follows } of LINKS) {
  Deno.test({
    name: `a link in a shared folder is ${follows ? "" : "not "}followed: ${what}`,
    ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
    async fn() {
      await using hub = await LocalHub.start({ d: { "a.csv": "1\n" } });
      await using place = await workplace("");
      const [share, secret] = [place.at("share"), place.at("secret")];
      const yaml = configFor(hub.url, ["d"]);
      await place.configure(yaml.replace("./data/d", `${share}/link${below}`));
      for (const path of [share, secret]) await Deno.mkdir(path);
      runSync("chown", ["-R", `${ME}`, place.path]);
      await Deno.symlink(secret, `${share}/link`);
      runSync("chown", ["-h", `${link}`, `${share}/link`]);
      runSync("chown", [`${folder}`, share]);
      await Deno.chmod(share, 0o777);
      const as = ["--reuid", `${ME}`, "--clear-groups", binaryPath()];
      const sync = ["sync", "-c", place.at("config.yaml")];
      const run = () => outcomeOf("setpriv", [...as, ...sync]);
      const { code, stderr } = await run();
      const written = [...Deno.readDirSync(secret)].length > 0;
      assert.deepEqual([code, written], [follows ? 0 : 3, follows], stderr);
      if (follows) return;
      assert.match(stderr, /link is a link that user 4343 has made, and isn't followed$/m);
      const typed = /^hint: (mv \S+ \S+)$/m.exec(stderr)![1]!;
      runSync("setpriv", ["--reuid", `${ME}`, "--clear-groups", "sh", "-c", typed]);
      assert.equal((await run()).code, 0);
      assert.deepEqual([...Deno.readDirSync(secret)], []);
    },
  });
}

/** Folders of a site, each with what a stranger makes on the way to it. */
const IN_A_SITE = [
  ["api"],
  ["package"],
  ["package", "d"],
  ["patch"],
  ["patch", "d"],
  ["digests"],
  ["digests", "d"],
  [".datahubsync"],
  [".datahubsync", "staging"],
  [".datahubsync", "packed"],
];

for (const way of ["pack", "mirror"] as const) {
  Deno.test({
    name: `${way} writes nothing where a stranger's link in a shared site leads`,
    ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
    async fn() {
      await using hub = await LocalHub.start({ d: { "a.csv": "1\n" } });
      await using place = await workplace("");
      const [site, secret, data] = [place.at("site"), place.at("secret"), place.at("in")];
      const mirror = `mirror: { dir: ${site} }\n`;
      await place.configure(configFor(hub.url, ["d"]) + (way === "mirror" ? mirror : ""));
      await Deno.mkdir(data);
      await Deno.writeTextFile(join(data, "a.csv"), "1\n");
      await Deno.mkdir(secret);
      const run = () => {
        const command = way === "pack"
          ? ["pack", data, "--output", site, "--name", "d"]
          : ["sync", "--force", "-c", place.at("config.yaml")];
        const as = ["--reuid", `${ME}`, "--clear-groups", binaryPath()];
        return outcomeOf("setpriv", [...as, ...command]);
      };
      for (const folders of IN_A_SITE) {
        await Deno.remove(site, { recursive: true }).catch(() => {});
        await Deno.mkdir(site);
        runSync("chown", ["-R", `${ME}`, place.path]);
        const link = join(site, ...folders);
        await Deno.mkdir(dirname(link), { recursive: true });
        await Deno.symlink(secret, link);
        // All that is in the site is the stranger's, folders above the link as well.
        runSync("chown", ["-Rh", `${STRANGER}`, join(site, folders[0]!)]);
        for (const path of new Set([site, dirname(link)])) await Deno.chmod(path, 0o777);
        const { code, stderr } = await run();
        const name = folders.join("/");
        assert.deepEqual([code, [...Deno.readDirSync(secret)]], [3, []], `${name}: ${stderr}`);
        assert.match(stderr, /is a link that user 4343 has made, and isn't followed$/m, name);
        const typed = /^hint: (?:.*; )?(mv \S+ \S+)$/m.exec(stderr)![1]!;
        runSync("setpriv", ["--reuid", `${ME}`, "--clear-groups", "sh", "-c", typed]);
        const again = await run();
        assert.deepEqual([again.code, [...Deno.readDirSync(secret)]], [0, []], again.stderr);
      }
    },
  });
}
