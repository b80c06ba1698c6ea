/**
 * Which version this is, and what it was built from.
 *
 * The version comes from `deno.json`. What it was built from is known to a compiled binary only; run
 * from its sources the commit is `null`, and nothing here fails.
 *
 * @module
 */

import { orElse } from "./or_else.ts";
import { dirname, join } from "node:path";
import denoJson from "../deno.json" with { type: "json" };

/**
 * The program's version.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { VERSION } from "@datahubsync/client";
 *
 * assert.match(VERSION, /^3\./);
 * ```
 */
export const VERSION: string = denoJson.version;

/** What a program may be installed from. */
type PackageKind = "tarball" | "deb" | "rpm" | "container";

/** What a binary was built from. */
interface BuildInfo {
  /** The program's version. */
  version: string;
  /** The commit, with `+changes` where the sources differed from it; `null` = unknown. */
  commit: string | null;
  /** Deno's version. */
  deno: string;
  /** What it was built for, such as `x86_64-unknown-linux-gnu`. */
  target: string;
  /** Whether it was built for the tests, with rights that a release doesn't have. */
  testBuild: boolean;
  /** What it was installed from; `null` = unknown, as when it was built here. */
  package: PackageKind | null;
  /** The embedded npm packages, name → versions. */
  dependencies: Record<string, string[]>;
}

/** What is known when it is built. */
export type BuiltFrom = Omit<BuildInfo, "package">;

/** What this program was built from. Never throws. */
export function buildInfo(): BuildInfo {
  const unknown: BuildInfo = {
    version: VERSION,
    commit: null,
    deno: Deno.version.deno,
    target: Deno.build.target,
    testBuild: false,
    package: packageKind(),
    dependencies: {},
  };
  return { ...unknown, ...written() };
}

/** Whether `tools/compile.ts` built this, so that the runtime has the flags that it compiles in. */
export function isOwnBinary(): boolean {
  return written() !== undefined;
}

/**
 * Packages put the program into `/usr/bin` and their kind into a file; beside the one of an archive, or
 * of an installation out of it, lies one of two others.
 */
function packageKind(): PackageKind | null {
  if (!isOwnBinary()) return null;
  try {
    const folder = dirname(Deno.execPath());
    if (folder === "/usr/bin") {
      const kind = Deno.readTextFileSync("/usr/share/datahubsync/package").trim();
      return kind === "deb" || kind === "rpm" || kind === "container" ? kind : null;
    }
    return ["SHA256SUMS", ".installed"].some((name) => isFile(join(folder, name)))
      ? "tarball"
      : null;
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  return orElse(() => Deno.statSync(path).isFile, false);
}

/** What `tools/compile.ts` writes beside this file, in the copy of the tree that it compiles. */
function written(): Partial<BuildInfo> | undefined {
  return orElse(
    () => JSON.parse(Deno.readTextFileSync(new URL("./build.json", import.meta.url))),
    undefined,
  );
}
