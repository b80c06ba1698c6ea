/**
 * Datasets as hubs hold them, generated from a seed: which files there are, and how they change from
 * one day to the next.
 *
 * Guarantees: the same seed, scale and number of days make the same bytes. Contents are made one
 * file at a time when they are asked for, so a dataset of any size needs no memory. A dataset never
 * changes: {@linkcode DemoDataset.nextDay} returns another one.
 *
 * @module
 */
import { dateOf, type RowsOf } from "./csv_rows.ts";
import { seededRandom, seedOf } from "./seeded_random.ts";

/** One file of a dataset. */
export interface DemoFile extends RowsOf {
  path: string;
  /** It gets a row a day; a delisted share's doesn't. */
  grows: boolean;
}

/** What happens on a day beside the usual rows. */
export interface DayChanges {
  /** Files that come new; default as the profile does. */
  added?: number;
  /** Files whose whole content becomes another; default 0. */
  rewritten?: number;
  /** Files that go; default 0. */
  removed?: number;
  /** The part of the growing files that get a row; default as the profile does. */
  share?: number;
}

/** How a kind of dataset looks. */
export interface Profile {
  /** Files on day 0. */
  files: number;
  /** The part of the files that grows at all. */
  growing: number;
  /** The part of the growing files that gets a row each day. */
  share: number;
  /** New files of one day. */
  added(random: () => number): number;
  /** The path, code and title of the file of this number. */
  describe(index: number): { path: string; code: string; title: string };
  /** The rows of a file on day 0. */
  rows(random: () => number): number;
  /** Rows of one day; default 1. */
  rowsPerDay?: number;
}

/** A dataset on one day. */
export class DemoDataset {
  readonly seed: number;
  /** Trading days since the first. */
  readonly day: number;
  readonly files: readonly DemoFile[];
  readonly #profile: Profile;
  /** How many files there have ever been. */
  readonly #count: number;

  private constructor(
    profile: Profile,
    at: { seed: number; day: number; files: DemoFile[]; count: number },
  ) {
    this.#profile = profile;
    this.seed = at.seed;
    this.day = at.day;
    this.files = at.files;
    this.#count = at.count;
  }

  static firstDay(profile: Profile, seed = 1): DemoDataset {
    const files = Array.from({ length: profile.files }, (_, index) => {
      const { path, ...words } = profile.describe(index);
      const fileSeed = seedOf(seed, path);
      const random = seededRandom(fileSeed);
      const rows = profile.rows(random);
      const grows = random() < profile.growing;
      const { rowsPerDay = 1 } = profile;
      const firstDay = (grows ? 1 : -100) - Math.ceil(rows / rowsPerDay);
      return { path, ...words, seed: fileSeed, rows, firstDay, rowsPerDay, grows };
    });
    return new DemoDataset(profile, { seed, day: 0, files, count: files.length });
  }

  /** The version that a hub would announce for this day: its evening, in the hub's time. */
  get version(): string {
    return `${dateOf(this.day)}T20:15:00`;
  }

  /** The dataset a trading day later. */
  nextDay(changes: DayChanges = {}): DemoDataset {
    const day = this.day + 1;
    const random = seededRandom(seedOf(this.seed, `day ${day}`));
    const share = changes.share ?? this.#profile.share;
    const files = this.files.map((file): DemoFile =>
      file.grows && random() < share ? { ...file, rows: file.rows + 1 } : file
    );
    for (let left = changes.rewritten ?? 0; left > 0; left--) {
      const index = Math.floor(random() * files.length);
      files[index] = { ...files[index]!, seed: seedOf(files[index]!.seed, `day ${day}`) };
    }
    for (let left = changes.removed ?? 0; left > 0; left--) {
      files.splice(Math.floor(random() * files.length), 1);
    }
    const added = changes.added ?? this.#profile.added(random);
    for (let index = this.#count; index < this.#count + added; index++) {
      const { path, ...words } = this.#profile.describe(index);
      const rows = this.#profile.growing === 0 ? this.#profile.rows(random) : 1;
      files.push({
        path,
        ...words,
        seed: seedOf(this.seed, path),
        rows,
        firstDay: day,
        grows: this.#profile.growing > 0,
      });
    }
    return new DemoDataset(this.#profile, {
      seed: this.seed,
      day,
      files,
      count: this.#count + added,
    });
  }

  /** The dataset `days` trading days later. */
  daysLater(days: number): DemoDataset {
    return days <= 0 ? this : this.nextDay().daysLater(days - 1);
  }
}
