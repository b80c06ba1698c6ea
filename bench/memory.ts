/**
 * The peak memory of a process and everything it started.
 *
 * Guarantees: the peak is the greatest of the sums of resident memory (RSS) seen at one moment, and
 * never less than the peak that the kernel noted for any single process, so one that grows and
 * shrinks between two looks isn't missed. Pages that two processes share count twice, and mapped
 * pages of an executable count where they are resident. The process at the root isn't counted: it
 * is the shell that takes the time. Linux only.
 *
 * @module
 */

/** Milliseconds between two looks: a look costs 0.1 ms, so that this disturbs nobody. */
const INTERVAL_MS = 20;

/** The peaks of a watch, in bytes; 0 when everything was over before the first look. */
export interface Peak {
  /** Resident memory. */
  resident: number;
  /** The part of it that no file stands behind, as far as it was seen. */
  own: number;
}

/** Watches until {@linkcode MemoryWatch.stop}. */
export class MemoryWatch {
  readonly #root: number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #peak: Peak = { resident: 0, own: 0 };

  /** Begins to watch what this process starts. */
  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
    this.#look();
  }

  /** The peaks so far. */
  get peak(): Readonly<Peak> {
    return this.#peak;
  }

  /** Ends the watch. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const peak = this.#peak;
    let [resident, own] = [0, 0];
    for (const pid of descendants(this.#root)) {
      const status = read(`/proc/${pid}/status`);
      resident += bytesOf(status, "VmRSS");
      own += bytesOf(status, "RssAnon");
      peak.resident = Math.max(peak.resident, bytesOf(status, "VmHWM"));
    }
    peak.resident = Math.max(peak.resident, resident);
    peak.own = Math.max(peak.own, own);
  }
}

/**
 * The processes below this one. One that hasn't begun its own program yet still shares its parent's
 * memory, which would be counted twice.
 */
function descendants(pid: number): number[] {
  const words = read(`/proc/${pid}/cmdline`);
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => {
    const shares = read(`/proc/${child}/cmdline`) === words;
    return [...(shares ? [] : [child]), ...descendants(child)];
  });
}

/** A figure of `/proc/PID/status`; 0 when it isn't there. */
function bytesOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
}

/** A file's text; empty when the process is gone. */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
