/**
 * The demo's story, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** DEMO: the messages of this area. */
export const DEMO = catalogue({
  isnt_empty: { en: "{path} isn't empty", zh: "{path} 不是空的" },
  name_folder: {
    en: "name another folder with --dir, or leave it out for a temporary one",
    zh: "请用 --dir 写另一个目录，或省略它，使用临时目录",
  },
  isnt_folder: { en: "{path} isn't a folder", zh: "{path} 不是目录" },
  name_another: { en: "name another one with --dir", zh: "请用 --dir 写另一个目录" },
});
