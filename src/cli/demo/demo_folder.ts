/**
 * The folder of a demo, and its removal.
 *
 * Guarantees: only an empty folder is used, and only what the demo made is removed.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { messageOf, StoreError, UsageError } from "../../errors.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { ifThere } from "../../fs/if_there.ts";
import { DEMO } from "../../messages/demo.ts";
import { DISK } from "../../messages/disk.ts";

/** Where a demo happens. */
interface DemoFolder {
  /** Absolute. */
  path: string;
  /** Removes what the demo made; at once, so that a second signal can't come between. */
  clear(): void;
}

/** Makes the folder, a temporary one without `dir`. Throws UsageError when `dir` isn't empty. */
export async function openDemoFolder(dir: string | undefined): Promise<DemoFolder> {
  if (dir === undefined) {
    const path = await makeTempDir();
    return { path, clear: () => remove(path) };
  }
  const path = resolve(dir);
  const before = namesIn(path);
  if (before === undefined) {
    try {
      await Deno.mkdir(path, { recursive: true });
    } catch (error) {
      throw diskError(error, path, DISK.make_the_folder());
    }
    return { path, clear: () => remove(path) };
  }
  if (before.length > 0) {
    throw new UsageError(DEMO.isnt_empty({ path }), {
      path,
      expected: "an empty folder, or none",
      found: `${before.length} files or folders`,
      hint: DEMO.name_folder(),
    });
  }
  const clear = (): void => {
    for (const { name } of Deno.readDirSync(path)) remove(join(path, name));
  };
  return { path, clear };
}

/** The paths of all files below a folder, `/` between their parts. */
export async function walkFiles(dir: string, below = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(dir, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) paths.push(...await walkFiles(dir, path));
    else paths.push(path);
  }
  return paths;
}

/**
 * A failed demo as a person has to read it: a disk that is full or broken below its folder is no
 * fault of the program.
 */
export function demoError(error: unknown, path: string): unknown {
  const ofDisk = errnoOf(error) !== undefined && messageOf(error).includes(path);
  return ofDisk ? diskError(error, path, DISK.write_to()) : error;
}

async function makeTempDir(): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "datahubsync-demo-" });
  } catch (error) {
    const { message, code } = diskError(error, "$TMPDIR", DEMO.make_temporary());
    throw new StoreError(code, message, { hint: DEMO.name_folder_for_it(), cause: error });
  }
}

/** What is in a folder; `undefined` = there is none. */
function namesIn(path: string): string[] | undefined {
  try {
    return ifThere(() => [...Deno.readDirSync(path)].map(({ name }) => name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotADirectory)) {
      throw diskError(error, path, DISK.list_the_folder());
    }
    throw new UsageError(DEMO.isnt_folder({ path }), { path, hint: DEMO.name_another() });
  }
}

function remove(path: string): void {
  ifThere(() => Deno.removeSync(path, { recursive: true }));
}
