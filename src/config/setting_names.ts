/**
 * How hints name the settings of a request, and its server: a hub's, a dataset's own address, or
 * those of a command that was given the address and has no configuration.
 *
 * @module
 */
import { HUB } from "../messages/hub.ts";

/** Commands that were given an address: `get`, `init` and `list` a hub's, `init` that of a ZIP. */
type Given = "get" | "given_hub" | "given_zip";

/** Where the settings of a request stand. */
export type Section = "hub" | "datasets[]" | Given;

/** A setting that a hint may name. */
type Setting = "url" | "token" | "headers" | "ca_file" | "timeout";

const OPTIONS: Readonly<Record<Given, Partial<Record<Setting, string>>>> = {
  get: { token: "--token", headers: "--header", ca_file: "--ca-file" },
  given_hub: { token: "DATAHUBSYNC_TOKEN" },
  given_zip: {},
};

/** A setting as its reader can change it; what a command has no option for needs a configuration. */
export function settingName(section: Section, setting: Setting): string {
  if (section === "hub" || section === "datasets[]") return `${section}.${setting}`;
  if (setting === "url") return HUB.the_address();
  const home = isHub(section) ? "hub" : "datasets[]";
  return OPTIONS[section][setting] ??
    HUB.in_a_configuration({ setting: `${home}.${setting}` });
}

/** Whether the server is a hub, rather than that of one ZIP. */
export function isHub(section: Section): boolean {
  return section === "hub" || section === "given_hub";
}

/** Who answers. */
export function serverName(section: Section): string {
  return isHub(section) ? HUB.the_hub() : HUB.the_server();
}
