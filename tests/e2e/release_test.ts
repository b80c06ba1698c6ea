/** The release archive: what is in it, that its sums hold, and that it can be built again. */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { release } from "../../tools/release.ts";
import { digestOf } from "../../tools/runtime.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");
const options = { root: ROOT, target: Deno.build.target, say: () => {} };

Deno.test("release() packs the same archive twice, with everything in it and sums that hold", async () => {
  const work = await Deno.makeTempDir({ prefix: "e2e-release-" });
  try {
    const archive = await release({ ...options, output: join(work, "one") });
    const again = await release({ ...options, output: join(work, "two") });
    assert.equal(await digestOf(archive), await digestOf(again));

    await run("tar", ["-xzf", archive], work);
    const name = archive.slice(archive.lastIndexOf("/") + 1, -".tar.gz".length);
    const folder = join(work, name);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "README.zh-CN.md",
      "SHA256SUMS",
      "THIRD_PARTY_LICENSES.txt",
      "config.example.yaml",
      "datahubsync",
      "install_client.sh",
      "sbom.spdx.json",
    ]);
    await run("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], folder);

    const version = JSON.parse(
      await run(join(folder, "datahubsync"), ["--version", "--json"], "/"),
    );
    const sbom = JSON.parse(await Deno.readTextFile(join(folder, "sbom.spdx.json")));
    assert.equal(version.testBuild, false);
    const embedded = Object.entries(version.dependencies as Record<string, string[]>)
      .flatMap(([name, versions]) => versions.map((version) => `${name}@${version}`));
    const listed = (sbom.packages as { name: string; versionInfo: string; SPDXID: string }[])
      .filter(({ SPDXID }) => SPDXID.startsWith("SPDXRef-npm-"))
      .map(({ name, versionInfo }) => `${name}@${versionInfo}`);
    assert.deepEqual(listed.sort(), embedded.sort());
  } finally {
    await Deno.remove(work, { recursive: true });
  }
});

async function run(program: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
