/**
 * The text of a new configuration, with its comments.
 *
 * @module
 */
import { stringify } from "yaml";

/** What a new configuration says. */
export interface TemplateInput {
  url: string;
  dataDir: string;
  datasets: readonly string[];
  /** Whether the hub wants a token, which then comes from the environment. */
  token: boolean;
  /** The hub's public key, if it is to be believed. */
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
  return `# yaml-language-server: $schema=./config.schema.json
# That file completes and checks keys in an editor: datahubsync config --schema >config.schema.json
# DataHubSync configuration, written by datahubsync init. Every key is explained in
# config.example.yaml; a line that begins with "#key" shows an optional setting with its default.
# DataHubSync 配置文件，由 datahubsync init 生成；全部选项见 config.example.yaml。

${isFile ? "" : hubSection(url, token, input.key)}datasets:
  # ${
    isFile
      ? "A name of yours, the ZIP's address, and the folder that is kept up to date (docs/get.md). 名称、ZIP 地址与本地目录。"
      : "The dataset's name on the hub, and the folder to keep up to date. 数据集名称与本地目录。"
  }
${followed.join("")}
logging:
  # DEBUG, INFO, WARNING or ERROR. 日志级别。
  level: INFO
  # Where the log goes. 日志文件。
  file: ./logs/sync.log
  # Size at which we rotate it; 0 = never (logrotate does it). 达到此大小时轮转。
  max_size: 10MB
`;
}

function hubSection(url: string, token: boolean, key: string | undefined): string {
  return `hub:
  # Address of the hub. 数据中心地址。
  url: ${scalar(url)}
  # Seconds without a single byte before a request is given up. 连续多少秒收不到数据即视为失败。
  timeout: 300
  # Sent as "Authorization: Bearer …". 访问令牌。
  ${token ? "token: ${DATAHUBSYNC_TOKEN}" : "#token: ${DATAHUBSYNC_TOKEN}"}
${
    key === undefined ? "" : `  # Who has to have signed the hub's list. 数据中心清单的签名公钥。
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
