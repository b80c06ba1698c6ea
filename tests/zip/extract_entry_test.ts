/** Entries come out as they were packed, or with an error that names what is wrong. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { StoreError } from "../../src/errors.ts";
import { EntryExtractor } from "../../src/zip/extract/extract_entry.ts";
import { csvRows, everySetting, mixture, walkBlocks } from "../support/deflate_streams.ts";
import { ExtractionBench, placed } from "./entry_fixture.ts";
import { archiveError } from "./reading.ts";

const content = mixture(3, 7);

Deno.test("EntryExtractor extracts stored and deflated entries of every setting", async () => {
  await using bench = await ExtractionBench.make();
  const stored = bench.whole(placed(content, content, { method: 0 }));
  assert.equal(Buffer.compare(stored.content, content), 0);
  assert.equal(stored.block, undefined);
  for (const options of everySetting()) {
    const stream = deflateRawSync(content, options);
    const { content: found, block } = bench.whole(placed(stream, content));
    assert.equal(Buffer.compare(found, content), 0, JSON.stringify(options));
    if (block === undefined) continue;
    const real = walkBlocks(stream).blocks.slice(-2);
    assert(real.some(({ bit, out }) => bit === block.bit && out === block.out), "no block there");
  }
});

Deno.test("EntryExtractor learns the last block of a stream of several blocks", async () => {
  await using bench = await ExtractionBench.make();
  for (const rows of [1000, 4000]) {
    const csv = csvRows(rows, rows);
    for (const level of [1, 6, 9]) {
      const stream = deflateRawSync(csv, { level });
      const { blocks } = walkBlocks(stream);
      if (blocks.length < 2) continue;
      const { bit, out } = blocks.at(-1)!;
      assert.deepEqual(bench.whole(placed(stream, csv)).block, { bit, out });
    }
  }
});

Deno.test("EntryExtractor extracts empty entries", async () => {
  await using bench = await ExtractionBench.make();
  const none = new Uint8Array();
  assert.equal(bench.whole(placed(none, none, { method: 0 })).content.length, 0);
  assert.equal(bench.whole(placed(deflateRawSync(none), none)).content.length, 0);
});

Deno.test("EntryExtractor refuses what the directory doesn't say, and leaves no file", async () => {
  await using bench = await ExtractionBench.make();
  const csv = csvRows(1, 500);
  const stream = deflateRawSync(csv);
  const refused = (
    entry: Parameters<typeof bench.whole>[0],
    code: Parameters<typeof archiveError>[0],
  ) => {
    assert.throws(() => bench.whole(entry), archiveError(code));
    assert(!bench.leftOver, "a bad file was left");
  };
  refused(placed(stream, csv, { crc: (crc32(csv) ^ 1) >>> 0 }), "wrong_crc");
  refused(placed(stream, csv, { size: csv.length + 1 }), "wrong_size");
  refused(placed(stream, csv, { size: csv.length - 1 }), "wrong_size");
  refused(placed(csv, csv, { method: 0, crc: 1 }), "wrong_crc");
  refused(placed(Buffer.concat([stream, Uint8Array.of(0)]), csv), "bad_data");
  const broken = Uint8Array.from(stream);
  broken.fill(0xff, 50, 90);
  refused(placed(broken, csv), "bad_data");
  const cut = placed(stream.subarray(0, stream.length >> 1), csv);
  assert.throws(() => bench.whole(cut), /wrong length|damaged/);
  const good = placed(stream, csv);
  refused({ ...good, task: { ...good.task, end: good.task.end - 1 } }, "overlap");
  refused({ ...good, task: { ...good.task, nameCrc: 0 } }, "bad_local_header");
  refused({ ...good, task: { ...good.task, headerOffset: 3 } }, "bad_local_header");
  refused({ ...good, package: good.package.subarray(0, good.dataStart - 4) }, "bad_local_header");
  refused({ ...good, package: good.package.subarray(0, good.dataStart + 50) }, "bad_local_header");
});

Deno.test("EntryExtractor names the entry in its errors", async () => {
  await using bench = await ExtractionBench.make();
  const broken = placed(new Uint8Array(100).fill(0xff), csvRows(1, 5));
  assert.throws(() => bench.whole(broken), /^ArchiveError: entry sh600000\.csv: /);
  // Every message has an "a".
  const short = { ...broken, task: { ...broken.task, path: "a" } };
  assert.throws(() => bench.whole(short), /^ArchiveError: entry a: /);
});

Deno.test("EntryExtractor says which file can't be written", async () => {
  await using bench = await ExtractionBench.make();
  const { package: bytes, task } = placed(content, content, { method: 0 });
  await Deno.writeFile(bench.at("package"), bytes);
  using file = Deno.openSync(bench.at("package"));
  assert.throws(
    () => new EntryExtractor(file).extract({ ...task, target: bench.at("none/target") }, task.end),
    StoreError,
  );
});

Deno.test("EntryExtractor checks content that comes in one piece before it writes any", async () => {
  await using bench = await ExtractionBench.make();
  const csv = csvRows(2, 300);
  for (const method of [0, 8]) {
    const { package: bytes, task } = placed(method === 0 ? csv : deflateRawSync(csv), csv, {
      method,
      crc: 1,
    });
    await Deno.writeFile(bench.at("package"), bytes);
    using file = Deno.openSync(bench.at("package"));
    const nowhere = { ...task, target: bench.at("none/target") };
    assert.throws(
      () => new EntryExtractor(file).extract(nowhere, task.end),
      archiveError("wrong_crc"),
    );
    // Kept open, it is written as it comes.
    assert.throws(
      () => new EntryExtractor(file, { openFrom: 0 }).extract(nowhere, task.end),
      StoreError,
    );
  }
});

Deno.test("EntryExtractor leaves files open from the given size on, whatever their content", async () => {
  await using bench = await ExtractionBench.make();
  for (const content of [new Uint8Array(), csvRows(2, 1), csvRows(2, 300), csvRows(9, 12_000)]) {
    const { package: bytes, task } = placed(deflateRawSync(content), content);
    await Deno.writeFile(bench.at("package"), bytes);
    using file = Deno.openSync(bench.at("package"));
    const target = bench.at("target");
    const extractor = new EntryExtractor(file, { openFrom: content.length });
    const { file: open, mtimeMs } = extractor.extract({ ...task, target }, task.end);
    assert.equal(open?.statSync().mtime?.getTime(), mtimeMs);
    open?.close();
    assert.equal(Buffer.compare(await Deno.readFile(target), content), 0);
    const closing = new EntryExtractor(file, { openFrom: content.length + 1 });
    closing.extract({ ...task, target }, task.end).file?.close();
    assert.equal(Buffer.compare(await Deno.readFile(target), content), 0, "in place of the first");
  }
});

/** Lets the package grow piece by piece while it is extracted. */
function follow(
  bench: ExtractionBench,
  entry: ReturnType<typeof placed>,
  limits: readonly number[],
): { content: Uint8Array; block?: { bit: number; out: number } } {
  const path = bench.at("growing");
  using writing = Deno.openSync(path, { write: true, create: true, truncate: true });
  using reading = Deno.openSync(path);
  let written = 0;
  const grow = (to: number): number => {
    while (written < to) written += writing.writeSync(entry.package.subarray(written, to));
    return written;
  };
  const target = bench.at("followed");
  const steps = new EntryExtractor(reading).steps({ ...entry.task, target }, grow(limits[0] ?? 0));
  const rest = [...limits.slice(1), entry.task.end];
  for (let step = steps.next(0);; step = steps.next(grow(rest.shift()!))) {
    if (!step.done) continue;
    step.value.file?.close();
    const { block } = step.value;
    return { content: Deno.readFileSync(target), ...(block && { block }) };
  }
}

Deno.test("EntryExtractor.steps() makes of bytes that arrive in any pieces what it makes of all", async () => {
  await using bench = await ExtractionBench.make();
  const csv = csvRows(9, 12_000); // more content than the buffers hold at once
  const kinds = [
    placed(deflateRawSync(csv), csv),
    placed(deflateRawSync(content, { level: 1 }), content),
    placed(content, content, { method: 0 }),
  ];
  const plain = kinds.map((entry) => bench.whole(entry));
  fc.assert(
    fc.property(
      fc.nat(kinds.length - 1),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      (kind, parts) => {
        const entry = kinds[kind]!;
        const limits = parts.map((part) => Math.floor(part * entry.task.end)).sort((a, b) => a - b);
        const followed = follow(bench, entry, limits);
        assert.equal(Buffer.compare(followed.content, plain[kind]!.content), 0);
        // A boundary that falls on a piece's end may not be learnt; a wrong one never is.
        if (followed.block !== undefined) {
          const { blocks } = walkBlocks(entry.package.subarray(entry.dataStart, entry.task.end));
          assert(
            blocks.some(({ bit, out }) =>
              bit === followed.block!.bit && out === followed.block!.out
            ),
          );
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("EntryExtractor.steps() leaves nothing behind when it is given up", async () => {
  await using bench = await ExtractionBench.make();
  const csv = csvRows(9, 12_000); // more content than the buffer holds
  const entry = placed(deflateRawSync(csv), csv);
  await Deno.writeFile(bench.at("package"), entry.package);
  using file = Deno.openSync(bench.at("package"));
  const target = bench.at("target");
  const steps = new EntryExtractor(file).steps({ ...entry.task, target }, entry.task.end - 1);
  assert.equal(steps.next().done, false);
  assert(bench.leftOver, "it has begun to write");
  assert.throws(() => Deno.lstatSync(target), Deno.errors.NotFound, "nobody takes it for data");
  steps.return(undefined as never);
  assert(!bench.leftOver);
});

Deno.test("EntryExtractor goes on after entries that failed", async () => {
  await using bench = await ExtractionBench.make();
  const csv = csvRows(1, 3000);
  const good = placed(deflateRawSync(csv), csv);
  const bad = placed(new Uint8Array(3000).fill(0xff), csv);
  const cut = placed(deflateRawSync(csv).subarray(0, 4000), csv);
  const bytes = Buffer.concat([good.package, bad.package, cut.package]);
  await Deno.writeFile(bench.at("package"), bytes);
  using file = Deno.openSync(bench.at("package"));
  const extractor = new EntryExtractor(file);
  const shifted = ({ task }: typeof good, by: number) => ({
    ...task,
    headerOffset: task.headerOffset + by,
    end: task.end + by,
    target: bench.at("target"),
  });
  for (let round = 0; round < 3; round++) {
    extractor.forget();
    const { length } = good.package;
    assert.throws(
      () => extractor.extract(shifted(bad, length), bytes.length),
      archiveError("bad_data"),
    );
    const cutTask = shifted(cut, length + bad.package.length);
    assert.throws(() => extractor.extract(cutTask, bytes.length));
    extractor.extract(shifted(good, 0), bytes.length).file?.close();
    assert.equal(Buffer.compare(await Deno.readFile(bench.at("target")), csv), 0);
  }
});
