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
  {
    what: "the folder's owner's, to what is theirs",
    folder: STRANGER,
    link: STRANGER,
    below: "/d",
    target: STRANGER,
    follows: true,
  },
] as const;

for (const { what, folder, link, below, follows, ...more } of LINKS) {
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
      if ("target" in more) {
        runSync("chown", [`${more.target}`, secret]);
        await Deno.chmod(secret, 0o777);
      }
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

/** What a folder's owner may lead this user to, who alone could write there. */
const PREY: Record<string, (share: string, prey: string) => void> = {
  "in local_dir's place": (share, prey) => Deno.symlinkSync(prey, `${share}/data`),
  "above local_dir": (share, prey) => Deno.symlinkSync(dirname(prey), `${share}/data`),
  "by way of another": (share, prey) => {
    Deno.symlinkSync(dirname(prey), `${share}/first`);
    Deno.symlinkSync("first/prey", `${share}/data`);
  },
  "with .. behind another": (share, prey) => {
    Deno.mkdirSync(`${share}/prey`);
    Deno.symlinkSync(prey, `${share}/first`);
    Deno.symlinkSync("first/../prey", `${share}/data`);
  },
  "to what isn't there yet": (share, prey) => Deno.symlinkSync(`${prey}/new`, `${share}/data`),
};

for (const [what, plant] of Object.entries(PREY)) {
  Deno.test({
    name: `a folder's owner leads nobody by a link to what is that user's: ${what}`,
    ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
    async fn() {
      await using hub = await LocalHub.start({ d: { "a.csv": "1\n" } });
      await using place = await workplace("");
      const [share, prey] = [place.at("share"), place.at("own/prey")];
      const below = what === "above local_dir" ? "/prey" : "";
      await place.configure(configFor(hub.url, ["d"]).replace("./data/d", `${share}/data${below}`));
      await Deno.mkdir(prey, { recursive: true });
      runSync("chown", ["-R", `${ME}`, place.path]);
      await Deno.mkdir(share);
      plant(share, prey);
      runSync("chown", ["-Rh", `${STRANGER}`, share]);
      await Deno.chmod(share, 0o777);
      const run = () =>
        outcomeOf("setpriv", [
          ...["--reuid", `${ME}`, "--clear-groups", binaryPath()],
          ...["sync", "-c", place.at("config.yaml")],
        ]);
      const { code, stderr } = await run();
      const written = [prey, dirname(prey)].flatMap((path) => [...Deno.readDirSync(path)]);
      assert.deepEqual([code, written.map(({ name }) => name)], [3, ["prey"]], stderr);
      assert.match(stderr, /a link that user 4343 has made to \S+, which isn't theirs/);
      // What was meant is named.
      const meant = /^hint: if the files belong in (\S+), write that/m.exec(stderr)![1]!;
      if (meant !== prey) return;
      await place.configure(configFor(hub.url, ["d"]).replace("./data/d", meant));
      assert.equal((await run()).code, 0);
      assert.deepEqual([...Deno.readDirSync(prey)].map(({ name }) => name), ["a.csv"]);
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
