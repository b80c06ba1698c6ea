/**
 * A hub that offers files by name and content, also those that `pack` refuses: names that are one on
 * some disks, names that a disk refuses. They are listed in the order they are given.
 *
 * @module
 */
import { buildZip } from "./zip_builder.ts";
import { FaultyHub } from "./faulty_hub/hub.ts";
import { hubTime } from "./faulty_hub/hub_dataset.ts";

/** Path → content, for each dataset. */
export class FilesHub extends FaultyHub {
  #next = Date.UTC(2026, 0, 5, 12);

  /** Offers these files as a newer version of the dataset. */
  offer(name: string, files: Readonly<Record<string, string>>): void {
    const inputs = Object.entries(files)
      .map(([path, text]) => ({ path, content: new TextEncoder().encode(text) }));
    this.setDataset(name, {
      version: hubTime(new Date(this.#next)),
      package: buildZip(inputs),
      fileCount: inputs.length,
      totalSize: inputs.reduce((sum, { content }) => sum + content.length, 0),
    });
    this.#next += 60_000;
  }

  /** A hub with one dataset, `d`. */
  static of(files: Readonly<Record<string, string>>): FilesHub {
    const hub = new FilesHub();
    hub.offer("d", files);
    return hub;
  }
}
