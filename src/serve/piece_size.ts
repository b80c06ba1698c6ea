/**
 * How large the pieces are that a file is sent in: what a client costs in memory, and a byte in CPU time.
 *
 * Guarantees: the runtime keeps 16 pieces or 400 KB ahead of each socket, and 64 KB before those, so
 * pieces get smaller the more clients there are: 1,000 readers of 8 KB/s, all served, take 345 MB. An idle
 * connection with an answer costs 80 KB whatever is done here, and a file's own stream 580 KB.
 *
 * @module
 */

/** Half the CPU time of 64 KB. */
const LARGE = 1 << 19;
const FEW_CLIENTS = 64;
/** The kernel's buffers take up to 5 MB at once from anybody: who has taken more may be fast. */
const KERNEL_BYTES = 8 << 20;

const [MOST_SMALL, LEAST_SMALL] = [1 << 16, 3 << 10];
const ALL_SMALL = 2 << 20;

/** What the runtime keeps at most of an answer that was handed over to it. */
export const MOST_AHEAD = LARGE;

/** The next piece's bytes: by the clients that are being served, and what this one was sent. */
export function pieceSizeFor({ clients, sent }: { clients: number; sent: number }): number {
  if (sent > KERNEL_BYTES && clients <= FEW_CLIENTS) return LARGE;
  return Math.min(MOST_SMALL, Math.max(LEAST_SMALL, Math.floor(ALL_SMALL / clients)));
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
