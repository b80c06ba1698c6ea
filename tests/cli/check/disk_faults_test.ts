/** `--check` against what a disk has or hasn't: the one that it was on, links, passage for others. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { freeSpace } from "../../../src/fs/space.ts";
import { contentOf } from "../../../src/demo/csv_rows.ts";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { resolveLayout } from "../../../src/store/layout.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { canBeFaulty, mountFaulty } from "../../support/faulty_fs.ts";
import { canMount, mount } from "../../support/mounts.ts";
import { assertTold, healthyPlace } from "./healthy_place.ts";

Deno.test({
  name: "--check tells a disk that isn't mounted today",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    await Deno.mkdir(place.data, { recursive: true });
    {
      using _disk = mount("tmpfs", "mode=755", place.data);
      assert.equal(await syncCommand({ config: place.config }, fakeTerminal()), 0);
    }
    await assertTold(place, {
      check: "folder.mounted",
      verdict: "error",
      message: /\/data\/pro held .*; now it is empty and on another disk: is its disk mounted\?$/,
      remedy:
        "mount the disk that it was on (see `findmnt`) and run again; if all of it is to be " +
        `fetched again to where it is now: ${place.program} sync --force -d ${place.name} -c ${place.config}`,
    });
  },
});

Deno.test("--check tells a snapshot that other users can't reach; the remedy lets them through", async () => {
  await using place = await healthyPlace({ synced: false });
  await place.edit("local_dir: ./data/pro", "local_dir: ./data/pro\n    publish: snapshot");
  assert.equal(await syncCommand({ config: place.config }, fakeTerminal()), 0);
  const { work } = await resolveLayout(place.data);
  await Deno.chmod(work, 0o700);
  await assertTold(place, {
    check: "folder.readable",
    verdict: "warning",
    message: /: other users can't read it: .* lets nobody through; the next sync changes that$/,
    remedy: `${place.program} sync -d ${place.name} -c ${place.config}`,
    fixes: true,
  });
  assert.notEqual((await Deno.stat(work)).mode! & 0o011, 0);
});

Deno.test({
  name: "--check tells a disk without links that snapshots need",
  ignore: !canBeFaulty(),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    await using disk = await mountFaulty("link=EPERM");
    await place.edit(
      "local_dir: ./data/pro",
      `local_dir: ${disk.at("pro")}\n    publish: snapshot`,
    );
    await assertTold(place, {
      check: "folder.publish",
      verdict: "error",
      message: /: publish: snapshot needs hard links, and the file system of .* has none$/,
      remedy: "set `publish: files` for this dataset, or put local_dir on ext4, XFS, Btrfs or NTFS",
    });
  },
});

Deno.test({
  name: "--check tells a local_dir that is a file system of its own",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    using _mount = mount("tmpfs", "size=8m,mode=755", place.data);
    const expected = {
      check: "folder.work",
      verdict: "warning",
      message:
        /: its work folder has to lie inside it \(.*\), where recursive readers meet it: .*\/pro is a file system of its own$/,
      remedy:
        `set local_dir to a folder in it in ${place.config}: local_dir: ${place.data}/${place.name}`,
    } as const;
    await assertTold(place, expected);
    await place.edit("    local_dir", "    publish: snapshot\n    local_dir");
    await assertTold(place, { ...expected, verdict: "error" });
    await place.edit("./data/pro", `./data/pro/${place.name}`);
    const again = (await place.check()).lines.find(({ check }) => check === "folder.work");
    assert.equal(again?.verdict, "ok");
  },
});

Deno.test({
  name: "--check tells a disk with too little room, and with too few inodes",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    {
      using _mount = mount("tmpfs", "size=512k,mode=755", place.at("data"));
      await assertTold(place, {
        check: "folder.space",
        verdict: "error",
        message:
          /: not enough room: a full sync needs \d+ kB \(a publish of all files \d+ kB\), \d+ kB are free$/,
        remedy: `free some room, or move local_dir to a larger disk: df -h ${place.at("data")}`,
      });
    }
    using _mount = mount("tmpfs", "size=8m,nr_inodes=20", place.at("data"));
    await assertTold(place, {
      check: "folder.inodes",
      verdict: "error",
      message: /: not enough inodes: a full sync makes 56 files, \d+ inodes are free$/,
      remedy: `remove files that nobody needs, or move local_dir: df -i ${place.at("data")}`,
    });
  },
});

Deno.test({
  name: "--check only warns of a disk with room for updates alone",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    const disk = place.at("data");
    using _mount = mount("tmpfs", "size=8m", disk);
    assert.equal(await syncCommand({ config: place.config }, fakeTerminal()), 0);
    const content = place.hub.dataset.files.reduce((sum, file) => sum + contentOf(file).length, 0);
    // All files fit once more, but not the package as well.
    const left = content + place.hub.package.length / 2;
    const ballast = (await freeSpace(disk)).bytes - Math.round(left);
    await Deno.writeFile(join(disk, "ballast"), new Uint8Array(ballast));
    await assertTold(place, {
      check: "folder.space",
      verdict: "warning",
      message:
        /: not enough room: a full sync needs \d+ kB \(a publish of all files \d+ kB\), \d+ kB are free$/,
      remedy: `free some room, or move local_dir to a larger disk: df -h ${disk}`,
    });
    await Deno.remove(join(disk, "ballast"));
    assert.deepEqual((await place.check()).lines.filter(({ verdict }) => verdict === "error"), []);
    const again = (await place.check()).lines.find(({ check }) => check === "folder.space");
    assert.equal(again?.verdict, "ok");
  },
});
