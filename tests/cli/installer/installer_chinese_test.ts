/** What install_client.sh says has its Chinese, and is said in no other place than `t`. */
import assert from "node:assert/strict";
import {
  INSTALLER_CHINESE,
  INSTALLER_USAGE_CHINESE,
  type InstallerSentence,
} from "../../../src/cli/installer/installer_chinese.ts";
import { read } from "../../docs/pages.ts";

const script = await read("install_client.sh");

const steps = await Promise.all(
  ["folders", "hub", "program", "schedule", "takeover"].map((step) =>
    read(`src/cli/installer/${step}_step.ts`)
  ),
);
const plan = [...steps, await read("src/cli/installer/plan.ts")].join("\n");

/** The formats in the script, as the shell reads them. */
const formats = [...script.matchAll(/\bt "((?:[^"\\]|\\.)*)"/g)]
  .map(([, format]) => format!.replaceAll(/\\(["\\$`])/g, "$1"));

const places = (format: string): number => format.match(/%s/g)?.length ?? 0;

// A plan can say only what the table has: its type checks that.
Deno.test("every message of install_client.sh has its Chinese, and no Chinese is left over", () => {
  assert(formats.length > 100, "the messages are found");
  const chinese = Object.keys(INSTALLER_CHINESE);
  assert.deepEqual(formats.filter((format) => !chinese.includes(format)), []);
  const planned = (format: string): boolean =>
    plan.includes(`"${format}"`) || plan.includes(`'${format}'`);
  assert.deepEqual(chinese.filter((one) => !formats.includes(one) && !planned(one)), []);
});

Deno.test("a message takes as many words in Chinese as in English", () => {
  for (const [english, chinese] of Object.entries(INSTALLER_CHINESE)) {
    assert.equal(places(chinese), places(english), english);
    // The table is lines of two columns.
    assert.doesNotMatch(english + chinese, /[\t\n]/);
    assert.match(chinese, /%s|\p{Script=Han}/u, english);
  }
});

Deno.test('a message that the script cuts at "; " is cut at the same place in Chinese', () => {
  const cut = script.slice(script.indexOf("\nfind_blocked() {"));
  const body = cut.slice(0, cut.indexOf("\n}\n"));
  const said = [...body.matchAll(/\bt "([^"]*)"/g)].map(([, format]) => format!);
  assert(said.length >= 4);
  for (const format of said) {
    assert.match(format, /; /);
    assert.match(INSTALLER_CHINESE[format as InstallerSentence], /; /, format);
  }
});

Deno.test("install_client.sh says nothing that its table doesn't know", () => {
  const said = script.split("\n").filter((line) =>
    /^\s*(?:note|warn|die|reject|begin|change|ask) "(?!\$)/.test(line)
  );
  assert.deepEqual(said, []);
});

Deno.test("the script's help has the same options in both languages", () => {
  const english = script.slice(script.indexOf("Usage: sudo"), script.indexOf("\nEND\n"));
  const options = (text: string): string[] =>
    [...text.matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) /gm)].map(([, option]) => option!);
  assert(options(english).length > 14);
  assert.deepEqual(options(INSTALLER_USAGE_CHINESE), options(english));
});
