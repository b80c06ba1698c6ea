/**
 * A port on loopback on which nobody listens, for servers that are away.
 *
 * Guarantees: nobody comes to listen on it either, as happens to a port that was free a moment ago: it
 * isn't among those that the kernel gives to whoever asks for any. (It is tcpmux's, which nobody runs.)
 *
 * @module
 */

/** The port. */
export const CLOSED_PORT = 1;
