/** What the packages' own scripts say when a package goes whose program cron calls. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { assertDone, PROJECT, rootTest, sh } from "./bundle.ts";

/** The script that runs when the package is gone, and what it is called with then. */
async function afterRemoval(kind: "deb" | "rpm"): Promise<[script: string, word: string]> {
  const folder = join(PROJECT, "packaging", kind);
  if (kind === "deb") return [await Deno.readTextFile(join(folder, "postrm")), "remove"];
  const spec = await Deno.readTextFile(join(folder, "datahubsync.spec"));
  return [/^%postun\n([^]*?)\n\n%/m.exec(spec)![1]!, "0"];
}

for (const kind of ["deb", "rpm"] as const) {
  rootTest(
    `a removed ${kind} names the schedule that calls it; what is typed ends that`,
    [],
    async (root) => {
      const [script, word] = await afterRemoval(kind);
      const remove = async (): Promise<string> => {
        const done = await root.run(["sh", "-c", script, "sh", word]);
        assertDone(done);
        return done.stdout;
      };
      const job = "/etc/cron.d/datahubsync";
      await root.write(job, "15 8 * * * bob /opt/datahubsync/datahubsync sync -q\n");
      assert.equal(await remove(), "", "an archive's program is still there");
      await root.write(job, "15 8 * * * bob /usr/bin/datahubsync sync -q\n");
      const [, remedy] = /^datahubsync: .* stays and calls what is gone; to end that: (.*)\n$/.exec(
        await remove(),
      )!;
      await sh(root, remedy!);
      assert.equal(await root.has(job), false);
      assert.equal(await remove(), "");
    },
  );
}
