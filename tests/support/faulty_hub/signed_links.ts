/**
 * Links that expire, as object stores sign them.
 *
 * @module
 */

/** The links of one hub. */
export class SignedLinks {
  readonly #now: () => number;
  readonly #links = new Map<string, { path: string; until: number; uses: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes a link to a path, valid for some milliseconds and uses. */
  sign(path: string, validMs: number, uses: number): string {
    const id = `${this.#links.size + 1}`;
    this.#links.set(id, { path, until: this.#now() + validMs, uses });
    return `/signed/${id}${path}?signature=5ec2e7${id}`;
  }

  /** The path behind a link, `"expired"`, or `undefined` when it is no such link; counts a use. */
  open(path: string): string | undefined {
    const [, id] = /^\/signed\/(\d+)\//.exec(path) ?? [];
    if (id === undefined) return undefined;
    const link = this.#links.get(id);
    if (link === undefined || this.#now() >= link.until || link.uses-- <= 0) return "expired";
    return link.path;
  }
}
