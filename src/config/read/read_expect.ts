/**
 * The section `datasets[].expect`: what a package must be like to go live.
 *
 * @module
 */
import { given } from "../../given.ts";
import { EXPECTED } from "../../messages/expected.ts";
import type { Expectations } from "../dataset_config.ts";
import { parseHours } from "./quantities.ts";
import { meaning, number, part, text } from "./readers.ts";
import { Section } from "./section.ts";
import type { Reader } from "./setting.ts";

const encoding = meaning({
  auto: "auto",
  "utf-8": "utf-8",
  utf8: "utf-8",
  gb18030: "gb18030",
  gbk: "gb18030",
  gb2312: "gb18030",
  big5: "big5",
  shift_jis: "shift_jis",
  "euc-kr": "euc-kr",
});

/** Reads the section; a section without any expectation is reported, since it would check nothing. */
export const readExpect: Reader<Expectations> = (setting) => {
  const section = Section.open("datasets[].expect", setting);
  if (section === undefined) return undefined;
  if (section.written().length === 0) {
    return setting.reject(EXPECTED.section_with({ key: "min_files" }));
  }
  return given({
    minFiles: section.get("min_files", number({ min: 1, max: 10_000_000 })),
    maxRemoved: section.get("max_removed", part),
    maxShrink: section.get("max_shrink", part),
    newestRow: section.get("newest_row", readNewestRow),
  });
};

const readNewestRow: Reader<NonNullable<Expectations["newestRow"]>> = (setting) => {
  const section = Section.open("datasets[].expect.newest_row", setting);
  const expected = EXPECTED.date_column();
  const column = section?.need("column", text({ expected }), expected);
  const hours = section?.need("within", within, WITHIN);
  if (section === undefined || column === undefined || hours === undefined) return undefined;
  return { column, hours, encoding: section.get("encoding", encoding) ?? "auto" };
};

const WITHIN = EXPECTED.within();
const within: Reader<number> = (setting) => {
  const hours = parseHours(setting.written ?? "");
  return hours !== undefined && hours > 0 && hours <= 24 * 366 ? hours : setting.reject(WITHIN);
};
