/**
 * Words for a shell, as a person would type them.
 *
 * @module
 */

/** The text as one word of a POSIX shell: bare where nothing in it is special, else quoted. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
