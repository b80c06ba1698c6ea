/**
 * A hub with a small dataset, for tests that don't care which.
 *
 * @module
 */
import { type DayChanges, DemoDataset, type Profile } from "../../src/demo/dataset.ts";
import { demoContent } from "./demo_content.ts";
import { offer, PackCache } from "./faulty_hub/dataset_package.ts";
import { FaultyHub, type FaultyHubOptions } from "./faulty_hub/hub.ts";
import { pro } from "../../src/demo/profiles.ts";
import type { ZipOptions } from "./zip_builder.ts";
import type { Tree } from "./tree.ts";

/** How a test's hub is set up. */
export interface TestHubOptions extends Omit<FaultyHubOptions, "datasets"> {
  /** Default `stock-trading-data-pro`. */
  name?: string;
  /** Default: 56 daily files of about 30 rows. */
  profile?: Profile;
  seed?: number;
  zip?: ZipOptions;
  /** Further datasets, or all of them with `profile` left alone. */
  datasets?: FaultyHubOptions["datasets"];
}

/** A hub whose dataset moves on day by day. */
export interface TestHub extends AsyncDisposable {
  readonly hub: FaultyHub;
  readonly url: string;
  readonly name: string;
  /** The dataset as it stands. */
  readonly dataset: DemoDataset;
  /** The package as it stands. */
  readonly package: Uint8Array;
  /** What a client's folder must hold now. */
  tree(): Tree;
  /** Goes on to the next day, with its package. */
  nextDay(changes?: DayChanges): void;
}

/** Starts a hub. */
export function startHub(options: TestHubOptions = {}): TestHub {
  const { name = "stock-trading-data-pro", zip, datasets, ...hubOptions } = options;
  const cache = new PackCache();
  let dataset = DemoDataset.firstDay(
    options.profile ?? pro({ scale: 0.01, rows: (random) => 10 + Math.floor(random() * 40) }),
    options.seed,
  );
  let offered = offer(dataset, { ...zip, cache });
  const hub = new FaultyHub(datasets ? { ...hubOptions, datasets } : hubOptions);
  hub.setDataset(name, offered);
  return {
    hub,
    url: hub.url,
    name,
    get dataset() {
      return dataset;
    },
    get package() {
      return offered.package;
    },
    tree() {
      const files = dataset.files.map((file): [string, Uint8Array] => [
        file.path,
        demoContent(file),
      ]);
      return new Map(files.sort(([a], [b]) => a < b ? -1 : 1));
    },
    nextDay(changes) {
      dataset = dataset.nextDay(changes);
      offered = offer(dataset, { ...zip, cache });
      hub.setDataset(name, offered);
    },
    [Symbol.asyncDispose]: () => hub.close(),
  };
}
