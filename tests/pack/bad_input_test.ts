/**
 * What can be wrong with a folder or a site when it is packed: each is named, the old package stays
 * for readers, and nothing half is left.
 *
 * Longer than 250 lines because each thing that can be wrong is a row.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ArchiveError, DataHubSyncError } from "../../src/errors.ts";
import { checkedFingerprint } from "../../src/pack/checks.ts";
import type { PackOptions } from "../../src/pack/options.ts";
import { assertChineseError, assertChineseText } from "../support/chinese.ts";
import { outcomeOf, runSync } from "../support/command.ts";
import { has } from "../support/installed.ts";
import { canMount, mount } from "../support/mounts.ts";
import { judge } from "../support/judge.ts";
import { packTree } from "../support/pack.ts";
import { noise } from "../support/random.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, type Tree, writeTree } from "../support/tree.ts";
import { tinyZip, utf8 } from "../zip/tiny_zip.ts";
import { seededRandom } from "../../src/demo/seeded_random.ts";

const TEXT = new TextEncoder();
const DAY: Tree = new Map(
  Array.from({ length: 40 }, (_, index) => [`s/${index}.csv`, TEXT.encode(`row ${index}\n`)]),
);

interface Place {
  temp: TempDir;
  folder: string;
  site: string;
  options: PackOptions;
}

/** A folder that was packed once, and got another file. */
async function place(temp: TempDir, site = temp.at("site")): Promise<Place> {
  const folder = temp.at("data");
  await writeTree(folder, DAY);
  const options = { folder, output: site, name: "daily" };
  await packTree(options);
  await Deno.writeTextFile(join(folder, "new.csv"), "new\n");
  return { temp, folder, site, options };
}

/** What readers see, and what is under way. */
async function siteTree(site: string): Promise<Tree> {
  const tree = await readTree(site);
  return new Map([...tree].filter(([path]) => path !== ".datahubsync/lock"));
}

interface BadInput {
  what: string;
  says: RegExp;
  hint?: RegExp;
  spoil: (place: Place) => unknown;
  /** What differs from packing the folder as it is. */
  options?: (place: Place) => Partial<PackOptions>;
}

const sh = (script: string, ...args: string[]) => runSync("sh", ["-c", script, "sh", ...args]);
const touch = (name: string) => ({ folder }: Place) => Deno.writeTextFile(join(folder, name), "x");

const inputs: BadInput[] = [
  {
    what: "no such folder",
    says: /isn't a folder/,
    hint: /mounted/,
    spoil: ({ folder }) => Deno.rename(folder, `${folder}-away`),
  },
  {
    what: "a file for a folder",
    says: /isn't a folder/,
    spoil: () => {},
    options: ({ folder }) => ({ folder: join(folder, "new.csv") }),
  },
  {
    what: "an empty folder",
    says: /holds 0 files to pack/,
    hint: /mounted/,
    spoil: async ({ folder }) => {
      await Deno.remove(folder, { recursive: true });
      await Deno.mkdir(folder);
    },
  },
  {
    what: "a link",
    says: /can't be packed: "link\.csv"/,
    hint: /`--exclude link\.csv`$/,
    spoil: ({ folder }) => Deno.symlink("new.csv", join(folder, "link.csv")),
  },
  {
    what: "a link to a folder",
    says: /can't be packed: "link"/,
    spoil: ({ folder }) => Deno.symlink("s", join(folder, "link")),
  },
  {
    what: "a pipe",
    says: /can't be packed: "s\/pipe"/,
    spoil: ({ folder }) => runSync("mkfifo", [join(folder, "s", "pipe")]),
  },
  {
    what: "a socket",
    says: /can't be packed: "socket"/,
    spoil: ({ folder }) =>
      runSync("perl", [
        "-MIO::Socket::UNIX",
        "-e",
        `IO::Socket::UNIX->new(Local=>$ARGV[0],Listen=>1)`,
        join(folder, "socket"),
      ]),
  },
  {
    what: "names in GBK",
    says: /that aren't UTF-8, 2 in all: \$'\\320\\302\.csv', \$'s\/\\271\\311\.csv'$/,
    hint: /convmv .* \/.*`--exclude '?\ufffd\ufffd\.csv'?`$/,
    spoil: ({ folder }) =>
      sh(
        `cd "$1"; for n in '\\320\\302.csv' 's/\\271\\311.csv'; do : > "$(printf "$n")"; done`,
        folder,
      ),
  },
  {
    what: "a folder that has only names in GBK",
    says: /that aren't UTF-8, 1 in all/,
    spoil: ({ folder }) => sh(`cd "$1"; rm -r *; : > "$(printf '\\271\\311')"`, folder),
  },
  {
    what: "a folder in GBK",
    says: /that aren't UTF-8, 1 in all: \$'\\271\\311'$/,
    spoil: ({ folder }) =>
      sh(`cd "$1"; mkdir "$(printf '\\271\\311')"; : > "$(printf '\\271\\311/a.csv')"`, folder),
  },
  {
    what: "two names that are one when composed",
    says: /clients would refuse the package: .* twice/,
    hint: /--exclude/,
    spoil: async (place) => {
      await touch("e\u0301.csv")(place);
      await touch("\u00e9.csv")(place);
    },
  },
  {
    what: "a name with a control character",
    says: /clients would refuse .*control character/,
    spoil: touch("a\nb.csv"),
  },
  {
    what: "a name that is a drive's",
    says: /clients would refuse .*drive letter/,
    hint: /--exclude '?a:b/,
    spoil: touch("a:b"),
  },
  {
    what: "a name that is our work folder's",
    says: /clients would refuse .*work folder/,
    spoil: touch(".datahubsync"),
  },
  {
    what: "a name that clients read as a path",
    says: /clients would call "a\\\\b\.csv" "a\/b\.csv"/,
    hint: /rename the file/,
    spoil: touch("a\\b.csv"),
  },
  {
    what: "a path that the machine can't open",
    says: /Can't list the folder/,
    hint: /shorter path/,
    spoil: ({ folder }) =>
      sh(
        `cd "$1"; n=$(printf '%0200d' 0); for i in $(seq 25); do mkdir $n && cd $n; done; echo > f`,
        folder,
      ),
  },
  {
    what: "a site inside the folder",
    says: /lies inside the site, or the site inside it/,
    spoil: () => {},
    options: ({ folder }) => ({ output: join(folder, "site") }),
  },
  {
    what: "a name that can't be a dataset's",
    says: /"\.x" can't be placed/,
    hint: /--name/,
    spoil: () => {},
    options: () => ({ name: ".x" }),
  },
  {
    what: "a catalog that isn't one",
    says: /catalog can't be read/,
    hint: /move it away/,
    spoil: ({ site }) => Deno.writeTextFile(join(site, "api", "datasets"), "<html>\n"),
  },
  {
    what: "a catalog that is a folder",
    says: /catalog .* a folder is where a file should be/,
    spoil: async ({ site }) => {
      await Deno.remove(join(site, "api", "datasets"));
      await Deno.mkdir(join(site, "api", "datasets"));
    },
  },
  {
    what: "a file where the site's packages belong",
    says: /Can't .*package/,
    spoil: async ({ site }) => {
      await Deno.remove(join(site, "package"), { recursive: true });
      await Deno.writeTextFile(join(site, "package"), "");
    },
  },
  {
    what: "a folder that lost its files",
    says: /40 of 40 files of daily are gone/,
    hint: /--max-removed 100%/,
    spoil: ({ folder }) => Deno.remove(join(folder, "s"), { recursive: true }),
  },
];

for (const { what, says, hint, spoil, options } of inputs) {
  Deno.test(`packFolder() refuses ${what}, and the site stays as it is`, async () => {
    await using temp = await tempDir();
    const at = await place(temp);
    await spoil(at);
    const before = await siteTree(at.site);
    await assert.rejects(packTree({ ...at.options, ...options?.(at) }), (error) => {
      assertChineseError(error);
      assert.match(error.message, says);
      if (hint !== undefined) assert.match(error.hint ?? "", hint);
      return true;
    });
    assertSameTree(await siteTree(at.site), before);
  });
}

Deno.test("packFolder() warns of names that differ by case only, and packs them", async () => {
  await using temp = await tempDir();
  const { folder, options } = await place(temp);
  await Deno.writeTextFile(join(folder, "NEW.csv"), "x");
  const warnings: string[] = [];
  assert.equal((await packTree(options, warnings)).files, DAY.size + 2);
  assert.match(warnings.join(), /ignore case hold only one of "NEW\.csv", "new\.csv"/);
  warnings.forEach(assertChineseText);
});

/** The same by the program as a user without any right to the folder or the site. */
const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
/** Nobody may be unable to reach the program, or the packages that its sources need. */
const nobodyStarts = canMount("tmpfs") &&
  (await runProgram(["pack", "--help"], { under: asNobody }).catch(() => undefined))?.code === 0;
has(nobodyStarts, "a program that every user can start");

for (
  const [what, says, spoil] of [
    [
      "a file that it can't read",
      /new\.csv\): permission denied/,
      (at: Place) => Deno.chmod(join(at.folder, "new.csv"), 0o600),
    ],
    [
      "a folder that it can't list",
      /Can't list the folder .*permission denied/,
      (at: Place) => Deno.chmod(join(at.folder, "s"), 0o700),
    ],
    [
      "a site that it can't write",
      /permission denied/,
      (at: Place) => runSync("chown", ["-R", "0:0", at.site]),
    ],
  ] as const
) {
  Deno.test({
    name: `pack as another user names ${what}`,
    ignore: !nobodyStarts,
    fn: async () => {
      await using temp = await tempDir();
      await Deno.chmod(temp.path, 0o755);
      const at = await place(temp);
      runSync("chown", ["-R", "65534:65534", at.site]);
      await spoil(at);
      const before = await siteTree(at.site);
      const words = ["pack", at.folder, "--output", at.site, "--name", "daily"];
      const ended = await runProgram(words, { under: asNobody });
      assert.equal(ended.code, 3, ended.stderr);
      assert.match(ended.stderr, says);
      assertSameTree(await siteTree(at.site), before);
    },
  });
}

Deno.test({
  name: "packFolder() on a full disk leaves the old package and nothing half",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using temp = await tempDir();
    using disk = mount("tmpfs", "size=700k,mode=755");
    const at = await place(temp, disk.at("site"));
    const noise = new Uint8Array(600_000);
    for (let i = 0; i < noise.length; i += 60_000) {
      crypto.getRandomValues(noise.subarray(i, i + 60_000));
    }
    await Deno.writeFile(join(at.folder, "big.bin"), noise);
    const before = await siteTree(at.site);
    // No room for the package, or for what follows it.
    for (const left of [100_000, 610_000, 625_000, 640_000]) {
      const { bavail, bsize } = await statfs(disk.path);
      await Deno.writeFile(disk.at("filler"), new Uint8Array(Math.max(0, bavail * bsize - left)));
      const failed = await packTree({ ...at.options, durable: true }).then(() => {}, (e) => e);
      const after = await siteTree(at.site);
      if (failed === undefined) break;
      assert(failed instanceof DataHubSyncError && /no space/.test(failed.message), String(failed));
      for (const [path, bytes] of before) {
        if (path !== "package/daily.zip") assert.deepEqual(after.get(path), bytes, path);
      }
      const more = [...after.keys()].filter((path) => !before.has(path));
      for (const path of [...more, "package/daily.zip"]) {
        assert.match(path, /^(package|digests)\//, "nothing half is left");
        if (path.startsWith("package/")) judge(after.get(path)!);
      }
      await Deno.remove(disk.at("filler"));
      await Deno.remove(join(at.site, "package"), { recursive: true });
      await writeTree(at.site, [...before].filter(([path]) => path.startsWith("package/")));
    }
    await Deno.remove(disk.at("filler")).catch(() => {});
    await Deno.remove(join(at.folder, "big.bin"));
    assert.equal((await packTree(at.options)).changed, true);
  },
});

Deno.test("what the hub's page prints finds names that aren't UTF-8", async () => {
  await using temp = await tempDir();
  const page = await Deno.readTextFile(new URL("../../docs/hub.md", import.meta.url));
  const command = /^ *find \/data.*grep.*$/m.exec(page)![0].split("#")[0]!;
  await writeTree(temp.at("data"), [["数据.csv", TEXT.encode("1")]]);
  sh(`printf x > "$1/$(printf 'b\\377d.csv')"`, temp.at("data"));
  const args = ["-c", command.replace(/\/data\S*/, temp.at("data"))];
  const lines = (await outcomeOf("sh", args)).stdout.trim().split("\n");
  assert.deepEqual(lines, [temp.at("data", "b\ufffdd.csv")]);
});

async function statfs(path: string): Promise<{ bavail: number; bsize: number }> {
  const { statfs } = await import("node:fs/promises");
  return await statfs(path);
}

Deno.test("packFolder() by two at once publishes one after the other, whole", async () => {
  await using temp = await tempDir();
  const { options, folder, site } = await place(temp);
  await writeTree(temp.at("other"), DAY);
  const reports = await Promise.all([
    packTree(options),
    packTree({ ...options, all: true }),
    packTree({ ...options, folder: temp.at("other"), name: "other" }),
  ]);
  assert.deepEqual(reports.map(({ name }) => name), ["daily", "daily", "other"]);
  const catalog = JSON.parse(await Deno.readTextFile(join(site, "api", "datasets")));
  assert.deepEqual(catalog.datasets.map((one: { name: string }) => one.name), ["daily", "other"]);
  assert.equal((await packTree({ ...options, folder })).changed, false);
});

Deno.test("packFolder() with a clock that was set back announces another version", async () => {
  await using temp = await tempDir();
  const { options, folder, site } = await place(temp);
  await packTree(options);
  const before = await Deno.readTextFile(join(site, "api", "datasets"));
  await Deno.writeTextFile(join(folder, "new.csv"), "newer\n");
  await Deno.utime(join(folder, "new.csv"), 1e9, 1e9);
  const report = await packTree({ ...options, clock: () => 1e12 });
  assert.equal(report.changed, true);
  const [{ last_updated: version }] = JSON.parse(before).datasets;
  assert(Date.parse(report.version) > Date.parse(version), `${report.version} after ${version}`);
  // What the earlier package needs is still there for who reads it.
  const [{ package_url: url }] = JSON.parse(before).datasets;
  await Deno.stat(join(site, url));
});

Deno.test("packFolder() publishes nothing when a file is replaced while it is read", async () => {
  await using temp = await tempDir();
  const { options, folder, site } = await place(temp);
  const before = await siteTree(site);
  const big = new Uint8Array(12 << 20).fill(65);
  await Deno.writeFile(join(folder, "big.csv"), big);
  let looks = 0;
  const clock = () => {
    // The second look at the clock comes when the folder was listed and nothing was read.
    if (++looks === 2) {
      Deno.writeFileSync(join(folder, "other"), big.subarray(1));
      Deno.renameSync(join(folder, "other"), join(folder, "big.csv"));
    }
    return Date.now();
  };
  await assert.rejects(
    packTree({ ...options, clock }),
    (error) => error instanceof DataHubSyncError && /changed while .*big\.csv/.test(error.message),
  );
  assertSameTree(await siteTree(site), before);
});

Deno.test("packFolder() names the file that makes a package too well packed for clients", async () => {
  await using temp = await tempDir();
  const data = noise(seededRandom(1), 1_060_000);
  const zeros = { name: "s/zeros 1.bin", method: 8, data, claim: { size: 1_075_000_000 } };
  await Deno.writeFile(temp.at("a.zip"), tinyZip([{ name: "small.csv", data: utf8("1") }, zeros]));
  await assert.rejects(checkedFingerprint(temp.at("a.zip"), []), (error) => {
    assert(error instanceof ArchiveError);
    assert.match(error.message, /^clients would refuse the package: .* ratio of a bomb/);
    assert.equal(error.evidence.entry, zeros.name);
    assert.equal(error.hint, "leave the file out: `--exclude 's/zeros 1.bin'`");
    assertChineseError(error);
    return true;
  });
});
