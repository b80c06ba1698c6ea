/**
 * Writes the benchmark's packages to disk, as a static hub: `OUTDIR/api/datasets` and
 * `OUTDIR/package/{name}.zip`. Several profiles may share one `OUTDIR`.
 *
 *     deno run -A bench/profiles.ts NAME OUTDIR [--day N] [--seed N] [--scale X]
 *
 * Guarantees: the same name, seed, scale and day make the same bytes, one kind where there is a
 * Python and another where there is none; a package that is there with
 * the same parameters isn't made again; no more than a few files are in memory; a package appears
 * whole or not at all.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chunksOf, contentOf } from "../src/demo/csv_rows.ts";
import { type DayChanges, DemoDataset, type Profile } from "../src/demo/dataset.ts";
import { fin, pro, type ProfileOptions } from "../src/demo/profiles.ts";
import { longHistory } from "../tests/support/profiles.ts";
import { hasPython, PythonPacker } from "../tests/support/python_packer.ts";
import { writeZip, type ZipInput, type ZipStreamInput } from "../tests/support/zip_builder.ts";

/** Raised when the generator makes other bytes than before, so that old packages are made anew. */
const GENERATION = 2;
/** Rows above which a file is written as a stream: about 64 MB. */
const STREAM_ROWS = 200_000;

const about = (rows: number) => (random: () => number) => Math.floor(rows * (0.5 + random()));
const scaled = (scale: number, times: number, options: ProfileOptions): ProfileOptions => ({
  ...options,
  scale: scale * times,
});

/** The same with names that say JSON; {@linkcode inputsOf} writes them so. */
function asJson(profile: Profile): Profile {
  return {
    ...profile,
    describe(index) {
      const described = profile.describe(index);
      return { ...described, path: described.path.replace(/\.csv$/, ".json") };
    },
  };
}

/** The rows of a CSV as JSON: an array of rows, one per line. */
function jsonOf(csv: Uint8Array): Uint8Array {
  const lines = new TextDecoder("gbk").decode(csv).trimEnd().split(/\r?\n/);
  const rows = lines.map((line) => JSON.stringify(line.split(",")));
  return new TextEncoder().encode(`[\n${rows.join(",\n")}\n]\n`);
}

/** Every profile by name; `times` multiplies its number of files. */
export const PROFILES: Readonly<Record<string, (times: number) => Profile>> = {
  /** 5,600 files, 560 MB. */
  "pro": (times) => pro({ scale: times }),
  /** 5,400 files, 1.2 GB: the package of the design's figures. */
  "pro-large": (times) => pro(scaled(5400 / 5600, times, { rows: about(665) })),
  /** 1,500 files with long histories, about 1.4 GB. */
  "pro-history": (times) => pro(scaled(1500 / 5600, times, { rows: longHistory })),
  /** 5,850 folders, 500 MB. */
  "fin": (times) => fin({ scale: times, rows: about(250) }),
  /** 5,400 files of 8 KB. */
  "small": (times) => pro(scaled(5400 / 5600, times, { rows: 23 })),
  /** 20,000 JSON files of 4 to 12 KB. */
  "json": (times) => asJson(pro(scaled(20_000 / 5600, times, { rows: about(40) }))),
  /** 18,000 JSON files, 1.2 GB: an archive of filings. */
  "filings": (times) => asJson(pro(scaled(18_000 / 5600, times, { rows: about(155) }))),
  /** 100,000 files of 8 KB. */
  "many": (times) => pro(scaled(100_000 / 5600, times, { rows: 23 })),
  /** One CSV of 1 GB. */
  "huge": (times) => ({
    ...pro({ scale: 1 / 5600, rows: Math.round(3_150_000 * times) }),
    growing: 1,
    share: 1,
    added: () => 0,
    rowsPerDay: 1000,
  }),
};

/** Which package is made. */
export interface GenerateOptions {
  /** Trading days after the first; default 0. */
  day?: number;
  seed?: number;
  /** Multiplies the number of files (for `huge`, of rows); default 1. */
  scale?: number;
  /** What else happens on the last of the days. */
  changes?: DayChanges;
}

/** A package on disk. Sizes are in bytes. */
export interface Generated {
  name: string;
  /** What it was made from; equal text = equal package. */
  parameters: string;
  version: string;
  fileCount: number;
  totalSize: number;
  packageSize: number;
}

/**
 * Makes sure that a profile's package is there, and in the catalog.
 *
 * @throws {RangeError} at an unknown profile.
 */
export async function generate(
  name: string,
  outDir: string,
  options: GenerateOptions = {},
): Promise<Generated> {
  const { day = 0, seed = 1, scale = 1, changes } = options;
  const profile = PROFILES[name];
  if (profile === undefined) {
    throw new RangeError(`No profile ${name}; there are ${Object.keys(PROFILES).join(", ")}`);
  }
  const parameters = JSON.stringify({ generation: GENERATION, name, day, seed, scale, changes });
  const known = await readGenerated(outDir);
  const before = known.get(name);
  const path = join(outDir, "package", `${name}.zip`);
  const size = await Deno.stat(path).then((stat) => stat.size, () => -1);
  if (before?.parameters === parameters && before.packageSize === size) return before;

  await Deno.mkdir(join(outDir, "package"), { recursive: true });
  await Deno.mkdir(join(outDir, "api"), { recursive: true });
  const dataset = onDay(DemoDataset.firstDay(profile(scale), seed), day, changes);
  const count = { totalSize: 0 };
  const packageSize = await writePackage(`${path}.new`, inputsOf(dataset, count));
  await Deno.rename(`${path}.new`, path);
  const generated: Generated = {
    name,
    parameters,
    version: dataset.version,
    fileCount: dataset.files.length,
    totalSize: count.totalSize,
    packageSize,
  };
  known.set(name, generated);
  await writeCatalog(outDir, [...known.values()]);
  return generated;
}

function onDay(first: DemoDataset, day: number, changes: DayChanges | undefined): DemoDataset {
  return day === 0 ? first : first.daysLater(day - 1).nextDay(changes);
}

/** As the deployed hub's Python writes it, where there is one; else with the runtime's zlib. */
async function writePackage(
  path: string,
  inputs: Iterable<ZipInput | ZipStreamInput>,
): Promise<number> {
  if (!await hasPython()) return await writeZip(path, inputs, { parallel: 4 });
  await using packer = new PythonPacker();
  return await writeZip(path, inputs, { parallel: 4, pack: packer.pack });
}

/** The entries, made one at a time while they are written. */
function* inputsOf(
  dataset: DemoDataset,
  count: { totalSize: number },
): Generator<ZipInput | ZipStreamInput> {
  for (const file of dataset.files) {
    if (file.rows > STREAM_ROWS) {
      yield { path: file.path, chunks: counted(chunksOf(file), count) };
      continue;
    }
    const csv = contentOf(file);
    const content = file.path.endsWith(".json") ? jsonOf(csv) : csv;
    count.totalSize += content.length;
    yield { path: file.path, content };
  }
}

function* counted(
  chunks: Iterable<Uint8Array>,
  count: { totalSize: number },
): Generator<Uint8Array> {
  for (const chunk of chunks) {
    count.totalSize += chunk.length;
    yield chunk;
  }
}

async function readGenerated(outDir: string): Promise<Map<string, Generated>> {
  try {
    const text = await Deno.readTextFile(join(outDir, "generated.json"));
    return new Map((JSON.parse(text) as Generated[]).map((one) => [one.name, one]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}

async function writeCatalog(outDir: string, all: Generated[]): Promise<void> {
  const datasets = all.map((one) => ({
    name: one.name,
    last_updated: one.version,
    file_count: one.fileCount,
    total_size: one.totalSize,
    package_ready: true,
    package_size: one.packageSize,
    freshness: {},
    status: "ready",
  }));
  await Deno.writeTextFile(join(outDir, "generated.json"), JSON.stringify(all, null, 1));
  await Deno.writeTextFile(join(outDir, "api", "datasets"), JSON.stringify({ datasets }));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { day: { type: "string" }, seed: { type: "string" }, scale: { type: "string" } },
  });
  const [name, outDir] = positionals;
  if (name === undefined || outDir === undefined) {
    console.error(`usage: profiles.ts ${Object.keys(PROFILES).join("|")} OUTDIR [--day N]`);
    Deno.exit(2);
  }
  const { day = "0", seed = "1", scale = "1" } = values;
  const began = performance.now();
  const made = await generate(name, outDir, {
    day: Number(day),
    seed: Number(seed),
    scale: Number(scale),
  });
  console.log(JSON.stringify({ ...made, seconds: (performance.now() - began) / 1000 }));
}
