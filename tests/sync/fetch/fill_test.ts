/** Filling a partial: what is on its way when there is enough is received, and nothing more is asked for. */
import assert from "node:assert/strict";
import type { PackageRequest, PackageSink } from "../../../src/hub/answer/package_request.ts";
import type { RemotePackage } from "../../../src/hub/remote_package.ts";
import { sizeOf } from "../../../src/ranges.ts";
import { resolveLayout } from "../../../src/store/layout.ts";
import { PartialPackage } from "../../../src/store/partial.ts";
import { fill } from "../../../src/sync/fetch/fill.ts";
import { HubTraits } from "../../../src/sync/hubs/hub_traits.ts";
import type { Range } from "../../../src/types.ts";
import { tempDir } from "../../support/temp.ts";

const TOTAL = 1_000_000;
const wanted: Range[] = Array.from({ length: 12 }, (_, index) => ({
  start: index * 10_000,
  end: index * 10_000 + 1_000,
}));

for (
  const { hub, multiRange, asked } of [
    { hub: "of several ranges a request", multiRange: true, asked: 4 },
    { hub: "of one range a request", multiRange: false, asked: 1 },
  ]
) {
  Deno.test(`fill: what a hub ${hub} is sending when there is enough is kept, and the rest isn't asked for`, async () => {
    await using temp = await tempDir();
    const layout = await resolveLayout(temp.at("data"));
    await Deno.mkdir(layout.work, { recursive: true });
    using partial = await PartialPackage.open(layout, { now: () => 0 });
    partial.begin({ fingerprint: "a", total: TOTAL });
    const traits = new HubTraits();
    traits.multiRange = multiRange;
    traits.rangesPerRequest = 4;
    let enough = false;
    const requests: Range[][] = [];
    const remote: Pick<RemotePackage, "fetch"> = {
      fetch({ ranges, signal }: PackageRequest, sink: PackageSink) {
        const all = [...ranges as Range[]];
        requests.push(all);
        sink.head({
          status: 206,
          total: TOTAL,
          stamp: null,
          stampText: null,
          etag: null,
          etagIsWeak: false,
          lastModified: null,
          server: null,
        });
        for (const { start, end } of all) {
          sink.bytes(start, new Uint8Array(500));
          enough = true; // in the middle of the first answer
          assert(!signal?.aborted, "what the hub has sent isn't thrown away");
          sink.bytes(start + 500, new Uint8Array(end - start - 500));
        }
        const kind = all.length > 1 ? "multipart" : "range";
        return Promise.resolve({ bytes: sizeOf(all), firstByteMs: 1, durationMs: 2, kind });
      },
    };
    await fill(wanted, {
      remote: remote as RemotePackage,
      partial,
      traits,
      etag: null,
      countsOnManyRanges: multiRange,
      connections: 1,
      retry: { retries: 0, random: () => 0, sleep: () => Promise.resolve(), onRetry: () => {} },
      signal: new AbortController().signal,
      isEnough: () => enough,
      onBytes: () => {},
    });
    assert.deepEqual(requests, [wanted.slice(0, asked)]);
    assert.equal(partial.have.size, asked * 1_000);
  });
}
