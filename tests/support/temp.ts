/**
 * Folders that go when the test does.
 *
 * Guarantees: a last write that is still under way (of a worker or a process that has been told to
 * end) doesn't make the removal fail; what goes on writing for {@linkcode PATIENCE_MS} does.
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
    [Symbol.asyncDispose]: () => removeFolder(path),
  };
}

/** A temporary folder that is made and removed at once: `using temp = new TempFolder()`. */
export class TempFolder implements Disposable {
  readonly path: string;

  constructor(options: Deno.MakeTempOptions = {}) {
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "datahubsync_", ...options }));
  }

  /** A path in it. */
  at(...parts: string[]): string {
    return join(this.path, ...parts);
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

/** How long the removal of a folder is tried again. */
const PATIENCE_MS = 10_000;

/** Removes a folder with all that is in it; with what is put there meanwhile, too. */
export async function removeFolder(path: string): Promise<void> {
  for (let waited = 0, pause = 5;; waited += pause, pause = Math.min(pause * 2, 500)) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      // Gone between its listing and its turn: somebody else's temporary file, inside.
      const inside = error instanceof Deno.errors.NotFound && await isThere(path);
      const filled = (error as { code?: string }).code === "ENOTEMPTY";
      if (!inside && !filled || waited >= PATIENCE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
