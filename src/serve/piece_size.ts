/**
 * The size of the pieces in which a file is sent: larger ones cost memory per client, smaller ones CPU
 * time per byte.
 *
 * Guarantees: clients at the same offset share its pieces; even if all were at different offsets, what
 * the runtime buffers ahead of their sockets would stay within a budget. 1,000 readers at 8 KB/s, all
 * being served, take 230 MB. An idle connection with an answer costs 80 KB in any case, and a stream of
 * the file's own 580 KB. Each size divides every larger one.
 *
 * @module
 */

/** Per byte, these cost half the CPU time of 64 KB, and a sixth of 16 KB. */
const LARGEST = 1 << 19;
const LEAST = 1 << 11;
/** The kernel buffers up to 5 MB for any client: only one that has taken more is known to be fast. */
const KERNEL_BYTES = 8 << 20;
/** The budget in bytes for buffers ahead of clients: of those that may be slow, and of the others. */
const [BUDGET, FAST_BUDGET] = [60e6, 256e6];

/** The most that the runtime buffers of an answer that was handed over to it. */
export const MOST_AHEAD = LARGEST;

/** The next piece's size, given the number of clients and what this one was sent. */
export function pieceSizeFor({ clients, sent }: { clients: number; sent: number }): number {
  const budget = sent > KERNEL_BYTES ? FAST_BUDGET : BUDGET;
  let size = LARGEST;
  while (size > LEAST && clients * aheadOf(size) > budget) size /= 2;
  return size;
}

/** The runtime takes a piece when it holds less than 64 KB, and gives 16 or 400 KB to the socket. */
function aheadOf(size: number): number {
  return size + 64e3 + Math.min(16 * size, 400e3 + 64e3);
}

/**
 * Has the runtime's server write pieces as they are. Else it gathers copies of them in a buffer of 400 KB
 * per client. Read when the first client comes; without the permission everything is as it was.
 */
export function writeWithoutCopies(): void {
  try {
    Deno.env.set("DENO_USE_WRITEV", "1");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
