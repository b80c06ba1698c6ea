/**
 * A temporary folder for one test.
 *
 * @module
 */

/** A temporary folder that goes with the test. */
export class TempFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "fs_" });

  /** A path in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** What is in it, sorted. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map((item) => item.name).sort();
  }

  /** Removes it with all that is in it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
