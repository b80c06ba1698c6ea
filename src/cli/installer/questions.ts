/**
 * What install_client.sh may ask the binary.
 *
 * @module
 */

/** Each question, in the order in which an installation asks it. */
export const QUESTIONS = [
  "chinese",
  "usage",
  "v2",
  "look",
  "user",
  "config",
  "example",
  "blocked",
  "start",
  "client",
  "hub",
] as const;

/** One of them. */
export type InstallerQuestion = typeof QUESTIONS[number];
