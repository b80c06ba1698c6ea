/**
 * The environment variables that a configuration may name. The list is closed because the binary's
 * permission to read the environment is a list of names, fixed at compile time.
 *
 * @module
 */
/** Every name that may stand in `${…}` in a configuration file. */
export const ENV_NAMES = [
  "DATAHUBSYNC_TOKEN",
  "DATAHUBSYNC_HUB_URL",
  "DATAHUBSYNC_USERNAME",
  "DATAHUBSYNC_PASSWORD",
  "DATAHUBSYNC_DATA_DIR",
  "DATAHUBSYNC_WEBHOOK_URL",
  "DATAHUBSYNC_WEBHOOK_SECRET",
  "DATAHUBSYNC_DINGTALK_URL",
  "DATAHUBSYNC_DINGTALK_SECRET",
  "DATAHUBSYNC_FEISHU_URL",
  "DATAHUBSYNC_FEISHU_SECRET",
  "DATAHUBSYNC_WECOM_URL",
  "DATAHUBSYNC_SLACK_URL",
  "DATAHUBSYNC_SMTP_USERNAME",
  "DATAHUBSYNC_SMTP_PASSWORD",
  "DATAHUBSYNC_SECRET_1",
  "DATAHUBSYNC_SECRET_2",
  "DATAHUBSYNC_SECRET_3",
  "DATAHUBSYNC_SECRET_4",
] as const;

/** Those that a configuration names, outside its comments. */
export function variablesNamedIn(yaml: string): string[] {
  const text = yaml.replace(/(^|\s)#.*$/gm, "");
  return ENV_NAMES.filter((name) => text.includes(`\${${name}}`));
}

/** The variable with the path of the configuration file. */
export const CONFIG_VARIABLE = "DATAHUBSYNC_CONFIG";

/** The folder of a unit's credentials, which systemd names: it may stand in paths. */
export const CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY";

/**
 * Every variable that finding and loading a configuration may read; the binary needs permission for
 * them.
 */
export const CONFIG_ENV_NAMES = [
  ...ENV_NAMES,
  CONFIG_VARIABLE,
  CREDENTIALS_VARIABLE,
  "HOME",
] as const;
