/**
 * Finds the folder that a package wraps its files in.
 *
 * @module
 */

import type { Entry } from "../types.ts";
import { isFinders } from "./glob_filter.ts";

/**
 * The prefix to take off, with its trailing slash, or `""`. A named prefix is taken as it is:
 * entries outside it keep their paths, so that a hub may drop its wrapper without breaking anybody.
 * `auto` finds a wrapper only where every file lies in one and the same folder, the Finder's aside.
 */
export function wrapperOf(files: readonly Entry[], stripPrefix: string): string {
  if (stripPrefix === "") return "";
  if (stripPrefix !== "auto") {
    return stripPrefix.split("/").filter((part) => part !== "" && part !== ".")
      .map((part) => `${part}/`).join("");
  }
  const own = files.filter(({ path }) => !isFinders(path));
  const first = own[0]?.path ?? "";
  const prefix = first.slice(0, first.indexOf("/") + 1);
  if (prefix === "" || !own.every(({ path }) => path.startsWith(prefix))) return "";
  return prefix;
}
