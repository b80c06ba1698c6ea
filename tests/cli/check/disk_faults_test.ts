/** `--check` against what a disk has or hasn't: the one that it was on, links, passage for others. */

import assert from "node:assert/strict";
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
    mends: true,
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
