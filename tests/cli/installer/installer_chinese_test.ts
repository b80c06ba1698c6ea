/** What install_client.sh says has its Chinese, and is said in no other place than `t`. */
import assert from "node:assert/strict";
import {
  INSTALLER_CHINESE,
  INSTALLER_USAGE,
  INSTALLER_USAGE_CHINESE,
} from "../../../src/cli/installer/installer_chinese.ts";
import { read } from "../../docs/pages.ts";

const script = await read("install_client.sh");

const steps = await Promise.all(
  [
    "blocked",
    "config_text",
    "controller",
    "next_step",
    "folders_step",
    "hub_step",
    "look",
    "options_check",
    "plan",
    "program_step",
    "schedule_step",
  ]
    .concat("takeover_step", "user_choice").map((file) => read(`src/cli/installer/${file}.ts`)),
);
const plan = steps.join("\n");

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
    plan.includes(JSON.stringify(format)) || plan.includes(`'${format}'`);
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

Deno.test("install_client.sh says nothing that its table doesn't know", () => {
  const said = script.split("\n").filter((line) =>
    /^\s*(?:note|warn|die|reject|begin|change|ask) "(?!\$)/.test(line)
  );
  assert.deepEqual(said, []);
});

Deno.test("the script's help has the same options in both languages", () => {
  const english = INSTALLER_USAGE;
  const options = (text: string): string[] =>
    [...text.matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) /gm)].map(([, option]) => option!);
  assert(options(english).length > 14);
  assert.deepEqual(options(INSTALLER_USAGE_CHINESE), options(english));
});
