/** The owner rule on a hub's end: `pack` and `serve` as root, with two users without rights. */
import assert from "node:assert/strict";
import { attackTest, type Borders, INSTALLED } from "../support/borders.ts";
import { OTHER, USER } from "../support/rootfs.ts";

const PACK = ["pack", "/srv/data", "--output", "/srv/hub", "--name", "bars"];

/** Data of root's, a file that nobody may touch, and a site with what `plant` (as eve) put into it. */
async function attack(at: Borders, plant: string): Promise<{ code: number; stderr: string }> {
  await at.sh(
    "echo 1 > /srv/data/a.csv; mkdir -p /srv/kept; echo x > /srv/kept/file; " +
      "touch -d '3 days ago' /srv/kept/file; mkdir -p /srv/hub; chown eve: /srv/hub",
  );
  await at.sh(plant, { asUser: OTHER });
  return await at.datahubsync(PACK);
}

/** What somebody puts into a site of their own. */
const PLANTED: Record<string, string> = {
  "nothing": "true",
  "a link for the catalog's folder": "ln -s /srv/kept /srv/hub/api",
  "a link for the packages' folder": "ln -s /srv/kept /srv/hub/package",
  "a link for the packages on their way in":
    "mkdir /srv/hub/.datahubsync; ln -s /srv/kept /srv/hub/.datahubsync/staging",
  "a link for the record of packed files":
    "mkdir /srv/hub/.datahubsync; ln -s /srv/kept /srv/hub/.datahubsync/packed",
};

for (const [what, plant] of Object.entries(PLANTED)) {
  attackTest(`root packs nothing into somebody's site that holds ${what}`, async (at) => {
    const { code, stderr } = await attack(at, plant);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^error: Not run as root: \/srv\/hub belongs to eve: the site$/m);
    const words = `${INSTALLED}/datahubsync ${PACK.join(" ")}`;
    assert.match(stderr, new RegExp(`^hint: (?:sudo -u eve|runuser -u eve --) ${words}$`, "m"));
    assert.equal(await at.sh("ls -A /srv/kept"), "file\n");
  });
  if (plant === "true") continue;
  attackTest(`root packs nothing into its site where eve put ${what}`, async (at) => {
    await attack(at, plant);
    await at.sh("chown root: /srv/hub");
    const { code, stderr } = await at.datahubsync(PACK);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^error: Not run as root: \/srv\/hub\/\S+ belongs to eve/m);
    assert.equal(await at.sh("ls -A /srv/kept"), "file\n");
    const remedy = /^hint: (mv .*)$/m.exec(stderr)?.[1];
    assert(remedy, stderr);
    await at.sh(remedy);
    const again = await at.datahubsync(PACK);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(await at.sh("ls -A /srv/kept"), "file\n");
  });
}

attackTest("the command that a refused root is given packs the site", async (at) => {
  const { stderr } = await attack(at, "true");
  const command = /^hint: (.*)$/m.exec(stderr)?.[1];
  await at.sh(String(command).replace("sudo -u eve", "runuser -u eve --"));
  assert.match(await at.root.read("/srv/hub/api/datasets"), /"bars"/);
});

attackTest("root serves no site of somebody else's, who may serve it", async (at) => {
  await attack(at, "true");
  const served = await at.datahubsync(["serve", "/srv/hub", "--listen", "127.0.0.1:0"]);
  assert.equal(served.code, 3, served.stderr);
  assert.match(served.stderr, /Not run as root: \/srv\/hub belongs to eve: the site/);
});

attackTest("a user is warned of a site that others may write to, and packs", async (at) => {
  await at.sh(
    `echo 1 > /srv/data/a.csv; mkdir -p /srv/hub; chown ${USER.name}: /srv/hub; chmod 777 /srv/hub`,
  );
  const { code, stdout, stderr } = await at.datahubsync(PACK, { asUser: true });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^bars: packed 1 file/);
  assert.match(stderr, /^warning: everybody may write to \/srv\/hub \(mode 777\): the site$/m);
});

attackTest("root packs nothing that somebody else's configuration names", async (at) => {
  const config = "/srv/hub.yaml";
  await at.root.write(config, "output: /srv/hub\ndatasets:\n  - folder: /etc\n");
  await at.sh(`mkdir /srv/hub; chown eve: ${config}`);
  const { code, stderr } = await at.datahubsync(["pack", "-c", config]);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /Not run as root: \/srv\/hub\.yaml belongs to eve: the configuration/);
  assert.equal(await at.sh("ls -A /srv/hub"), "");
});

attackTest("root mirrors nothing into its mirror where eve put a link", async (at) => {
  await attack(at, PLANTED["a link for the packages on their way in"]!);
  await at.sh("chown root: /srv/hub; rm -rf /srv/data/*");
  await at.configure({ more: ["mirror: { dir: /srv/hub }"] });
  const { code, stderr } = await at.datahubsync(["sync"]);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /Not run as root: \/srv\/hub\/\.datahubsync\S* belongs to eve.*the mirror/);
  assert.equal(await at.sh("ls -A /srv/kept"), "file\n");
  const remedy = /^hint: (.*)$/m.exec(stderr)?.[1];
  assert.equal(remedy, "mv /srv/hub/.datahubsync /srv/hub/.datahubsync.old");
  await at.sh(remedy);
  assert.equal((await at.datahubsync(["sync"])).code, 0);
  assert.equal(await at.sh("ls -A /srv/kept"), "file\n");
});
