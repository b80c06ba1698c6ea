/**
 * The release archives, one for each processor: what is in them, that their sums hold, and that they
 * can be built again, byte for byte, in another folder.
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { runtimeFor } from "../../tools/compile.ts";
import { release, TARGETS } from "../../tools/release.ts";
import { digestOf, elfTarget } from "../../tools/runtime.ts";
import { deadLinks } from "../docs/dead_links.ts";
import { run } from "../support/command.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";
import { missingRuntime } from "../support/foreign_runtime.ts";
import { checkout, ROOT } from "../support/sources.ts";

const say = (): void => {};

/** What a release is made of. */
const SOURCES = [
  ...[
    "main.ts",
    "src",
    "deno.json",
    "deno.lock",
    "LICENSE",
    "CHANGELOG.md",
    "README.md",
    "packaging",
  ],
  ...["README.zh-CN.md", "config.example.yaml", "install_client.sh", "docs", "AGENTS.md", "bench"],
  "sync_client.py",
];

for (const target of TARGETS) {
  const missing = await missingRuntime(target);
  const title =
    `release() packs the same archive for ${target} in two folders, with sums that hold`;
  Deno.test({
    name: missing === undefined ? title : `${title} (needs ${missing})`,
    ignore: missing !== undefined,
    fn: () => packsTheSame(target),
  });
}

async function packsTheSame(target: string): Promise<void> {
  await using temp = await tempDir();
  const one = await checkout(temp.at("one"), SOURCES);
  const two = await checkout(temp.at("further", "down", "two"), SOURCES);
  const made = await release({ root: one, target, say, output: temp.at("a") });
  const again = await release({ root: two, target, say, output: temp.at("b") });
  assert.deepEqual(made.map((path) => basename(path)), again.map((path) => basename(path)));
  for (const [at, path] of made.entries()) {
    assert.equal(await digestOf(path), await digestOf(again[at]!), path);
  }
  const archive = made[0]!;

  await run("tar", ["-xzf", archive], { cwd: temp.path });
  const name = basename(archive, ".tar.gz");
  assert.match(name, new RegExp(`^datahubsync-.*-linux-${target.split("-")[0]}$`));
  const folder = temp.at(name);
  assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
    "AGENTS.md",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SHA256SUMS",
    "THIRD_PARTY_LICENSES.txt",
    "bench",
    "config.example.yaml",
    "datahubsync",
    "docs",
    "install_client.sh",
    "man",
    "sbom.spdx.json",
    "sync_client.py",
  ]);
  await run("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: folder });
  // Nothing is in it that they don't know.
  const listing = await run("tar", ["-tzf", archive], { cwd: temp.path });
  const sums = await Deno.readTextFile(join(folder, "SHA256SUMS"));
  const files = listing.trim().split("\n").filter((path) => !path.endsWith("/"));
  assert.deepEqual(
    files.map((path) => path.slice(name.length + 1)).filter((path) => path !== "SHA256SUMS")
      .sort(),
    sums.trim().split("\n").map((line) => line.slice(66)).sort(),
  );
  assert(files.includes(`${name}/docs/pictures/demo.png`));
  assert.deepEqual(await deadLinks(folder, files.map((path) => path.slice(name.length + 1))), []);

  assert.equal(await elfTarget(join(folder, "datahubsync")), target);
  const sbom = JSON.parse(await Deno.readTextFile(join(folder, "sbom.spdx.json")));
  const listed = (sbom.packages as { name: string; versionInfo: string; SPDXID: string }[])
    .filter(({ SPDXID }) => SPDXID.startsWith("SPDXRef-npm-"))
    .map(({ name, versionInfo }) => `${name}@${versionInfo}`);
  assert(listed.length > 0);
  for (const page of ["README.md", "README.zh-CN.md"]) {
    const text = await Deno.readTextFile(join(folder, page));
    assert.doesNotMatch(text, /denow|checkout/, page);
    assert.match(text, /install_client\.sh/, page);
  }
  await holdsTheBinary(made.slice(1), join(folder, "datahubsync"));
  // The other processor's can't be asked here.
  if (target !== Deno.build.target) return;
  const version = JSON.parse(await run(join(folder, "datahubsync"), ["--version", "--json"]));
  assert.equal(version.testBuild, false);
  const embedded = Object.entries(version.dependencies as Record<string, string[]>)
    .flatMap(([name, versions]) => versions.map((version) => `${name}@${version}`));
  assert.deepEqual(listed.sort(), embedded.sort());
}

/** Each package as its own tool unpacks it; lintian and rpm have nothing to say about it. */
async function holdsTheBinary(packages: readonly string[], binary: string): Promise<void> {
  for (const path of packages) {
    await using temp = await tempDir();
    if (path.endsWith(".deb")) {
      await run("dpkg-deb", ["--extract", path, temp.path]);
      // It takes a minute, and the other processor's package has the same files.
      if (path.endsWith("_amd64.deb") && installed("lintian")) {
        assert.equal(await run("lintian", ["--allow-root", "--fail-on=warning", path]), "");
      }
    } else {
      const unpack = 'rpm2archive - <"$1" | tar -xz';
      await run("sh", ["-c", unpack, "sh", path], { cwd: temp.path });
      assert.match(await run("rpm", ["-K", path]), /: digests OK$/m);
      const listed = await run("rpm", ["-qlp", path]);
      for (const file of ["/usr/bin/datahubsync", "/usr/share/man/man1/datahubsync.1.gz"]) {
        assert(listed.split("\n").includes(file), file);
      }
    }
    assert.equal(await digestOf(temp.at("usr/bin/datahubsync")), await digestOf(binary));
  }
}

// A file of its own when it came from npm; Deno's own cache would have the other processors' too.
const own = await runtimeFor(Deno.build.target, { root: ROOT, say }).catch(() => undefined);

Deno.test({
  name: "release.ts says which archive it can't build from here, and builds this machine's",
  ignore: own?.path === undefined,
  async fn() {
    await using temp = await tempDir();
    await Deno.mkdir(temp.at("bin"));
    for (const name of ["git", "gzip", "tar"]) {
      await Deno.symlink(`/usr/bin/${name}`, temp.at("bin", name));
    }
    const { denoDir } = JSON.parse(await run(Deno.execPath(), ["info", "--json"], { cwd: ROOT }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tools/release.ts", "--output", temp.at("dist")],
      cwd: ROOT,
      // Neither the host, nor npm, nor what was fetched before: only this machine's own runtime.
      env: {
        ...{ DENORT_BIN: own!.path!, PATH: temp.at("bin"), XDG_CACHE_HOME: temp.path },
        DENO_DIR: denoDir,
        ...{ HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" },
      },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    for (const target of TARGETS.filter((target) => target !== Deno.build.target)) {
      assert.match(said, new RegExp(`^DENORT_BIN=.* isn't for ${target}: passed over$`, "m"));
      assert.match(said, new RegExp(`^no archive for ${target}: npm isn't .*; hint: `, "m"));
    }
    const [archive, more] = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(more, undefined);
    assert.match(archive!, new RegExp(`-linux-${Deno.build.arch}\\.tar\\.gz$`));
    await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: temp.at("dist") });
  },
});
