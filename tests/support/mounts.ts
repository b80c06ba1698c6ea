/**
 * File systems of every kind that data is kept on, each mounted by one line:
 *
 * ```ts
 * Deno.test({
 *   name: "…",
 *   ignore: !canMount("exfat"),
 *   fn: async () => {
 *     using disk = mount("exfat", "umask=000");
 *     // … disk.path
 *   },
 * });
 * ```
 *
 * Guarantees: a mount has a fresh folder of its own, goes with all that is in it when it is disposed
 * of, and is nobody else's. Needs root: ask {@linkcode canMount}.
 *
 * @module
 */
import { join } from "node:path";
import { runSync, succeeds } from "./command.ts";
import { has, pathOf } from "./installed.ts";
import { TempFolder } from "./temp.ts";

/** What can be mounted. */
export type FileSystem = keyof typeof KINDS;

/** A mounted file system. */
export interface Mount extends Disposable {
  /** Its top folder. */
  readonly path: string;
  /** A path in it. */
  at(...parts: string[]): string;
  /** Takes it away, as when a disk isn't there one day; the folder stays. */
  unmount(): void;
  /** Brings it back, with other options where some are given. */
  again(options?: string): void;
}

interface Kind {
  /** The programs that it takes. */
  needs: readonly string[];
  /** MB of its image; none for one that has no image. */
  megabytes?: number;
  /** Makes the file system in an image. */
  make?: (image: string) => string[];
  /** Mounts it. */
  mount: (from: { device: string; path: string; options: string }) => string[];
}

const KINDS = {
  /** Case-insensitive; no links, no modes, few characters in names. */
  exfat: {
    needs: ["mkfs.exfat", "mount.exfat-fuse"],
    megabytes: 64,
    make: (image) => ["mkfs.exfat", image],
    mount: ({ device, path, options }) => ["mount.exfat-fuse", ...dashO(options), device, path],
  },
  /** Case-sensitive by default, with hard links and symbolic links. */
  ntfs: {
    needs: ["mkfs.ntfs", "ntfs-3g"],
    megabytes: 64,
    make: (image) => ["mkfs.ntfs", "-qF", image],
    mount: ({ device, path, options }) => ["ntfs-3g", device, path, ...dashO(options)],
  },
  /** NTFS as Windows sees it: one file by whatever case. */
  ntfs_nocase: {
    needs: ["mkfs.ntfs", "lowntfs-3g"],
    megabytes: 64,
    make: (image) => ["mkfs.ntfs", "-qF", image],
    mount: ({ device, path, options }) => [
      "lowntfs-3g",
      device,
      path,
      ...dashO(options === "" ? "ignore_case" : `ignore_case,${options}`),
    ],
  },
  /** With project ids: `setProject()`. */
  xfs: {
    needs: ["mkfs.xfs", "xfs_io"],
    megabytes: 320,
    make: (image) => ["mkfs.xfs", "-q", image],
    mount: ({ device, path, options }) => ["mount", ...dashO(options), device, path],
  },
  ext4: {
    needs: ["mkfs.ext4"],
    megabytes: 32,
    make: (image) => ["mkfs.ext4", "-q", "-O", "^has_journal", image],
    mount: ({ device, path, options }) => ["mount", ...dashO(options), device, path],
  },
  /** Folders may be case-insensitive: `chattr +F`. */
  ext4_casefold: {
    needs: ["mkfs.ext4"],
    megabytes: 32,
    make: (image) => ["mkfs.ext4", "-q", "-O", "casefold", image],
    mount: ({ device, path, options }) => ["mount", ...dashO(options), device, path],
  },
  /** In memory; `size=1m,nr_inodes=40`. */
  tmpfs: {
    needs: [],
    mount: ({ path, options }) => ["mount", "-t", "tmpfs", ...dashO(options), "tmpfs", path],
  },
  /** Layers: `lowerdir=…,upperdir=…,workdir=…`. */
  overlay: {
    needs: [],
    mount: ({ path, options }) => ["mount", "-t", "overlay", ...dashO(options), "overlay", path],
  },
  /** Another folder by a second path: the options are that folder. */
  bind: { needs: [], mount: ({ path, options }) => ["mount", "--bind", options, path] },
} satisfies Record<string, Kind>;

function dashO(options: string): string[] {
  return options === "" ? [] : ["-o", options];
}

const asked = new Map<FileSystem, string | undefined>();

/** Whether a kind can be mounted here; where not, a test is skipped for what is missing. */
export function canMount(kind: FileSystem): boolean {
  if (!asked.has(kind)) asked.set(kind, whyNot(kind));
  const reason = asked.get(kind);
  return has(reason === undefined, reason ?? "");
}

function whyNot(kind: FileSystem): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "root on Linux";
  const missing = KINDS[kind].needs.find((program) => pathOf(program) === undefined);
  if (missing !== undefined) return missing;
  if (kind === "overlay" || kind === "bind") return whyNot("tmpfs");
  try {
    mount(kind)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return `a kernel that mounts ${kind}: ${(error as Error).message}`;
  }
}

/**
 * Mounts a fresh file system, where nothing else is said in a folder of its own. Throws when it can't:
 * ask {@linkcode canMount} first.
 */
export function mount(kind: FileSystem, options = "", below?: string): Mount {
  const how: Kind = KINDS[kind];
  const temp = new TempFolder({ prefix: `mount_${kind}_` });
  const folder = temp.path;
  const path = below ?? join(folder, "m");
  const image = join(folder, "img");
  Deno.mkdirSync(path, { recursive: true });
  Deno.chmodSync(folder, 0o755);
  let device = "";
  const detach = (): void => {
    if (device !== "") succeeds("losetup", ["-d", device]);
    device = "";
  };
  const attach = (options: string): void => {
    // Kept while it isn't mounted: another test's namespace may still have a copy of the mount.
    if (how.make !== undefined && device === "") device = loopDevice(image);
    const [program, ...args] = how.mount({ device, path, options });
    try {
      runSync(program!, args);
    } catch (error) {
      detach();
      throw error;
    }
  };
  const unmount = (): void => {
    if (!succeeds("umount", [path])) succeeds("umount", ["-l", path]);
  };
  const dispose = (): void => {
    unmount();
    detach();
    temp[Symbol.dispose]();
  };
  if (how.make !== undefined) {
    Deno.writeFileSync(image, new Uint8Array());
    Deno.truncateSync(image, how.megabytes! << 20);
    const [program, ...args] = how.make(image);
    runSync(program!, args);
  }
  try {
    attach(options);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    path,
    at: (...parts) => join(path, ...parts),
    unmount,
    again: (other = options) => attach(other),
    [Symbol.dispose]: dispose,
  };
}

/** A free one; another process may take the one that was found, so it is tried again. */
function loopDevice(image: string): string {
  for (let attempt = 1;; attempt++) {
    try {
      return runSync("losetup", ["-f", "--show", image]).trim();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

/** Gives a folder on XFS, and what is made in it, a project of its own. */
export function setProject(folder: string, id: number): void {
  runSync("xfs_io", ["-c", `chproj ${id}`, "-c", "chattr +P", folder]);
}

/** Gives a file on NTFS a short name, as Windows does by itself. */
export function setShortName(path: string, name: string): void {
  const set =
    "import os, sys; os.setxattr(sys.argv[1], 'system.ntfs_dos_name', sys.argv[2].encode())";
  runSync("python3", ["-c", set, path, name]);
}
