/** Packs folders in tests: the machine's clock, no flushing. */
import type { PackOptions, PackReport } from "../../src/pack/options.ts";
import { packFolder } from "../../src/pack/pack_folder.ts";
import { pause } from "./until.ts";

/** Packs a folder; what a person would be told goes to `warnings`. */
export async function packTree(
  options: PackOptions & { clock?: () => number },
  warnings: string[] = [],
): Promise<PackReport> {
  const { clock = Date.now, ...rest } = options;
  return await packFolder({ durable: false, ...rest }, {
    clock,
    sleep: pause,
    warn: (text) => void warnings.push(text),
  });
}
