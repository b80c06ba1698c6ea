/**
 * The packages on a machine where nothing else is installed: put in, upgraded, taken out; the way from
 * an archive's installation to a package and back; and the container's file system, step by step.
 *
 * Longer than 250 lines because the packages are built once for all of its tests.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { release } from "../../tools/release.ts";
import { type BareRoot, bareRoot, bareRootWorks } from "../support/bare_root.ts";
import { outcomeOf, run } from "../support/command.ts";
import { readCompose } from "../support/compose.ts";
import { Container, endContainer, Network, signalFirst } from "../support/container.ts";
import { type Image, readDockerfile } from "../support/dockerfile.ts";
import { startHub } from "../support/hub.ts";
import { has, installed } from "../support/installed.ts";
import { packTree } from "../support/pack.ts";
import { tempDir, TempFolder } from "../support/temp.ts";
import { until } from "../support/until.ts";
import { ROOT } from "../support/sources.ts";

const DEB = `datahubsync_*_${Deno.build.arch === "x86_64" ? "amd64" : "arm64"}.deb`;
const ignore = !installed("dpkg-deb", "rpmbuild", "ip") || !has(bareRootWorks(), "a bare root");

/** The folder with this machine's archive and packages: `TEST_RELEASE`, or built once for all tests here. */
let built: Promise<string> | undefined;
let made: TempFolder | undefined;

async function build(): Promise<string> {
  const given = Deno.env.get("TEST_RELEASE");
  if (given !== undefined) return given;
  made = new TempFolder();
  await release({ root: ROOT, target: Deno.build.target, output: made.path, say: () => {} });
  return made.path;
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

globalThis.addEventListener("unload", () => made?.[Symbol.dispose]());

async function sh(bare: BareRoot, script: string): Promise<string> {
  const [program, ...args] = bare.command(["sh", "-ec", script]);
  const { code, stdout, stderr } = await outcomeOf(program!, args);
  assert.equal(code, 0, `${script}\n${stdout}${stderr}`);
  return stdout;
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
    assert.doesNotMatch(await sh(bare, `rpm -U --replacepkgs --nodeps ${rpm} 2>&1`), /^## /m);
    assert.equal(await sh(bare, mine), before);
    assert.equal(await sh(bare, "rpm -q datahubsync | wc -l"), "1\n");
    // The same again has nothing new; over an older one it says what is.
    await sh(
      bare,
      `cd /root && rpm -e datahubsync && mkdir -p top && cat >old.spec <<'EOF'
Name: datahubsync
Version: 2.0.0
Release: 1
Summary: x
License: MIT
BuildArch: noarch
%description
x
%install
install -D /dev/null %{buildroot}/usr/bin/datahubsync
printf '#!/bin/sh\\necho 2.0.0\\n' >%{buildroot}/usr/bin/datahubsync
%files
%attr(755,root,root) /usr/bin/datahubsync
EOF
     rpmbuild --quiet -bb --define "_topdir /root/top" old.spec && rpm -i --nodeps top/RPMS/noarch/*.rpm`,
    );
    assert.match(await sh(bare, `rpm -U --nodeps ${rpm} 2>&1`), /^## .*3\.0\.0/m);
    assert.equal(await sh(bare, "ls -A /var/lib/rpm-state"), "");
    assert.equal(await sh(bare, mine), before);
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
    const own = "/etc/datahubsync/config.yaml";
    const install = "sh /usr/share/datahubsync/install_client.sh 2>&1";
    const refused = await sh(bare, `touch ${own}; ${install} && exit 1; rm ${own}`);
    assert.match(
      refused,
      /: the package's own config is there: .*\nhint: systemctl .* or move it to/,
    );
    const said = await sh(bare, install);
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

/** Runs the Dockerfile's steps. */
async function makeImage(bare: BareRoot): Promise<Image> {
  const text = await Deno.readTextFile(join(ROOT, "packaging/container/Dockerfile"));
  const image = readDockerfile(text, {
    TARGETARCH: Deno.build.arch === "x86_64" ? "amd64" : "arm64",
  });
  assert.match(image.from, /^debian:\w+-slim$/);
  for (const step of image.steps) {
    if ("run" in step) await sh(bare, step.run);
    else await sh(bare, `cp /root/release/${step.copy[0]} ${step.copy[1]}`);
  }
  return image;
}

/** What a newcomer types, from the file that was fetched to the data; the config is edited in one go. */
const WAYS: Record<string, (url: string) => string> = {
  "the .deb": (url) =>
    `apt-get -qq install -y --no-install-recommends /root/release/${DEB} >/dev/null 2>&1
     cp /usr/share/doc/datahubsync/examples/config.yaml /etc/datahubsync/config.yaml
     printf 'hub: {url: "${url}"}\ndatasets: [{name: bars, local_dir: /var/lib/datahubsync/data/bars}]\n' \
       >/etc/datahubsync/config.yaml
     runuser -u datahubsync -- datahubsync sync -q
     ls /var/lib/datahubsync/data/bars
     tail -n 1 /var/lib/datahubsync/.datahubsync/history.jsonl`,
  "the archive": (url) =>
    `mkdir /root/un && cd /root/un && tar -xzf /root/release/*.tar.gz --strip-components=1
     sh install_client.sh --hub-url ${url} --sync </dev/null >/dev/null 2>&1
     ls /data/bars`,
};

for (const [way, script] of Object.entries(WAYS)) {
  packageTest(
    `${way} leads a newcomer from the file to the data, and it is said how long that took`,
    async (bare) => {
      await using hub = startHub({ name: "bars" });
      const began = performance.now();
      const files = await sh(bare, script(hub.url));
      console.log(`${way}, from the file to the data: ${secondsSince(began)} s`);
      assert.match(files, /\.csv$/m);
    },
  );
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

/** Starts a command of this machine. */
function start([program, ...args]: string[]): Deno.ChildProcess {
  return new Deno.Command(program!, { args, stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
}

/**
 * Waits for a file that a container makes, or for its end; a mount of another namespace can't be
 * watched.
 */
async function untilFile(path: string, output: Promise<Deno.CommandOutput>): Promise<void> {
  let ended: Deno.CommandOutput | undefined;
  void output.then((how) => ended = how);
  await until(async () => {
    if (await Deno.stat(path).then(() => true, () => false)) return true;
    const said = ended && new TextDecoder().decode(ended.stderr);
    assert(ended === undefined, `it has ended with ${ended?.code}: ${said}`);
    return false;
  });
}

packageTest(
  "the compose file's hub and client run in the Dockerfile's image, and the client follows the hub",
  async (bare) => {
    const services = readCompose(
      await Deno.readTextFile(join(ROOT, "packaging/container/compose.yaml")),
    );
    const names = [...services.keys()];
    assert.deepEqual(names, ["hub", "client"]);
    const began = performance.now();
    const image = await makeImage(bare);
    const built = secondsSince(began);
    for (const volume of image.volumes) {
      assert.equal(await sh(bare, `stat -c %U ${volume}`), `${image.user}\n`);
    }
    assert.equal(JSON.parse(await sh(bare, "datahubsync version --json")).package, "container");
    await using network = await Network.make();
    // The same image once more: a container sees nothing of another one's files.
    await using other = await bareRoot();
    await sh(bare, "true");
    await run("cp", ["-a", `${bare.at("")}/.`, other.at("")]);
    const place = { network, names };
    const hub = new Container(bare, image, services.get("hub")!, place);
    const client = new Container(other, image, services.get("client")!, place);
    const [site] = services.get("hub")!.mounts;
    const [config, data, state] = services.get("client")!.mounts;

    // What a person puts beside the compose file, as a user of the host that the image doesn't know.
    await using folder = await tempDir();
    await Deno.writeTextFile(folder.at("a.csv"), "day,close\n2026-11-25,1\n");
    await Deno.mkdir(hub.source(site!), { recursive: true });
    await packTree({ folder: folder.path, output: hub.source(site!), name: "bars", all: true });
    await Deno.mkdir(dirname(client.source(config!)), { recursive: true });
    await Deno.writeTextFile(
      client.source(config!),
      "hub: {url: 'http://hub:8000'}\ndatasets: [{name: bars, local_dir: /data/bars}]\n",
    );
    for (const path of [hub.source(site!), client.source(config!)]) {
      await run("chown", ["-R", "4711:4711", path]);
    }
    await client.prepare();
    const [first, ...words] = client.command();
    const refused = await outcomeOf(first!, words);
    assert.equal(refused.code, 3);
    assert.match(
      refused.stderr,
      /isn't obeyed: \/etc\/datahubsync\/config\.yaml belongs to 4711\nhint: /,
    );
    // As the compose file says.
    await Deno.chown(client.source(config!), 0, 0);

    const served = start(hub.command());
    await using _served = { [Symbol.asyncDispose]: () => endContainer(served) };
    await served.stdout.cancel();
    const said = served.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("serving /hub on ")) {
      const { value, done } = await said.read();
      assert(!done, text);
      text += value;
    }
    const healthy = async (container: Container): Promise<void> => {
      const [program, ...args] = container.health();
      await run(program!, args);
    };
    await healthy(hub);
    const started = performance.now();
    const follows = start(client.command());
    await using _follows = { [Symbol.asyncDispose]: () => endContainer(follows) };
    const output = follows.output();
    await untilFile(`${client.source(state!)}/last_sync.json`, output);
    console.log(
      `the image: built in ${built} s, from its start to the data: ${secondsSince(started)} s`,
    );
    assert.equal(
      await Deno.readTextFile(`${client.source(data!)}/bars/a.csv`),
      "day,close\n2026-11-25,1\n",
    );
    await healthy(client);
    // `docker stop` sends it to the first process, which no signal ends that it doesn't handle.
    await signalFirst(follows, "SIGTERM");
    const ended = await output;
    assert.deepEqual([ended.stdout.length, ended.stderr.length], [0, 0]);
    assert.equal(ended.code, 143);
    // A container that is made again goes on with its volumes.
    const [program, ...args] = client.command([...image.entrypoint, "sync", "--json"]);
    const { results } = JSON.parse((await outcomeOf(program!, args)).stdout);
    assert.equal(results[0].status, "up_to_date");
    await signalFirst(served, "SIGTERM");
    while (!(await said.read()).done);
    assert.equal((await served.status).code, 0);
  },
);
