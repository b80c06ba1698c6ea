/**
 * Finds the single folder that wraps a package's files.
 *
 * @module
 */

import type { Entry } from "../../types.ts";
import { isMacMetadata } from "./glob_filter.ts";

/**
 * The prefix to strip, with its trailing slash, or `""`. A configured prefix is used as it is:
 * entries outside it keep their paths, so that a hub may drop its wrapper without breaking its
 * users. `auto` finds a wrapper only if all files, except the Finder's, are in the same folder.
 */
export function wrapperOf(files: readonly Entry[], stripPrefix: string): string {
  if (stripPrefix === "") return "";
  if (stripPrefix !== "auto") {
    return stripPrefix.split("/").filter((part) => part !== "" && part !== ".")
      .map((part) => `${part}/`).join("");
  }
  const own = files.filter(({ path }) => !isMacMetadata(path));
  const first = own[0]?.path ?? "";
  const prefix = first.slice(0, first.indexOf("/") + 1);
  if (prefix === "" || !own.every(({ path }) => path.startsWith(prefix))) return "";
  return prefix;
}
