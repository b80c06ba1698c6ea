/**
 * What every hub has to do for us, whatever server it is: one suite for each kind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { HubError } from "../../src/errors.ts";
import { RangeRefusedError } from "../../src/hub/answer/ranges_to_blame.ts";
import type { PackageRequest } from "../../src/hub/answer/package_request.ts";
import { failure, RecordingSink, testClient } from "./client_fixture.ts";

/** The dataset that every hub of the suite offers; another one's name begins with it. */
export const NAME = "stock-data";

/** A package that isn't a ZIP, but begins as one; every byte tells its place. */
export const PACKAGE: Uint8Array = Uint8Array.from(
  { length: 300_000 },
  (_, index) => index === 0 ? 0x50 : index === 1 ? 0x4b : (index * 7 + (index >> 8)) & 0xff,
);

/** A hub under test. */
export interface HubUnderTest extends AsyncDisposable {
  url: string;
}

/** What a kind of hub can do. */
export interface Abilities {
  ranges: boolean;
  multipart: boolean;
  etag: boolean;
  ignore?: boolean;
}

/** Registers the suite for one kind of hub. */
export function conformance(
  kind: string,
  abilities: Abilities,
  start: () => HubUnderTest | Promise<HubUnderTest>,
): void {
  const test = (what: string, run: (url: string) => Promise<void>, needed = true): void => {
    if (!needed) return;
    Deno.test({
      name: `HubClient ${what} on ${kind}`,
      ignore: abilities.ignore ?? false,
      async fn() {
        await using hub = await start();
        await run(hub.url);
      },
    });
  };

  test("lists the datasets", async (url) => {
    using client = testClient(url);
    const { datasets, warnings } = await client.catalog();
    assert.deepEqual(warnings, []);
    assert.equal(datasets[0]?.name, NAME);
    assert.equal(datasets[0]?.ready, true);
  });

  test("reads a whole package", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    const outcome = await client.package({ name: NAME }).fetch(
      { ranges: "all", allowFull: true },
      sink,
    );
    assert.equal(outcome.kind, "full");
    assert.equal(outcome.bytes, PACKAGE.length);
    assert.equal(sink.heads[0]?.total, PACKAGE.length);
    assert.equal(sink.pieces.length, 1);
    assert(equalBytes(sink.pieces[0]!.bytes, PACKAGE));
  });

  test("reads one range", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    const ranges = [{ start: 1000, end: 200_000 }];
    const outcome = await client.package({ name: NAME }).fetch({ ranges, allowFull: false }, sink);
    assert.equal(outcome.kind, "range");
    assert.equal(outcome.bytes, 199_000);
    assert.equal(sink.heads[0]?.total, PACKAGE.length);
    assert.equal(sink.pieces[0]?.offset, 1000);
    assert(equalBytes(sink.pieces[0]!.bytes, PACKAGE.subarray(1000, 200_000)));
  }, abilities.ranges);

  test("drops a 200 that wasn't allowed for a range", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    const ranges = [{ start: 1000, end: 2000 }];
    const outcome = await client.package({ name: NAME }).fetch({ ranges, allowFull: false }, sink);
    assert.equal(outcome.kind, "full_refused");
    assert.equal(sink.pieces.length, 0);
    assert.equal(sink.heads[0]?.total, PACKAGE.length);
  }, !abilities.ranges);

  test("takes a 200 for a range where that is allowed", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    const ranges = [{ start: 1000, end: 2000 }];
    const outcome = await client.package({ name: NAME }).fetch({ ranges, allowFull: true }, sink);
    assert.equal(outcome.kind, "full");
    assert(equalBytes(sink.pieces[0]!.bytes, PACKAGE));
  }, !abilities.ranges);

  test("reads several ranges, or the first of them", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    const ranges = [10, 5000, 290_000].map((start) => ({ start, end: start + 100 }));
    const outcome = await client.package({ name: NAME }).fetch({ ranges, allowFull: false }, sink);
    const expected = abilities.multipart ? ranges : ranges.slice(0, 1);
    assert.equal(outcome.kind, abilities.multipart ? "multipart" : "range");
    assert.equal(outcome.bytes, expected.length * 100);
    assert.equal(sink.heads.length, 1);
    assert.equal(sink.heads[0]?.total, PACKAGE.length);
    assert.deepEqual(sink.pieces.map(({ offset }) => offset), expected.map(({ start }) => start));
    for (const { offset, bytes } of sink.pieces) {
      assert(equalBytes(bytes, PACKAGE.subarray(offset, offset + 100)));
    }
  }, abilities.ranges);

  test("tells a range beyond the end", async (url) => {
    using client = testClient(url);
    const ranges = [{ start: PACKAGE.length, end: PACKAGE.length + 10 }];
    const error = await failure(
      client.package({ name: NAME }).fetch({ ranges, allowFull: false }, new RecordingSink()),
    );
    assert(error instanceof RangeRefusedError, String(error));
    assert.equal(error.status, 416);
    assert(error.total === null || error.total === PACKAGE.length);
  }, abilities.ranges);

  test("names a strong ETag", async (url) => {
    using client = testClient(url);
    const sink = new RecordingSink();
    await client.package({ name: NAME }).fetch(
      { ranges: [{ start: 5, end: 10 }], allowFull: false },
      sink,
    );
    assert.equal(sink.heads[0]?.etagIsWeak, false);
    assert(sink.heads[0]?.etag);
  }, abilities.etag);

  test("says not_found for a dataset that isn't there", async (url) => {
    using client = testClient(url);
    const error = await failure(
      client.package({ name: "nothing" }).fetch(
        { ranges: "all", allowFull: true },
        new RecordingSink(),
      ),
    );
    assert(error instanceof HubError, String(error));
    assert.equal(error.code, "not_found");
  });
}

/** Registers what holds for a hub that answers in its own way: what is handed on is true. */
export function truthfulness(kind: string, start: () => HubUnderTest): void {
  const asked: PackageRequest["ranges"][] = [
    "all",
    [{ start: 0, end: 1 }],
    [{ start: 5000, end: 190_000 }],
    [{ start: PACKAGE.length - 9000, end: PACKAGE.length }],
    Array.from({ length: 30 }, (_, at) => ({ start: 9000 * at + 7, end: 9000 * at + 700 })),
  ];
  Deno.test(`RemotePackage.fetch() hands on only what is true and was asked for, of ${kind}`, async () => {
    await using hub = start();
    using client = testClient(hub.url);
    for (const ranges of asked) {
      for (const allowFull of ranges === "all" ? [true] : [false, true]) {
        const sink = new RecordingSink();
        const outcome = await client.package({ name: NAME }).fetch({ ranges, allowFull }, sink)
          .catch((error: unknown) => error as HubError);
        assert(outcome instanceof HubError || "kind" in outcome, String(outcome));
        const isWhole = ranges === "all" || ("kind" in outcome && outcome.kind === "full");
        for (const { offset, bytes } of sink.pieces) {
          const end = offset + bytes.length;
          assert(isWhole || ranges.some((range) => range.start <= offset && end <= range.end));
          assert(equalBytes(bytes, PACKAGE.subarray(offset, end)), `at ${offset}`);
        }
        if ("kind" in outcome) {
          assert(sink.pieces.length > 0 || outcome.kind === "full_refused", "an answer of nothing");
          assert.equal(sink.heads.length, 1);
        }
      }
    }
  });
}

/** Compares bytes without printing 300,000 of them. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
