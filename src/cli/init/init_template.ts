/**
 * The text of a new configuration, with comments in the current language; the file also sets that
 * language, because cron has no `LANG`.
 *
 * @module
 */
import { stringify } from "yaml";
import type { Message } from "../../messages/catalogue.ts";
import { INIT } from "../../messages/init.ts";
import { language, say } from "../terminal/language.ts";

/** The settings of a new configuration. */
interface TemplateInput {
  url: string;
  dataDir: string;
  datasets: readonly string[];
  /** Whether the hub demands a token, which then comes from the environment. */
  token: boolean;
  /** The hub's public key, if it is trusted. */
  key?: string | undefined;
  /** Whether `url` is a ZIP's and no hub's. */
  isFile?: boolean;
}

/** The text of a new configuration. */
export function configTemplate(input: TemplateInput): string {
  const { url, dataDir, datasets, token, isFile = false } = input;
  const folder = dataDir.replace(/(?<=.)\/+$/, "");
  const followed = datasets.map((name) =>
    `  - name: ${scalar(name)}\n${isFile ? `    url: ${scalar(url)}\n` : ""}    local_dir: ${
      scalar(folder === "/" ? `/${name}` : `${folder}/${name}`)
    }\n`
  );
  const spoken = language() === "en"
    ? ""
    : `${remark(INIT.about_language)}\nlanguage: ${language()}\n\n`;
  return `# yaml-language-server: $schema=./config.schema.json
${remark(INIT.about_schema)}
${remark(INIT.about_file)}

${spoken}${isFile ? "" : hubSection(url, token, input.key)}datasets:
  ${remark(isFile ? INIT.about_zip : INIT.about_dataset)}
${followed.join("")}
logging:
  ${remark(INIT.about_level)}
  level: INFO
  ${remark(INIT.about_log)}
  file: ./logs/sync.log
  ${remark(INIT.about_size)}
  max_size: 10MB
`;
}

/** A comment in the current language. */
function remark(message: Message): string {
  return say(message).split("\n").map((line) => `# ${line}`).join("\n");
}

function hubSection(url: string, token: boolean, key: string | undefined): string {
  return `hub:
  ${remark(INIT.about_hub)}
  url: ${scalar(url)}
  ${remark(INIT.about_timeout)}
  timeout: 300
  ${remark(INIT.about_token)}
  ${token ? "token: ${DATAHUBSYNC_TOKEN}" : "#token: ${DATAHUBSYNC_TOKEN}"}
${
    key === undefined ? "" : `  ${remark(INIT.about_key)}
  public_key: ${key}
`
  }
`;
}

/** A text as YAML writes it, with quotes where they are needed; `${` stays what it is. */
function scalar(text: string): string {
  // As a function: in a replacement text `$$` would be one `$`.
  return stringify(text.replaceAll("${", () => "$${"), { lineWidth: 0, singleQuote: false })
    .trimEnd();
}
