/**
 * The packages on a machine where nothing else is installed: put in, upgraded, taken out; the way from
 * an archive's installation to a package and back; and the container's file system, step by step.
 */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { release } from "../../tools/release.ts";
import { type BareRoot, bareRoot, bareRootWorks } from "../support/bare_root.ts";
import { readDockerfile } from "../support/dockerfile.ts";
import { startHub } from "../support/hub.ts";
import { has, installed } from "../support/installed.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");
const DEB = `datahubsync_*_${Deno.build.arch === "x86_64" ? "amd64" : "arm64"}.deb`;
const ignore = !installed("dpkg-deb", "rpmbuild") || !has(bareRootWorks(), "a bare root");

/** The folder with this machine's archive and packages: `TEST_RELEASE`, or built once for all tests here. */
let built: Promise<string> | undefined;
let made: string | undefined;

async function build(): Promise<string> {
  const given = Deno.env.get("TEST_RELEASE");
  if (given !== undefined) return given;
  const output = made = await Deno.makeTempDir({ prefix: "e2e-packages-" });
  await release({ root: ROOT, target: Deno.build.target, output, say: () => {} });
  return output;
}

function packageTest(name: string, body: (bare: BareRoot) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      built ??= build();
      await using bare = await bareRoot();
      await Deno.mkdir(bare.at("root/release"), { recursive: true });
      for (const { name } of Deno.readDirSync(await built)) {
        await Deno.copyFile(join(await built, name), bare.at(`root/release/${name}`));
      }
      await body(bare);
    },
  });
}

globalThis.addEventListener("unload", () => {
  if (made !== undefined) Deno.removeSync(made, { recursive: true });
});

async function sh(bare: BareRoot, script: string): Promise<string> {
  const [program, ...args] = bare.command(["sh", "-ec", script]);
  const { code, stdout, stderr } = await new Deno.Command(program!, { args, stdin: "null" })
    .output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${script}\n${out}${err}`);
  return out!;
}

packageTest(
  "the .deb is installed, upgraded and purged, and never touches config or data",
  async (bare) => {
    await sh(bare, `dpkg -i /root/release/${DEB}`);
    const version = JSON.parse(await sh(bare, "datahubsync version --json"));
    assert.equal(version.package, "deb");
    assert.match(
      await sh(bare, "getent passwd datahubsync"),
      /:\/var\/lib\/datahubsync:\/usr\/sbin\/nologin$/m,
    );
    assert.equal(
      await sh(bare, "ls /etc/cron.d /var/spool/cron/crontabs 2>/dev/null | grep -i datahub || :"),
      "",
    );
    assert.equal(await sh(bare, "find /etc/systemd -name 'datahubsync*'"), "");
    assert.match(await sh(bare, "cat /lib/systemd/system/datahubsync.timer"), /OnCalendar=/);

    // What people have made: a config, a state and data.
    await sh(
      bare,
      `echo 'hub: {url: "http://127.0.0.1:1"}
datasets: [{name: bars, local_dir: /data/bars}]' >/etc/datahubsync/config.yaml
    mkdir -p /data/bars && echo a >/data/bars/a.csv && chown -R datahubsync: /data
    echo '{"bars": "v1"}' >/var/lib/datahubsync/last_sync.json && chown datahubsync: /var/lib/datahubsync/last_sync.json`,
    );
    const mine =
      "find /etc/datahubsync /data /var/lib/datahubsync -type f -exec stat -c '%n %U %a %Y %s' {} + | sort";
    const before = await sh(bare, mine);
    // The config and the state are found without a word about them.
    const paths = await sh(bare, "cd / && runuser -u datahubsync -- datahubsync paths");
    assert.match(paths, /^config\t\/etc\/datahubsync\/config\.yaml$/m);
    assert.match(paths, /^state\t\/var\/lib\/datahubsync\/last_sync\.json$/m);
    // A newer package, made of this one.
    await sh(
      bare,
      `cd /root && dpkg-deb -R release/${DEB} newer && sed -i 's/^Version: .*/Version: 99.0.0/' newer/DEBIAN/control &&
     sed -i 's/lt "[^"]*"/lt "99.0.0"/' newer/DEBIAN/postinst && dpkg-deb -Znone -b newer newer.deb && rm -r newer`,
    );
    await sh(bare, "dpkg -i /root/newer.deb && dpkg-query -W datahubsync | grep -q 99");
    assert.equal(await sh(bare, mine), before);
    await sh(bare, "dpkg --purge datahubsync");
    assert.equal(await sh(bare, mine), before);
    assert.equal(
      await sh(bare, "ls /usr/bin/datahubsync /usr/share/datahubsync 2>/dev/null || :"),
      "",
    );
  },
);

packageTest(
  "the .rpm is installed, put over itself and erased by rpm, and never touches config or data",
  async (bare) => {
    await sh(bare, "apt-get -qq install -y --no-install-recommends rpm >/dev/null 2>&1");
    const rpm = `$(ls /root/release/datahubsync-*.${Deno.build.arch}.rpm)`;
    await sh(bare, `rpm -K --nosignature ${rpm}`);
    // What it needs is there, but no rpm says so on Debian.
    await sh(bare, `rpm -i --nodeps ${rpm} 2>&1`);
    assert.equal(JSON.parse(await sh(bare, "datahubsync version --json")).package, "rpm");
    assert.match(
      await sh(bare, "getent passwd datahubsync"),
      /:\/var\/lib\/datahubsync:\/sbin\/nologin$/m,
    );
    assert.equal(await sh(bare, "rpm -V --nodeps datahubsync"), "");
    await sh(
      bare,
      `echo 'hub: {url: "http://127.0.0.1:1"}
datasets: [{name: bars, local_dir: /data/bars}]' >/etc/datahubsync/config.yaml
     mkdir -p /data/bars && echo a >/data/bars/a.csv && chown -R datahubsync: /data
     echo '{"bars": "v1"}' >/var/lib/datahubsync/last_sync.json`,
    );
    const mine =
      "find /etc/datahubsync/config.yaml /data /var/lib/datahubsync -type f -exec stat -c '%n %U %a %Y %s' {} + | sort";
    const before = await sh(bare, mine);
    await sh(bare, `rpm -U --replacepkgs --nodeps ${rpm} 2>&1`);
    assert.equal(await sh(bare, mine), before);
    assert.equal(await sh(bare, "rpm -q datahubsync | wc -l"), "1\n");
    await sh(bare, "rpm -e datahubsync 2>&1");
    assert.equal(await sh(bare, mine), before);
    assert.equal(await sh(bare, "ls /usr/bin/datahubsync 2>/dev/null || :"), "");
  },
);

packageTest("an upgrade of the .deb prints what is new since the version before", async (bare) => {
  const said = await sh(
    bare,
    `cd /root && mkdir -p old/DEBIAN && printf '%s\\n' 'Package: datahubsync' 'Version: 2.0.0' 'Architecture: all' \
      'Maintainer: x <x@example.com>' 'Description: x' >old/DEBIAN/control && dpkg-deb -b old old.deb >/dev/null &&
     dpkg -i old.deb >/dev/null 2>&1 && dpkg -i release/${DEB} 2>&1`,
  );
  assert.match(said, /^## .*3\.0\.0/m);
});

packageTest(
  "from the archive's installation to the .deb and back, config and schedule stay",
  async (bare) => {
    const opt = "/opt/datahubsync";
    await sh(
      bare,
      "mkdir /root/un && tar -xzf /root/release/*.tar.gz -C /root/un --strip-components=1",
    );
    await sh(bare, "sh /root/un/install_client.sh --setup-crontab --schedule '7 3 * * *' 2>&1");
    const config = await sh(bare, `sha256sum ${opt}/config.yaml`);
    assert.match(
      await sh(bare, "cat /etc/cron.d/datahubsync"),
      /^7 3 .* \/opt\/datahubsync\/datahubsync /m,
    );
    assert.equal(JSON.parse(await sh(bare, "datahubsync version --json")).package, "tarball");

    await sh(bare, `dpkg -i /root/release/${DEB} 2>&1`);
    const said = await sh(bare, "sh /usr/share/datahubsync/install_client.sh 2>&1");
    assert.match(said, /a schedule for the package's \/usr\/bin\/datahubsync/);
    assert.match(
      await sh(bare, "cat /etc/cron.d/datahubsync"),
      /^7 3 \* \* \* datahubsync \/usr\/bin\/datahubsync sync -c \/opt\/datahubsync\/config\.yaml /m,
    );
    const gone = await sh(
      bare,
      `ls ${opt}/datahubsync /usr/local/bin/datahubsync 2>/dev/null || :`,
    );
    assert.equal(gone, "");
    assert.equal(JSON.parse(await sh(bare, "datahubsync version --json")).package, "deb");
    assert.match(
      await sh(bare, "cd / && datahubsync paths"),
      /^config\t\/opt\/datahubsync\/config\.yaml$/m,
    );
    assert.equal(await sh(bare, `sha256sum ${opt}/config.yaml`), config);

    await sh(bare, "sh /root/un/install_client.sh 2>&1 && dpkg --purge datahubsync 2>&1");
    assert.match(
      await sh(bare, "cat /etc/cron.d/datahubsync"),
      /^7 3 .* datahubsync \/opt\/datahubsync\/datahubsync /m,
    );
    assert.equal(await sh(bare, `sha256sum ${opt}/config.yaml`), config);
    assert.equal(
      JSON.parse(await sh(bare, `${opt}/datahubsync version --json`)).package,
      "tarball",
    );
  },
);

packageTest("the Dockerfile's steps make a system whose command syncs from a hub", async (bare) => {
  const text = await Deno.readTextFile(join(ROOT, "packaging/container/Dockerfile"));
  const image = readDockerfile(text, {
    TARGETARCH: Deno.build.arch === "x86_64" ? "amd64" : "arm64",
  });
  assert.match(image.from, /^debian:\w+-slim$/);
  for (const step of image.steps) {
    if ("run" in step) await sh(bare, step.run);
    else await sh(bare, `cp /root/release/${step.copy[0]} ${step.copy[1]}`);
  }
  for (const volume of image.volumes) {
    assert.equal(await sh(bare, `stat -c %U ${volume}`), `${image.user}\n`);
  }
  await using hub = startHub({ name: "bars" });
  const config = `hub: {url: "${hub.url}"}\ndatasets: [{name: bars, local_dir: /data/bars}]\n`;
  await sh(bare, `printf '%s' '${config}' >/etc/datahubsync/config.yaml`);
  const inside = (words: readonly string[]): string[] =>
    bare.command([
      ...["sh", "-c", 'cd "$1" && user=$2 && shift 2 && exec runuser -u "$user" -- "$@"', "sh"],
      ...[image.workdir, image.user, ...words],
    ]);
  const [program, ...args] = inside(image.entrypoint.concat(image.cmd));
  const child = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  const output = child.output();
  try {
    const end = Date.now() + 120_000;
    while (await fileMissing(bare.at("var/lib/datahubsync/last_sync.json"))) {
      assert(Date.now() < end, "no sync within two minutes");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    child.kill("SIGKILL");
  }
  const { stdout, stderr } = await output;
  assert.deepEqual([stdout.length, stderr.length], [0, 0]);
  assert.equal([...Deno.readDirSync(bare.at("data/bars"))].length > 0, true);
  assert.equal(JSON.parse(await sh(bare, "datahubsync version --json")).package, "container");
  const [check, ...rest] = inside(image.healthcheck);
  const health = await new Deno.Command(check!, { args: rest, stdin: "null" }).output();
  assert.equal(health.code, 0, new TextDecoder().decode(health.stdout));
});

async function fileMissing(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => false, () => true);
}
