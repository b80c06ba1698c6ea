/**
 * What a hint calls the settings of a request, and the other side: a hub's, a dataset's own address, or
 * those of `get`, which has no configuration.
 *
 * @module
 */
import { HUB } from "../messages/hub.ts";

/** Where the settings of a request stand. */
export type Section = "hub" | "datasets[]" | "get";

/** A setting that a hint may name. */
export type Setting = "url" | "token" | "headers" | "ca_file" | "timeout";

const OPTIONS: Readonly<Partial<Record<Setting, string>>> = {
  token: "--token",
  headers: "--header",
  ca_file: "--ca-file",
};

/** A setting as its reader can change it; what `get` has no option for needs a configuration. */
export function settingName(section: Section, setting: Setting): string {
  if (section !== "get") return `${section}.${setting}`;
  if (setting === "url") return HUB.the_address();
  return OPTIONS[setting] ??
    HUB.in_a_configuration({ setting: `datasets[].${setting}` });
}

/** Who answers. */
export function serverName(section: Section): string {
  return section === "hub" ? HUB.the_hub() : HUB.the_server();
}
