/**
 * A team's folder: what is placed there, on whatever way, has the group, the rights and the access list
 * of a file that anybody makes there, as `unzip` would.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { outcomeOf, run } from "../support/command.ts";
import { has, installed } from "../support/installed.ts";
import { programOf, writeConfig } from "../support/program.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import type { Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const UMASK = "027";
const GROUP = "12345";

/** Two files that grow, and a folder of this day's alone. */
function day(number: number): Tree {
  const rows = "2026-11-23,1.00\n".repeat(500 + number);
  const files = { "a.csv": rows, "sub/b.csv": rows, [`only${number}/c.csv`]: rows };
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

/** Runs a command under the umask of a cautious administrator. */
async function under(umask: string, command: readonly string[]): Promise<void> {
  const ended = await outcomeOf("sh", ["-c", 'umask "$0"; exec "$@"', umask, ...command]);
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
}

/** Compares what was placed in a folder with what a shell makes there. */
async function assertAsMadeThere(localDir: string, paths: readonly string[]): Promise<void> {
  const access = async (path: string): Promise<string> => {
    const stat = await run("stat", ["-c", "%a %g", path]);
    return stat + await run("getfacl", ["-cnpE", path]);
  };
  for (const path of paths) {
    const folder = join(localDir, path, "..");
    const [file, made] = [join(folder, "made"), join(folder, "..", "made.d")];
    await under(UMASK, ["sh", "-c", ': > "$0"', file]);
    const found = await access(join(localDir, path));
    assert.equal(found, await access(file), path);
    assert(found.includes(GROUP), `${path}: ${found}`);
    await Deno.remove(file);
    if (!path.startsWith("only")) continue;
    await under(UMASK, ["mkdir", made]);
    assert.equal(await access(folder), await access(made), folder);
    await Deno.remove(made);
  }
}

/** What a team does with its folder, and whether each version of a snapshot takes it on. */
const SHARED: Record<string, { commands: readonly string[][]; onAbove?: true }> = {
  "the set-group-ID bit": {
    commands: [["chgrp", "-R", GROUP], ["find"]],
  },
  "an access list": {
    commands: [["setfacl", "-R", "-m", `d:g:${GROUP}:rX`]],
    onAbove: true,
  },
};

for (const [what, { commands, onAbove }] of Object.entries(SHARED)) {
  for (const publish of ["files", "snapshot"] as const) {
    Deno.test({
      name:
        `with ${what}, publish: ${publish}, each way of an update places files as if made there`,
      ignore: !installed("setfacl", "getfacl") || !has(Deno.uid() === 0, "root"),
      async fn() {
        await using temp = await tempDir();
        await using site = await PackedSite.make(NAME);
        const [config, localDir] = [temp.at("config.yaml"), temp.at("team/data")];
        await Deno.mkdir(temp.at("team"));
        await writeConfig(config, { url: site.url, localDir, publish });
        const dhs = (...args: string[]): Promise<void> =>
          under(UMASK, [...programOf("release"), ...args, "-c", config]);
        const share = async (path: string): Promise<void> => {
          for (const [program, ...args] of commands) {
            const words = program === "find"
              ? [path, "-type", "d", "-exec", "chmod", "2750", "{}", "+"]
              : [...args, path];
            await run(program!, words);
          }
        };
        await site.publish(day(0));
        const early = publish === "snapshot" && onAbove === true;
        if (early) await share(temp.at("team"));
        await dhs("sync", "-q");
        if (!early) await share(await Deno.realPath(localDir));

        await site.publish(day(1));
        await dhs("sync", "-q");
        await assertAsMadeThere(localDir, [...day(1).keys()]);

        await site.publish(day(2));
        for (const patch of await site.patches()) await Deno.remove(patch);
        await dhs("sync", "-q");
        await assertAsMadeThere(localDir, [...day(2).keys()]);

        await Deno.remove(join(localDir, "a.csv"));
        await dhs("verify", "--repair");
        await assertAsMadeThere(localDir, ["a.csv"]);
        const names = [...Deno.readDirSync(localDir)].map(({ name }) => name).sort();
        assert.deepEqual(names, ["a.csv", "only2", "sub"]);
      },
    });
  }
}
