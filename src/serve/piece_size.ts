/**
 * How large the pieces are that a file is sent in: what a client costs in memory, and a byte in CPU time.
 *
 * Guarantees: clients that are at one place share its pieces, and were they all at places of their own, what
 * the runtime keeps ahead of their sockets would stay in a budget. 1,000 readers of 8 KB/s, all served, take
 * 230 MB. An idle connection with an answer costs 80 KB whatever is done here, and a file's own stream
 * 580 KB. A size divides every larger one.
 *
 * @module
 */

/** A byte costs half the CPU time of 64 KB, and a sixth of 16 KB. */
const LARGEST = 1 << 19;
const LEAST = 1 << 11;
/** The kernel's buffers take up to 5 MB at once from anybody: who has taken more may be fast. */
const KERNEL_BYTES = 8 << 20;
/** What may be ahead of all clients, in bytes: with those that may be slow, and with the others. */
const [BUDGET, FAST_BUDGET] = [60e6, 256e6];

/** What the runtime keeps at most of an answer that was handed over to it. */
export const MOST_AHEAD = LARGEST;

/** The next piece's bytes: by the clients that are being served, and what this one was sent. */
export function pieceSizeFor({ clients, sent }: { clients: number; sent: number }): number {
  const budget = sent > KERNEL_BYTES ? FAST_BUDGET : BUDGET;
  let size = LARGEST;
  while (size > LEAST && clients * aheadOf(size) > budget) size /= 2;
  return size;
}

/** The runtime takes a piece when it has less than 64 KB, and gives 16 or 400 KB of them to the socket. */
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
