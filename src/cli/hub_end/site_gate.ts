/**
 * The owner rule before a site is packed or served, a demo takes a folder, or `init` writes a
 * configuration.
 *
 * Guarantees: root neither writes to a site where somebody else could replace a folder by a link, nor
 * serves one, nor packs what somebody else's configuration names; other users risk only their own files,
 * and are warned. It decides once, at the start, and checks a site's own folders, not each dataset's.
 *
 * @module
 */
import { resolve } from "node:path";
import { asUser } from "../../as_root.ts";
import { StoreError } from "../../errors.ts";
import { COMMAND } from "../../messages/command.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { ownName } from "../../own_command.ts";
import { siteLocations } from "../../owners/locations.ts";
import { type Finding, judge, sentence } from "../../owners/rule.ts";
import { readAccounts } from "../../owners/accounts.ts";
import { isOwnerless, wayTo } from "../../owners/way.ts";
import { shellWord } from "../../shell_word.ts";

/** Options for the gate. */
export interface SiteGateOptions {
  /** The configuration that names the folders, where there is one. */
  config?: string;
  /** A folder that files are made in, where there is one. */
  output?: string;
  /** Called with a warning about something unsafe that is allowed. */
  warn: (message: string) => void;
  /** Who runs it; default: this process's user. */
  uid?: number;
  /** The words after the program's name, as typed. */
  args?: readonly string[];
}

/** Checks sites. Throws StoreError `unsafe_owner`. */
export function passSiteGate(sites: readonly string[], options: SiteGateOptions): void {
  const uid = options.uid ?? Deno.uid();
  if (Deno.build.os !== "linux" || uid === null) return;
  const accounts = readAccounts();
  const by = { uid, typist: uid, accounts, trusted: [], ownerless: isOwnerless };
  const locations = sites.flatMap((site) => siteLocations("site", resolve(site)));
  if (options.config !== undefined) {
    const path = resolve(options.config);
    locations.push({ role: "config", path, filled: false, way: wayTo(path) });
  }
  if (options.output !== undefined) {
    const path = resolve(options.output);
    locations.push({ role: "output", path, filled: true, way: wayTo(path) });
  }
  const findings = judge(locations, by);
  const [first] = findings.filter(({ weight }) => weight === "refused");
  if (first !== undefined) {
    const whom = uid === 0 ? COMMAND.as_root() : "";
    const text = COMMAND.not_run({ whom, sentence: sentence(first), more: "" });
    throw new StoreError("unsafe_owner", text, {
      path: first.path,
      hint: sites.some((site) => first.path.startsWith(`${resolve(site)}/`)) && first.remedy
        ? first.remedy
        : hintFor(first, options.args ?? Deno.args),
    });
  }
  for (const finding of findings) options.warn(sentence(finding));
}

/** The remedy, or the same command to run as the folder's owner. */
function hintFor({ path, text, remedy }: Finding, args: readonly string[]): string {
  const { uid } = Deno.lstatSync(path);
  if (uid === null || uid === 0 || uid === Deno.uid()) {
    return remedy ?? HUB_END.private_folder({ text });
  }
  const name = readAccounts().userName(uid);
  return asUser(name, [ownName(), ...args].map(shellWord).join(" "));
}
