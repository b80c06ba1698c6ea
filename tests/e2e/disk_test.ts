/**
 * The binary on disks that are taken away, somebody else's, or don't do what others do: what is said,
 * and that what is said to be typed helps.
 *
 * Longer than 250 lines because each kind of disk is a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { binaryPath, configFor, type Workplace, workplace } from "../support/binary.ts";
import { outcomeOf, run, runSync } from "../support/command.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { canMount, mount } from "../support/mounts.ts";
import { assertSameTree, readTree } from "../support/tree.ts";

const DAY = { "a.csv": "1\n", "s/b.csv": "1\n" };
const NEXT = { ...DAY, "new.csv": "n\n" };

/** A workplace whose one dataset lies in a folder of its own choice. */
async function placeFor(hub: LocalHub, localDir: string, ...dataset: string[]): Promise<Workplace> {
  const yaml = configFor(hub.url, ["d"], { dataset });
  return await workplace(yaml.replace("local_dir: ./data/d", `local_dir: ${localDir}`));
}

/** Types a command; the hub goes on answering meanwhile. Fails when the command does. */
async function type(command: string): Promise<string> {
  return await run("sh", ["-c", command]);
}

function treeOf(files: Record<string, string>): Map<string, Uint8Array> {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
}

for (const below of ["d", ""]) {
  const where = below === "" ? "the mount itself" : "a folder on it";
  for (const kind of ["ext4", "tmpfs"] as const) {
    Deno.test({
      name: `sync doesn't fill the disk below one that isn't mounted (${kind}, ${where})`,
      ignore: !canMount(kind),
      fn: async () => {
        using disk = mount(kind, kind === "tmpfs" ? "mode=755" : "");
        await using hub = await LocalHub.start({ d: DAY });
        await using place = await placeFor(hub, disk.at(below), "delete_removed: true");
        assert.equal((await place.run("sync")).code, 0);
        disk.unmount();
        for (const words of [["sync"], ["verify", "--repair"], ["sync", "--dry-run"]]) {
          const ended = await place.run(...words);
          assert.equal(ended.code, 3, words.join(" "));
          assert.match(
            ended.stderr + ended.stdout,
            /held 4 B; now it is empty and on another disk/,
          );
        }
        assert.deepEqual([...Deno.readDirSync(disk.path)], [], "nothing was made");
        const checked = await place.run("check");
        assert.match(checked.stdout, /✗ d: .*held 4 B; now it is empty and on another disk/);
        await hub.offer("d", NEXT);
        const refused = await place.run("sync");
        assert.equal(refused.code, 3);
        if (kind === "ext4") { // a tmpfs has forgotten what it held
          disk.again();
          assert.equal((await place.run("sync")).code, 0);
          const tree = await readTree(
            disk.at(below),
            (path) => path !== ".datahubsync" && path !== "lost+found",
          );
          assertSameTree(tree, treeOf(NEXT));
          disk.unmount();
        }
        const typed = /now: (\S+ sync --force .*)$/m.exec(refused.stderr)![1]!;
        await type(typed);
        assertSameTree(
          await readTree(disk.at(below), (path) => path !== ".datahubsync"),
          treeOf(NEXT),
        );
        assert.equal((await place.run("sync")).code, 0, "the new place is known from now on");
        disk.again();
      },
    });
  }
}

Deno.test("sync fetches again what somebody removed, and starts with what an old program left", async () => {
  await using hub = await LocalHub.start({ d: DAY });
  await using place = await workplace(configFor(hub.url, ["d"]));
  assert.equal((await place.run("sync")).code, 0);
  await Deno.remove(place.at("data"), { recursive: true });
  assert.equal((await place.run("sync")).code, 0);
  assertSameTree(await place.tree("d"), treeOf(DAY));
  // Taken over from v2.0: a state, and nothing that says where the folder lay.
  await Deno.remove(place.at(".last_sync.json.places"));
  await Deno.remove(place.at("data"), { recursive: true });
  assert.equal((await place.run("sync")).code, 0);
  // A damaged list, and a folder that the configuration has moved.
  await Deno.writeTextFile(place.at(".last_sync.json.places"), "no JSON");
  assert.equal((await place.run("sync", "--force")).code, 0);
  await place.configure(configFor(hub.url, ["d"]).replace("./data/d", "./other/d"));
  assert.equal((await place.run("sync")).code, 0);
});

Deno.test({
  name: "sync works on a disk that is root's by mount options, and says once what it doesn't do",
  ignore: !canMount("exfat"),
  fn: async () => {
    using disk = mount("exfat", "umask=000,uid=0,gid=0,allow_other");
    await using hub = await LocalHub.start({ d: DAY });
    await using place = await placeFor(hub, disk.at("d"));
    runSync("chown", ["-R", "nobody", place.path]);
    const as = (words: string): string =>
      `cd ${place.path} && setpriv --reuid nobody --regid nogroup --clear-groups ${words}`;
    const binary = binaryPath();
    const config = place.at("config.yaml");
    for (const files of [DAY, NEXT]) {
      await hub.offer("d", files);
      await type(as(`${binary} sync -c ${config}`));
      assertSameTree(await readTree(disk.at("d")), treeOf(files));
    }
    const said = (await place.log()).filter((line) => line.includes("its file system"));
    assert.equal(said.length, 1, said.join("\n"));
    assert.match(said[0]!, /keeps no permissions.*no hard links.*differ in case for one/);
    assert.match(
      await type(as(`${binary} check -c ${config} --verbose || true`)),
      /keeps no permissions/,
    );
  },
});

for (
  const fault of [
    "no_size",
    "no_inodes",
    "fsync=EINVAL",
    "chmod=EPERM",
    "fsyncdir=EINVAL",
    "utimens=EPERM",
  ]
) {
  Deno.test({
    name: `sync works where less is offered: ${fault}`,
    ignore: !canBeFaulty(),
    fn: async () => {
      await using disk = await mountFaulty(fault);
      await using hub = await LocalHub.start({ d: DAY });
      await using place = await placeFor(hub, disk.at("d"));
      for (const files of [DAY, NEXT]) {
        await hub.offer("d", files);
        const ended = await place.run("sync");
        assert.equal(ended.code, 0, ended.stderr);
        assertSameTree(await readTree(disk.at("d")), treeOf(files));
      }
      assert.equal((await place.run("check")).code, 0);
    },
  });
}

for (const publish of ["files", "snapshot"]) {
  Deno.test({
    name: `sync says of a disk that renames nothing over a file that it can't be used (${publish})`,
    ignore: !canBeFaulty(),
    fn: async () => {
      await using disk = await mountFaulty("no_replace");
      await using hub = await LocalHub.start({ d: DAY });
      await using place = await placeFor(hub, disk.at("d"), `publish: ${publish}`);
      const first = await place.run("sync");
      assert.equal(first.code, 0, first.stderr);
      const said = (await place.log()).filter((line) => line.includes("its file system"));
      assert.match(said.join("\n"), /renames no file over another, so what changes can't be/);
      assert.match((await place.run("check", "--verbose")).stdout, /renames no file over another/);
      await hub.offer("d", { ...DAY, "a.csv": "2\n" });
      for (const words of [["sync"], ["sync"]]) {
        const { code, stderr } = await place.run(...words);
        assert.equal(code, 3);
        assert.match(
          stderr,
          /: the name is taken, and the file system replaces nothing by a rename/,
        );
        assert.match(stderr, /\nhint: .*ext4/);
      }
      assertSameTree(await readTree(disk.at("d")), treeOf(DAY));
    },
  });
}

Deno.test({
  name: "sync refuses a snapshot before the download where there are no links, and --check says it",
  ignore: !canBeFaulty(),
  fn: async () => {
    await using disk = await mountFaulty("link=ENOSYS");
    await using hub = await LocalHub.start({ d: DAY });
    await using place = await placeFor(hub, disk.at("d"), "publish: snapshot");
    const ended = await place.run("sync");
    assert.equal(ended.code, 3);
    assert.match(ended.stderr, /needs hard links.*\nhint: set `publish: files`/);
    assert.deepEqual(hub.requests, ["/api/datasets"]);
    const checked = await place.run("check");
    assert.equal(checked.code, 3);
    assert.match(checked.stdout, /✗ d: publish: snapshot needs hard links/);
    const yaml = await Deno.readTextFile(place.at("config.yaml"));
    await place.configure(yaml.replace("publish: snapshot", "publish: files"));
    assert.equal((await place.run("sync")).code, 0);
  },
});

Deno.test({
  name: "--check says that an old snapshot is closed to other users, and the next sync opens it",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: async () => {
    await using hub = await LocalHub.start({ d: DAY });
    await using place = await workplace(
      configFor(hub.url, ["d"], { dataset: ["publish: snapshot"] }),
    );
    await Deno.chmod(place.path, 0o755);
    assert.equal((await place.run("sync")).code, 0);
    await Deno.chmod(place.at("data/.d.datahubsync"), 0o700);
    const checked = await place.run("check");
    const typed = /! d: other users can't read it: .*\n\s*→ (.*)/.exec(checked.stdout)?.[1];
    assert(typed, checked.stdout);
    await type(typed);
    const other = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
    assert.equal(runSync("setpriv", [...other, "cat", place.at("data/d/a.csv")]), DAY["a.csv"]);
  },
});

Deno.test("metrics and mirror can be read by others whatever the umask", async () => {
  await using hub = await LocalHub.start({ d: DAY });
  const more = ["metrics:", "  textfile: ./metrics.prom", "mirror:", "  dir: ./mirror"];
  await using place = await workplace(configFor(hub.url, ["d"], { more }));
  await type(`umask 077; ${binaryPath()} sync -c ${place.at("config.yaml")}`);
  assert.equal(Deno.statSync(place.at("metrics.prom")).mode! & 0o777, 0o644);
  for await (const path of filesIn(place.at("mirror"))) {
    if (path.includes("/.")) continue;
    const { mode, isDirectory } = Deno.statSync(path);
    assert.equal(mode! & 0o777, isDirectory ? 0o755 : 0o644, path);
  }
});

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    yield path;
    if (isDirectory && !name.startsWith(".")) yield* filesIn(path);
  }
}

Deno.test({
  name: "what sync types against a folder of another owner makes it that user's again",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: async () => {
    await using hub = await LocalHub.start({ d: DAY });
    await using place = await workplace(configFor(hub.url, ["d"]));
    runSync("chown", ["-R", "nobody", place.path]);
    const as = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];
    const sync = async (): Promise<[number, string]> => {
      const args = [...as, binaryPath(), "sync", "-c", place.at("config.yaml")];
      const { code, stderr } = await outcomeOf("setpriv", args);
      return [code, stderr];
    };
    assert.deepEqual(await sync(), [0, ""]);
    runSync("chown", ["root", place.at("data/d/s")]);
    const next = { "a.csv": "22\n", "s/b.csv": "22\n" };
    await hub.offer("d", next);
    const [code, stderr] = await sync();
    assert.equal(code, 3, stderr);
    assertSameTree(await place.tree("d"), treeOf(DAY));
    const typed = /hint: .*?: .*(chown \d+ [^\s';]+)/.exec(stderr)?.[1];
    await type(typed!);
    assert.deepEqual(await sync(), [0, ""]);
    assertSameTree(await place.tree("d"), treeOf(next));
  },
});

Deno.test("a limit on the size of files is an error with its remedy, not a silent end", async () => {
  await using hub = await LocalHub.start({ d: DAY });
  await using place = await placeFor(hub, "./data");
  const sync = `"${binaryPath()}" sync -c "${place.at("config.yaml")}"`;
  const { code, stderr: said } = await outcomeOf("sh", ["-c", `ulimit -f 0; ${sync}`]);
  assert.equal(code, 3, said);
  assert.match(said, /the file is larger than this file system or `ulimit -f` allows/);
  assert.match(said, /\nhint: .* raise `ulimit -f`\n/);
  await type(`ulimit -f unlimited; ${sync}`);
  assertSameTree(await readTree(place.at("data")), treeOf(DAY));
});
