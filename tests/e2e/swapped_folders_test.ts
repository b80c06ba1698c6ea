/**
 * Somebody exchanges folders for links, again and again, while a run works there: nothing that was where
 * they lead is replaced, removed or read.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { LocalHub } from "../../src/client/local_hub.ts";
import { orElse } from "../../src/or_else.ts";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { outcomeOf, runSync } from "../support/command.ts";
import { installed } from "../support/installed.ts";

/** Two users without rights, by number. */
const [ME, STRANGER] = [65534, 4343];
const ROUNDS = 20;

/** Exchanges each two of its paths for each other, until it is killed. */
const SWAPPER = `
import ctypes, sys, random, time
exchange = ctypes.CDLL(None).renameat2
paths = [path.encode() for path in sys.argv[1:]]
while True:
    for one, other in zip(paths[::2], paths[1::2]):
        exchange(-100, one, -100, other, 2)
    time.sleep(random.random() / 2000)
`;

const files = (day: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`sub${n % 3}/${n}.csv`, `day ${day}\n`.repeat(n + 1)]),
  );

/** What lies where the link leads: all names that a run may replace or remove there. */
const PREY: Record<string, string[]> = {
  "the data's folder": Object.keys(files(0)),
  "the work folder": [
    ...[
      "manifest",
      "manifest.next",
      "journal",
      "lock",
      "partial",
      "partial.map",
      "hubs",
      "symbols",
    ],
    ...["staging/mine", "undo/mine", "undo.2/mine", "patches/mine", "probe/mine"],
  ],
};

for (const [what, names] of Object.entries(PREY)) {
  Deno.test({
    name: `a sync changes nothing where a link leads that is exchanged for ${what} meanwhile`,
    ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 || !installed("python3", "setpriv"),
    async fn() {
      await using hub = await LocalHub.start({ d: files(0) });
      await using place = await workplace("");
      const [share, prey] = [place.at("share"), place.at("prey")];
      await place.configure(configFor(hub.url, ["d"]).replace("./data/d", `${share}/d`));
      for (const name of names) {
        await Deno.mkdir(dirname(join(prey, name)), { recursive: true });
        await Deno.writeTextFile(join(prey, name), "mine");
      }
      await Deno.mkdir(share);
      runSync("chown", ["-R", `${ME}`, place.path]);
      runSync("chown", [`${STRANGER}`, share]);
      await Deno.chmod(share, 0o777);
      const as = ["--reuid", `${ME}`, "--clear-groups", binaryPath()];
      const sync = () => outcomeOf("setpriv", [...as, "sync", "-c", place.at("config.yaml")]);
      assert.equal((await sync()).code, 0);
      const link = `${share}/link`;
      await Deno.symlink(prey, link);
      runSync("chown", ["-h", `${STRANGER}`, link]);
      const folder = what === "the work folder" ? `${share}/.d.datahubsync` : `${share}/d`;
      using swapper = startSwapper([folder, link]);
      const refused: string[] = [];
      for (let day = 1; day <= ROUNDS; day++) {
        await hub.offer("d", files(day));
        const { code, stderr } = await sync();
        if (code !== 0) refused.push(stderr);
      }
      swapper.stop();
      const left = names.filter((name) =>
        orElse(() => Deno.readTextFileSync(join(prey, name)), "") === "mine"
      );
      assert.deepEqual(left, names);
      assert(refused.length > 0, "no run met a link");
    },
  });
}

function startSwapper(paths: string[]): Disposable & { stop(): void } {
  const child = new Deno.Command("python3", { args: ["-c", SWAPPER, ...paths], stdin: "null" })
    .spawn();
  const stop = (): void => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has been stopped.
    }
  };
  return { stop, [Symbol.dispose]: stop };
}
