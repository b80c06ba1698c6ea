/**
 * A rootless container: its root is a user without rights of the machine, and whoever else owns a file
 * of the machine's that is mounted there is nobody to it.
 */
import assert from "node:assert/strict";
import { binaryPath } from "../support/binary.ts";
import { type Ended, outcomeOf, run, succeeds } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { has, installed } from "../support/installed.ts";
import { OTHER } from "../support/rootfs.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

const AS_OTHER = [`--reuid=${OTHER.uid}`, `--regid=${OTHER.uid}`, "--clear-groups"];
const NAMESPACE = ["unshare", "-U", "-r", "-m"];
const canContain = installed("unshare") && installed("setpriv") &&
  has(Deno.build.os === "linux" && Deno.uid() === 0, "root on Linux") &&
  has(succeeds("setpriv", [...AS_OTHER, ...NAMESPACE, "true"]), "user namespaces");

/** `$1` becomes the root of what follows; the machine's libraries and kernel are there, too. */
const CONTAINER = `root=$1; shift
for folder in usr lib lib64 proc dev; do
  mkdir -p "$root/$folder"; [ ! -d "/$folder" ] || mount --rbind "/$folder" "$root/$folder"
done
exec chroot "$root" /usr/bin/env -i HOME=/ "$@"`;

async function inContainer(temp: TempDir, command: string[]): Promise<Ended> {
  const words = [...AS_OTHER, ...NAMESPACE, "sh", "-euc", CONTAINER, "sh", temp.path, ...command];
  return await outcomeOf("setpriv", words);
}

Deno.test({
  name:
    "in a rootless container a file of somebody outside is said to be so; given to its user, it works",
  ignore: !canContain,
  async fn() {
    await using hub = startHub({ name: "bars" });
    await using temp = await tempDir();
    await Deno.mkdir(temp.at("app"));
    await Deno.copyFile(binaryPath(), temp.at("app/datahubsync"));
    await Deno.chmod(temp.at("app/datahubsync"), 0o755);
    const config = temp.at("app/config.yaml");
    await Deno.writeTextFile(
      config,
      `hub: { url: "${hub.url}" }\ndatasets: [{ name: bars, local_dir: /data/bars }]\n`,
    );
    await run("chown", ["-R", String(OTHER.uid), temp.path]);
    await run("chown", ["0", config]);
    const sync = ["/app/datahubsync", "sync", "-c", "/app/config.yaml"];
    const refused = await inContainer(temp, sync);
    assert.equal(refused.code, 3, refused.stderr);
    assert.match(
      refused.stderr,
      /\/app\/config\.yaml belongs to a user outside of this container: the configuration/,
    );
    assert.doesNotMatch(refused.stderr, /sudo|runuser|chown/);
    await run("chown", [String(OTHER.uid), config]);
    const done = await inContainer(temp, sync);
    assert.equal(done.code, 0, done.stderr);
  },
});
