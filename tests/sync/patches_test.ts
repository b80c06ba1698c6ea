/** The day by patches: what it costs, what it makes, and what happens where one doesn't fit. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { EngineRig } from "../support/engine.ts";
import { type PlanSummary, silentReporter } from "../../src/sync/reporter.ts";
import { relabelled, withDirectory } from "../support/mutate_patch.ts";
import { noise, seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";

/** A folder whose files have a row more each day. */
function day(number: number, files = 40): Tree {
  return new Map(
    Array.from(
      { length: files },
      (_, index) =>
        [`sh${600000 + index}.csv`, rows(index + 1, 200 + number)] as [string, Uint8Array],
    ),
  );
}

/** A client that has the first day. */
async function started(site: PackedSite, tree: Tree = day(0), options = {}): Promise<EngineRig> {
  await site.publish(tree);
  const rig = await EngineRig.make(options);
  const first = await rig.sync(site.url);
  assert.equal(first.status, "success", first.error);
  assertSameTree(await rig.tree(), tree);
  site.asked();
  return rig;
}

Deno.test("a day's rows come by one patch and nothing else", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { packageSize, patchSize } = await site.publish(day(1));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  const asked = site.asked();
  assert.equal(asked.length, 1);
  assert.match(asked[0]!, /^\/patch\//);
  assert.equal(result.bytesDownloaded, patchSize);
  assert.deepEqual(result.byPatch, { entries: 40, bytes: patchSize });
  assert(patchSize! < packageSize / 20, `${patchSize} of ${packageSize}`);
  assert.deepEqual(rig.warnings, []);
  assert.equal((await rig.sync(site.url)).status, "up_to_date");
  assert.deepEqual([...Deno.readDirSync((await rig.layout()).patches)], [], "patches were left");
});

Deno.test("a package that is published again with the same bytes costs the catalog alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(0));
  const again = await rig.sync(site.url);
  assert.equal(again.status, "success", again.error);
  assert.equal(again.version, (await site.entry())["last_updated"]);
  assert.deepEqual([again.bytesDownloaded, again.entries, site.asked()], [0, 40, []]);
  assert.equal((await rig.sync(site.url)).status, "up_to_date");
  assert.deepEqual(site.asked(), []);
  // What was changed or removed here since is noticed as with any new version.
  const [changed, removed] = [...day(0).keys()].map((path) => `${rig.dataset.localDir}/${path}`);
  await Deno.writeTextFile(changed!, "mine\n");
  await Deno.remove(removed!);
  await site.publish(day(0));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(0));
  assert(site.asked().length > 0);
  // The next day's patch leads on from here.
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert.match(site.asked()[0]!, /^\/patch\//);
});

Deno.test("files that were renamed, copied or renamed and grown cost their names", async () => {
  await using site = await PackedSite.make();
  const first = new Map([...day(0, 30), ["big.bin", noise(seededRandom(4), 17 << 20)]]);
  await using rig = await started(site, first);
  const [names, later] = [[...first.keys()], day(1, 30)];
  const next: Tree = new Map([
    ...names.slice(0, 10).map((name) => [`old/${name}`, first.get(name)!] as const),
    ...names.slice(10, 20).map((name) => [`grown/${name}`, later.get(name)!] as const),
    ...names.slice(20, 30).map((name) => [name, first.get(name)!] as const),
    ["copy.csv", first.get(names[25]!)!],
    ["large/big.bin", first.get("big.bin")!],
  ]);
  const { patchSize, packageSize } = await site.publish(next);
  assert(patchSize! < 5000, `${patchSize} bytes of ${packageSize}`);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), next);
  assert.deepEqual(rig.warnings, []);
  assert.equal(result.bytesDownloaded, patchSize);
  assert.deepEqual(result.byPatch, { entries: 22, bytes: patchSize });
});

Deno.test("a renamed file whose old one was changed or removed by hand falls back alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const paths = [...day(0).keys()];
  await Deno.writeTextFile(`${rig.dataset.localDir}/${paths[0]}`, "mine\n");
  await Deno.remove(`${rig.dataset.localDir}/${paths[1]}`);
  // The last one stays: a folder around everything is taken off.
  const next = new Map([...day(0)].map(([path, bytes], index) => [
    index < 39 ? `moved/${path}` : path,
    bytes,
  ]));
  await site.publish(next);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  const tree = await rig.tree();
  // What was changed here stays, as whatever somebody put into the folder.
  tree.delete(paths[0]!);
  assertSameTree(tree, next);
  assert.equal(result.byPatch?.entries, 39 - 2);
  assert.match(site.asked()[0]!, /^\/patch\//);
});

Deno.test("a file that was renamed on one of several missed days is followed through its names", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const moved = (number: number, folder: string): Tree =>
    new Map([...day(number)].map(([path, bytes], index) => [
      index < 39 ? `${folder}/${path}` : path,
      bytes,
    ]));
  for (const tree of [day(1), moved(2, "a"), moved(3, "b")]) await site.publish(tree);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), moved(3, "b"));
  assert.deepEqual(site.asked().map((path) => path.split("/")[1]), ["patch", "patch", "patch"]);
  assert.equal(result.entriesFetched, 40);
});

Deno.test("days that were missed come by their patches, each file written once", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  for (const number of [1, 2, 3]) await site.publish(day(number));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(3));
  assert.equal(result.entriesFetched, 40);
  const asked = site.asked();
  assert.deepEqual(asked.map((path) => path.split("/")[1]), ["patch", "patch", "patch"]);
});

Deno.test("a client that is too far behind takes the package", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  for (const number of [1, 2]) await site.publish(day(number));
  await site.edit((entry) => void entry.patches!.shift());
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(2));
  assert(site.asked().every((path) => path.startsWith("/package/")));
});

Deno.test("files that were changed or removed by hand fall back alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { localDir } = rig.dataset;
  const [changed, removed, touched] = [...day(0).keys()].map((path) => `${localDir}/${path}`);
  await Deno.writeTextFile(changed!, "mine\n");
  await Deno.remove(removed!);
  await Deno.utime(touched!, new Date(), new Date());
  await site.publish(day(1));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  const asked = site.asked();
  assert.match(asked[0]!, /^\/patch\//);
  assert(asked.length > 1 && asked.slice(1).every((path) => path.startsWith("/package/")));
});

Deno.test("a file that was changed behind size and time falls back alone, too", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const path = `${rig.dataset.localDir}/sh600000.csv`;
  const { mtime } = await Deno.stat(path);
  const content = await Deno.readFile(path);
  content[10]! ^= 1;
  await Deno.writeFile(path, content);
  await Deno.utime(path, mtime!, mtime!);
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
});

for (
  const [what, spoil] of Object.entries<(path: string) => Promise<void>>({
    "is missing": (path) => Deno.remove(path),
    "was cut short": (path) => Deno.truncate(path, 100),
    "was changed on its way": async (path) => {
      const bytes = await Deno.readFile(path);
      bytes[bytes.length - 20]! ^= 1;
      await Deno.writeFile(path, bytes);
    },
    "is an error page": (path) => Deno.writeTextFile(path, "<html>no such patch</html>"),
    "is empty": (path) => Deno.writeFile(path, new Uint8Array()),
  })
) {
  Deno.test(`a patch that ${what} is said once and never asked for again`, async () => {
    await using site = await PackedSite.make();
    await using rig = await started(site);
    await site.publish(day(1));
    await spoil((await site.patches())[0]!);
    const result = await rig.sync(site.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(1));
    assert.equal(rig.warnings.length, 1, rig.warnings.join("\n"));
    assert.match(rig.warnings[0]!, /a patch can't be used/);
    const patchRequests = site.asked().filter((path) => path.startsWith("/patch/"));
    // The same version again, all but recorded: the patch isn't tried a second time.
    await Deno.remove(rig.statePath);
    await Deno.remove((await rig.layout()).manifest);
    await rig.sync(site.url);
    assert.deepEqual(site.asked().filter((path) => path.startsWith("/patch/")), []);
    assert(patchRequests.length <= 4, `asked ${patchRequests.length} times`);
    // The next day's patch leads on from here.
    await site.publish(day(2));
    assert.equal((await rig.sync(site.url)).status, "success");
    assertSameTree(await rig.tree(), day(2));
    assert.match(site.asked()[0]!, /^\/patch\//);
  });
}

Deno.test("a refused patch isn't asked for by the next run, which has the old files still", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(1));
  await Deno.remove((await site.patches())[0]!);
  const stop = new AbortController();
  const onStep = (step: string) => void (step === "planned" && stop.abort());
  await rig.sync(site.url, { context: { onStep, signal: stop.signal } });
  assert(site.asked().some((path) => path.startsWith("/patch/")));
  assert.equal((await rig.sync(site.url)).status, "success");
  assert(!site.asked().some((path) => path.startsWith("/patch/")));
  assertSameTree(await rig.tree(), day(1));
});

Deno.test("a patch for other packages than it says makes no file", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(1));
  await site.publish(day(2));
  // The second day's patch under the first one's name, with its own digest.
  await site.edit(({ patches }) => {
    const [first, second] = patches!;
    Object.assign(first!, {
      url: second!["url"],
      size: second!["size"],
      sha256: second!["sha256"],
    });
  });
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(2));
  assert.match(rig.warnings.join("\n"), /for another package/);
});

Deno.test("a patch that holds nothing isn't taken for the day, alone or at a chain's end", async () => {
  await using site = await PackedSite.make();
  for (const days of [1, 2]) {
    await using rig = await started(site);
    for (let number = 1; number <= days; number++) await site.publish(day(number));
    const path = (await site.patches()).at(-1)!;
    const head = (await Deno.readFile(path)).subarray(0, 2000);
    const sizes = { directory_size: 0, recipe_size: 0, data_size: 0, blocks: [] };
    const sha256 = createHash("sha256").digest("hex");
    const line = relabelled(head.subarray(0, head.indexOf(10) + 1), { ...sizes, sha256 });
    await Deno.writeFile(path, line);
    const digest = createHash("sha256").update(line).digest("hex");
    await site.edit(({ patches }) =>
      void Object.assign(patches!.at(-1)!, { size: line.length, sha256: digest })
    );
    const result = await rig.sync(site.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(days));
    assert.match(rig.warnings.join("\n"), /a patch can't be used/);
  }
});

Deno.test("a patch whose end record puts the entries elsewhere isn't believed", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(1));
  const path = (await site.patches()).at(-1)!;
  // The directory's digest, and so the fingerprint, stays what it is.
  const bytes = withDirectory(await Deno.readFile(path), (directory) => {
    const at = directory.length - 22 + 16;
    directory.writeUInt32LE(directory.readUInt32LE(at) - 5000, at);
    return directory;
  });
  await Deno.writeFile(path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await site.edit(({ patches }) =>
    void Object.assign(patches!.at(-1)!, { size: bytes.length, sha256 })
  );
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  assert.match(rig.warnings.join("\n"), /a patch can't be used/);
});

Deno.test("what an earlier run left of a patch may be damaged: it is fetched once more", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { patchSize } = await site.publish(day(1));
  const [{ sha256 }] = (await site.entry()).patches as [{ sha256: string }];
  const { patches } = await rig.layout();
  await Deno.mkdir(patches, { recursive: true });
  for (const left of [patchSize! - 10, patchSize!]) {
    await Deno.writeFile(`${patches}/${sha256.slice(0, 16)}`, new Uint8Array(left));
  }
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  assert.deepEqual(rig.warnings, []);
  assert(site.asked().every((path) => path.startsWith("/patch/")));
});

Deno.test("a connection that breaks is gone on with, within a run and across runs", async () => {
  await using site = await PackedSite.make();
  const noise = (seed: number): Tree => {
    const random = seededRandom(seed);
    const bytes = (size: number) => Uint8Array.from({ length: size }, () => random() * 256);
    return new Map([["old.bin", rows(1, 90_000)], [`new${seed}.bin`, bytes(80_000)]]);
  };
  await using rig = await started(site, noise(1));
  const { patchSize } = await site.publish(noise(2));
  assert(patchSize! > 80_000);
  let cut = true;
  const fetchCut: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const isPatch = String(input).includes("/patch/");
    if (!isPatch || !cut) return response;
    cut = false;
    let left = 40_000;
    const body = response.body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk.subarray(0, left));
          left -= chunk.length;
          if (left <= 0) controller.error(new TypeError("connection reset"));
        },
      }),
    );
    return new Response(body, { status: response.status, headers: response.headers });
  };
  const result = await rig.sync(site.url, { client: { fetch: fetchCut } });
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), noise(2));
  assert(result.bytesDownloaded < patchSize! * 1.1, `${result.bytesDownloaded} of ${patchSize}`);
  // Across runs: the first is stopped in the middle.
  const third = await site.publish(noise(3));
  cut = true;
  const stop = new AbortController();
  const broken = await rig.sync(site.url, {
    client: { fetch: fetchCut },
    context: { signal: stop.signal, sleep: () => Promise.resolve(stop.abort()) },
  });
  assert.equal(broken.status, "interrupted");
  const rest = await rig.sync(site.url);
  assert.equal(rest.status, "success", rest.error);
  assertSameTree(await rig.tree(), noise(3));
  assert(rest.bytesDownloaded < third.patchSize! * 0.6, `${rest.bytesDownloaded} again`);
});

Deno.test("a package of one file, whose directory is shorter than its reader's window, comes by patch", async () => {
  await using site = await PackedSite.make();
  const tree = (count: number): Tree => new Map([["only.csv", rows(1, count)]]);
  await using rig = await started(site, tree(6000));
  await site.publish(tree(6001));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree(6001));
  assert.deepEqual(rig.warnings, []);
  assert.deepEqual(site.asked().map((path) => path.split("/")[1]), ["patch"]);
});

Deno.test("settings that leave files out take what they want of a patch", async () => {
  await using site = await PackedSite.make();
  const dataset = { include: ["sh60000*.csv"], stripPrefix: "" };
  await site.publish(day(0));
  await using rig = await EngineRig.make({ dataset });
  assert.equal((await rig.sync(site.url)).status, "success");
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  const wanted = new Map([...day(1)].filter(([path]) => path.startsWith("sh60000")));
  assertSameTree(await rig.tree(), wanted);
});

Deno.test("a snapshot is made by patches, and the versions before it stay as they are", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site, day(0), { dataset: { publish: "snapshot" } });
  const before = await Deno.realPath(rig.dataset.localDir);
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert.match(site.asked()[0]!, /^\/patch\//);
  const { readTree } = await import("../support/tree.ts");
  assertSameTree(await readTree(before), day(0));
});

Deno.test("a folder that another program filled takes the package's entries, not a patch", async () => {
  await using site = await PackedSite.make();
  await site.publish(day(0));
  await site.publish(day(1));
  await using rig = await EngineRig.make();
  await writeTree(rig.dataset.localDir, day(0));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert(site.asked().every((path) => path.startsWith("/package/")));
});

Deno.test("random days come out as they were published", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), async (seed) => {
      const random = seededRandom(seed);
      const pick = (most: number) => Math.floor(random() * most);
      let tree: Tree = new Map(
        Array.from(
          { length: 12 },
          (_, index) => [`d${index % 3}/f${index}`, rows(index, 50 + pick(300))],
        ),
      );
      await using site = await PackedSite.make();
      await using rig = await started(site, tree);
      for (let number = 0; number < 4; number++) {
        tree = nextDay(tree, random);
        await site.publish(tree);
        // Some days are missed, and some patches are gone.
        if (random() < 0.3) continue;
        if (random() < 0.2) {
          for (const path of await site.patches()) await Deno.remove(path).catch(() => {});
        }
        const result = await rig.sync(site.url);
        assert.equal(result.status, "success", result.error);
        assertSameTree(await rig.tree(), tree);
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("a dry run tells the patch that a sync will take, and asks for none", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { patchSize } = await site.publish(day(1));
  const plans: PlanSummary[] = [];
  const reporter = {
    ...silentReporter,
    planned: (_: string, plan: PlanSummary) => void plans.push(plan),
  };
  await rig.sync(site.url, { job: { planOnly: true }, context: { reporter } });
  const [{ strategy, bytesToFetch, requests, patched, whole }] = plans as [PlanSummary];
  assert.deepEqual([strategy, bytesToFetch, requests], ["by patch", patchSize, 1]);
  assert.deepEqual([patched, whole], [40, 0]);
  assert(!site.asked().some((path) => path.startsWith("/patch/")));
  await rig.sync(site.url, { context: { reporter } });
  assert.deepEqual({ ...plans[1]!, kept: 0 }, { ...plans[0]!, kept: 0, diskNeeded: 0 });
});
