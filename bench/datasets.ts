/**
 * The packages that are measured, made once and kept: each variant of a profile is a static hub of
 * its own in a folder of its own.
 *
 * @module
 */
import { join } from "node:path";
import { generate, type Generated, type GenerateOptions, PROFILES } from "./profiles.ts";

/** A day of a dataset: the first, an ordinary next one and the one after it, or a share rewritten. */
export type Variant = "first" | "next" | "after next" | "third" | "1 %" | "10 %";

/** A package on disk, in a folder with its catalog. */
export interface Package extends Generated {
  /** Holds `api/datasets` and `package/{name}.zip`. */
  folder: string;
  path: string;
  /** Of the central directory, in bytes. */
  directorySize: number;
}

/** Makes packages, or finds them made. */
export class Datasets {
  readonly #folder: string;
  readonly #scale: number;
  readonly #say: (line: string) => void;

  /** Keeps packages below `folder`; `scale` multiplies the number of files. */
  constructor(options: { folder: string; scale: number; say: (line: string) => void }) {
    this.#folder = options.folder;
    this.#scale = options.scale;
    this.#say = options.say;
  }

  /** A profile's package of that day. */
  async get(profile: string, variant: Variant = "first"): Promise<Package> {
    const folder = join(this.#folder, `${profile} ${variant} ${this.#scale}`.replaceAll(" ", "_"));
    const began = performance.now();
    const made = await generate(profile, folder, {
      scale: this.#scale,
      ...this.#changes(profile, variant),
    });
    const took = (performance.now() - began) / 1000;
    if (took > 1) this.#say(`  made ${profile} (${variant}) in ${took.toFixed(0)} s`);
    const path = join(folder, "package", `${profile}.zip`);
    return { ...made, folder, path, directorySize: await directorySize(path) };
  }

  #changes(profile: string, variant: Variant): GenerateOptions {
    if (variant === "first") return {};
    const changes = { added: 2, rewritten: 1, removed: 0 };
    if (variant === "next") return { day: 1, changes };
    if (variant === "after next") return { day: 2, changes };
    if (variant === "third") return { day: 3, changes };
    const files = PROFILES[profile]?.(this.#scale).files ?? 0;
    const share = parseFloat(variant) / 100;
    // Files are drawn with replacement: so many draws touch that share of them.
    const rewritten = Math.max(1, Math.round(-Math.log(1 - share) * files));
    return { day: 1, changes: { share: 0, added: 0, rewritten } };
  }
}

/** The central directory's size, from the end record of a package without a comment. */
async function directorySize(path: string): Promise<number> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const end = new Uint8Array(Math.min(size, 22));
  await file.seek(size - end.length, Deno.SeekMode.Start);
  await file.read(end);
  const view = new DataView(end.buffer);
  if (view.getUint32(0, true) !== 0x06054b50) throw new Error(`${path}: no end record in place`);
  return view.getUint32(12, true);
}
