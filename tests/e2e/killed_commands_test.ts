/**
 * Commands other than a plain sync, killed at calls to the kernel: what is live is a whole version, or
 * what it was before; the same command finishes, with the right files and nothing left over. A sync
 * has its own loops (`kill_test.ts`, `patch_kill_test.ts`), and a rollback `rollback_kill_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { configFor, runBinary, type Workplace, workplace } from "../support/binary.ts";
import { type FileServer, startFileServer } from "../support/file_server.ts";
import { installed } from "../support/installed.ts";
import { killedAt } from "../support/killed.ts";
import { assertSameTree, compareTrees, readTree, writeTree } from "../support/tree.ts";
import { treeOf, zipOf } from "../sync/watched.ts";

const day = (rows: number): Record<string, string> => ({
  "a.csv": "1\n".repeat(rows),
  "s/b.csv": "2\n".repeat(rows),
  "s/c.csv": "3\n",
  [`only_on/${rows}.csv`]: "1\n",
});
const [FIRST, NEXT] = [day(100), day(200)];

/** Where a command works: it follows one hub's dataset and one ZIP. */
interface Ground {
  hub: LocalHub;
  zip: FileServer;
  place: Workplace;
}

interface Killed {
  what: string;
  /** Calls at which it is killed, one after another, without anything else between. */
  moments: readonly string[];
  /** Makes what the command begins with. */
  before: (ground: Ground) => Promise<unknown>;
  args: (ground: Ground) => string[];
  /** What may be live after a kill; none where the command works on a folder that isn't whole. */
  live?: readonly Record<string, string>[];
  /** What is live in the end. */
  ends: Record<string, string>;
}

const config = ({ place }: Ground): string[] => ["-c", place.at("config.yaml")];
const get = ({ zip, place }: Ground, ...more: string[]): string[] => [
  ...["get", zip.url, place.at("data/d"), "--delete-removed", ...more],
];
const configure = ({ hub, place }: Ground, publish: string, ...more: string[]): Promise<void> =>
  place.configure(
    configFor(hub.url, ["d"], {
      dataset: [`publish: ${publish}`, "delete_removed: true"],
      more,
    }),
  );
const sync = async ({ place }: Ground): Promise<void> => {
  const { code, stderr } = await place.run("sync");
  assert.equal(code, 0, stderr);
};
const damage = async ({ place }: Ground): Promise<void> => {
  const folder = await Deno.realPath(place.at("data/d"));
  await Deno.writeTextFile(`${folder}/a.csv`, "damaged\n");
  await Deno.remove(`${folder}/s/b.csv`);
};

/** What a work folder holds between runs, beside the state of `get`. */
const STAYS = new Set(["hubs", "lock", "manifest", "manifests", "symbols", "taken", "versions"]);

const KILLED: readonly Killed[] = [
  {
    what: "convert --to snapshot",
    moments: ["fsync#1", "rename#1", "link#1", "symlink#1", "rename#2", "unlink#1"],
    async before(ground) {
      await sync(ground);
      await configure(ground, "snapshot");
    },
    args: (ground) => ["convert", "d", ...config(ground)],
    live: [FIRST],
    ends: FIRST,
  },
  {
    what: "convert --to files",
    moments: ["fsync#1", "rename#1", "rename#2", "unlink#1", "unlink#2"],
    async before(ground) {
      await configure(ground, "snapshot");
      await sync(ground);
      await configure(ground, "files");
    },
    args: (ground) => ["convert", "d", ...config(ground)],
    // The link has gone, and the folder hasn't come yet.
    live: [FIRST, {}],
    ends: FIRST,
  },
  {
    what: "get",
    moments: ["write#6", "rename#2", "fsync#3", "link#2", "rename#5", "unlink#1"],
    async before(ground) {
      const { code, stderr } = await runBinary(get(ground));
      assert.equal(code, 0, stderr);
      Object.assign(ground.zip.state, { bytes: zipBytes(NEXT), etag: '"2"' });
    },
    args: get,
    ends: NEXT,
  },
  {
    what: "get --adopt over files that differ",
    moments: ["mkdir#2", "write#6", "rename#3", "fsync#4", "unlink#1"],
    async before(ground) {
      Object.assign(ground.zip.state, { bytes: zipBytes(NEXT), etag: '"2"' });
      await Deno.mkdir(ground.place.at("data/d"), { recursive: true });
      await writeTree(ground.place.at("data/d"), treeOf({ ...NEXT, "a.csv": "mine\n" }));
    },
    args: (ground) => get(ground, "--adopt"),
    live: [NEXT, { ...NEXT, "a.csv": "mine\n" }],
    ends: NEXT,
  },
  {
    what: "a sync that adopts a folder",
    moments: ["mkdir#2", "write#4", "fsync#1", "rename#1", "unlink#1"],
    async before({ place }) {
      await Deno.mkdir(place.at("data/d"), { recursive: true });
      await writeTree(place.at("data/d"), treeOf(FIRST));
    },
    args: (ground) => ["sync", ...config(ground)],
    live: [FIRST],
    ends: FIRST,
  },
  {
    what: "a sync with a mirror",
    moments: ["link#1", "fsync#2", "rename#4", "unlink#2"],
    async before(ground) {
      await configure(ground, "snapshot", "mirror:", "  dir: ./mirror");
      await sync(ground);
      await ground.hub.offer("d", NEXT);
    },
    args: (ground) => ["sync", ...config(ground)],
    live: [FIRST, NEXT],
    ends: NEXT,
  },
  ...["files", "snapshot"].map((publish): Killed => ({
    what: `verify --repair (${publish})`,
    moments: ["write#6", "fsync#1", "rename#2", "unlink#1", "unlink#3", "unlink#5", "unlink#7"],
    async before(ground) {
      await configure(ground, publish);
      await sync(ground);
      await damage(ground);
    },
    args: (ground) => ["verify", "--repair", ...config(ground)],
    ends: FIRST,
  })),
];

function zipBytes(files: Record<string, string>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zipOf(treeOf(files)));
}

for (const { what, moments, before, args, live, ends } of KILLED) {
  Deno.test({
    name: `${what} that is killed at ${moments.join(", ")} is whole after the next`,
    ignore: !installed("strace"),
    async fn() {
      await using hub = await LocalHub.start({ d: FIRST });
      await using zip = startFileServer({ bytes: zipBytes(FIRST), etag: '"1"' });
      await using place = await workplace("");
      const ground = { hub, zip, place };
      await configure(ground, "files");
      await before(ground);
      let kills = 0;
      for (const moment of moments) {
        const { killed, code, stderr } = await killedAt(moment, args(ground));
        if (!killed) assert.equal(code, 0, stderr);
        else kills++;
        if (live === undefined) continue;
        const tree = await readTree(place.at("data/d"));
        const differ = live.map((files) => compareTrees(tree, treeOf(files)));
        assert(differ.some((lines) => lines.length === 0), `${moment}: ${differ.join(" | ")}`);
      }
      assert(kills > 0, "it was never killed");
      const ended = await runBinary(args(ground));
      assert.equal(ended.code, 0, ended.stderr);
      assertSameTree(await readTree(place.at("data/d")), treeOf(ends));
      const names = [...Deno.readDirSync(place.at("data"))].map(({ name }) => name).sort();
      assert.deepEqual(names, [".d.datahubsync", "d"]);
      // What a repair has staged that finds nothing left to repair, a sync clears away.
      if (!what.startsWith("get")) await sync(ground);
      const work = [...Deno.readDirSync(place.at("data/.d.datahubsync"))].map(({ name }) => name);
      assert.deepEqual(
        work.filter((name) => !STAYS.has(name) && !name.startsWith("state.json")),
        [],
      );
    },
  });
}
