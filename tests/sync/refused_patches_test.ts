/** Patches that don't fit, lie, are damaged or break off: what is refused is said once, and the day still comes. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { relabelled, withDirectory } from "../support/mutate_patch.ts";
import { seededRandom } from "../support/random.ts";
import { rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { day, started } from "./patched_client.ts";

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
    assert.doesNotMatch(rig.warnings[0]!, /no package/);
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

/** What came of a patch before its connection broke: where to cut it, and whether its bytes are right. */
const BROKEN = {
  "whole": { cuts: [1], right: true },
  "in two parts": { cuts: [0.5, 1], right: true },
  "with other bytes": { cuts: [1], right: false },
};

for (const [how, { cuts, right }] of Object.entries(BROKEN)) {
  Deno.test(`a patch that came ${how} before its connection broke ${right ? "is used" : "costs requests, not the day"}`, async () => {
    await using site = await PackedSite.make();
    await using rig = await started(site);
    const { patchSize } = await site.publish(day(1));
    const asked: (string | null)[] = [];
    const breaking = async (
      input: string | URL | Request,
      init?: RequestInit,
    ): Promise<Response> => {
      const response = await fetch(input, init);
      if (!String(input).includes("/patch/")) return response;
      const range = new Headers(init?.headers).get("range");
      const start = Number(/\d+/.exec(range ?? "0")![0]);
      const end = Math.floor(patchSize! * (cuts[asked.length] ?? 1));
      asked.push(range);
      const bytes = new Uint8Array(await response.arrayBuffer()).slice(0, end - start);
      let pulls = 0;
      // The second pull comes when the first bytes have been read.
      const body = new ReadableStream({
        pull(controller) {
          if (pulls++ === 0) controller.enqueue(right ? bytes : bytes.fill(0));
          else controller.error(new TypeError("connection reset"));
        },
      }, { highWaterMark: 0 });
      return new Response(body, { status: response.status, headers: response.headers });
    };
    const result = await rig.sync(site.url, { client: { fetch: breaking } });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(1));
    assert.equal(asked.length, cuts.length, asked.join());
    assert.equal(rig.warnings.length, right ? 0 : 1, rig.warnings.join("\n"));
  });
}
