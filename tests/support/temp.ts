/**
 * Folders that go when the test does.
 *
 * @module
 */
import { join } from "node:path";

/** A temporary folder: `await using temp = await tempDir()`. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
  /** A path inside it. */
  at(...parts: string[]): string;
}

/** Makes a temporary folder, by default where the system has them. */
export async function tempDir(options: Deno.MakeTempOptions = {}): Promise<TempDir> {
  const path = await Deno.makeTempDir({ prefix: "datahubsync_", ...options });
  return {
    path,
    at: (...parts) => join(path, ...parts),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
