/**
 * What it costs to learn where the last deflate blocks begin: time while inflating, and room in the
 * manifest.
 *
 * The time is compared in one thread, in this process: our inflater, which stops at every block and
 * then looks for the last one's first bit, against the same handle of the runtime run straight
 * through. What it takes more, a byte of content, is then told as the share of a first sync's CPU time.
 *
 * @module
 */
import { join } from "node:path";
import { cpuUsage } from "node:process";
import { createInflateRaw, deflateRawSync } from "node:zlib";
import { contentOf } from "../../src/demo/csv_rows.ts";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { BLOCK_HEADER_BYTES } from "../../src/grown/block_header.ts";
import { findBlockStart } from "../../src/grown/block_start.ts";
import { createInflater } from "../../src/deflate/inflate.ts";
import { Client } from "../client.ts";
import { LEARNING } from "../goals.ts";
import { PROFILES } from "../profiles.ts";
import { interleave, middle, type Run } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table } from "../table.ts";
import type { Bench, Section } from "./bench.ts";

/** 75 files, 70 MB. */
const SCALE = 0.05;
const BUFFER = 4 << 20;
const NOT_MEASURED = { peakBytes: 0, ownBytes: 0, wireBytes: 0, requests: 0 };

/** One section. */
export async function* learning(bench: Bench): AsyncGenerator<Section> {
  bench.say("learning: pro-history");
  const contents = DemoDataset.firstDay(PROFILES["pro-history"]!(SCALE)).files.map(contentOf);
  const streams = contents.map((content) => deflateRawSync(content));
  const limit = Math.max(...contents.map(({ length }) => length));
  const total = contents.reduce((sum, { length }) => sum + length, 0);
  const contestants = [
    { id: "plain", label: "straight through", run: timed(() => inflatePlain(streams, limit)) },
    { id: "learnt", label: "noting the blocks", run: timed(() => inflateLearning(streams, limit)) },
  ];
  const rounds = Math.max(9, bench.rounds);
  const [plain, learnt] = await interleave(contestants, { rounds, say: bench.say });
  const [without, with_] = [plain, learnt].map((one) => middle(one, (run) => run.cpuMs));
  const synced = await firstSync(bench);
  const more = without && with_ ? (with_ - without) / total * synced.totalSize : undefined;
  const share = more && more / synced.cpuMs;
  const { bytesAnEntry } = synced;
  const rows = [
    [`CPU s of inflating ${megabytes(total)} MB, straight through`, seconds(without), ""],
    ["the same, noting the blocks", seconds(with_), ""],
    [
      `that, of a first sync's ${seconds(synced.cpuMs)} CPU s`,
      judged(percent(share, 1), share === undefined ? undefined : share <= LEARNING.share),
      percent(LEARNING.share, 1),
    ],
    [
      "bytes an entry in the manifest",
      judged(bytesAnEntry.toFixed(1), bytesAnEntry < LEARNING.bytesAnEntry),
      `under ${LEARNING.bytesAnEntry}`,
    ],
  ];
  const head = ["`pro-history`", "measured", "at most"];
  yield {
    id: "learning",
    title: "Learning the blocks",
    body: `Median of ${rounds}.\n\n${table(head, rows)}`,
  };
}

/** Counts this process's CPU time: a busy neighbour takes less of a part in it. */
function timed(work: () => void): () => Promise<Run> {
  return () => {
    const before = cpuUsage();
    const began = performance.now();
    work();
    const wallMs = performance.now() - began;
    const { user, system } = cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    return Promise.resolve({ wallMs, cpuMs, ...NOT_MEASURED });
  };
}

function inflateLearning(streams: Uint8Array[], limit: number): void {
  const inflater = createInflater(BUFFER);
  for (const stream of streams) {
    inflater.start(limit, () => {}, stream.length);
    inflater.push(stream);
    const [boundary] = inflater.finish().boundaries;
    if (boundary === undefined) continue;
    const { consumed } = boundary;
    const bytes = stream.subarray(consumed - 1, consumed - 1 + BLOCK_HEADER_BYTES);
    findBlockStart(bytes, { consumed, last: true });
  }
}

/** The part of the runtime's zlib handle that is used here, as in `src/deflate/inflate.ts`. */
interface Handle {
  reset(): void;
  close(): void;
  writeSync(flush: 0, ...places: (Uint8Array | number)[]): unknown;
}

function inflatePlain(streams: Uint8Array[], limit: number): void {
  const { _handle: handle } = createInflateRaw() as unknown as { _handle: Handle };
  const output = new Uint8Array(limit + 1);
  for (const stream of streams) {
    handle.reset();
    handle.writeSync(0, stream, 0, stream.length, output, 0, output.length);
  }
  handle.close();
}

/** What a first sync costs, and how many bytes of the manifest the blocks take, over all entries. */
function firstSync(
  bench: Bench,
): Promise<{ cpuMs: number; totalSize: number; bytesAnEntry: number }> {
  return bench.workplace.within(async (folder) => {
    const shown = await bench.datasets.get("pro-history");
    const client = new Client(folder, shown.name);
    await bench.nginx.show(shown);
    const { cpuMs } = await client.sync(bench.nginx);
    const path = join(folder, "data", `.${shown.name}.datahubsync`, "manifest");
    const text = await Deno.readTextFile(path);
    const blocks = text.matchAll(/^\[".*",\d+,\d+,\d+(,\d+,\d+)?\]/gm);
    const lengths = [...blocks].map(([, block = ""]) => block.length);
    const bytesAnEntry = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    return { cpuMs, totalSize: shown.totalSize, bytesAnEntry };
  });
}
