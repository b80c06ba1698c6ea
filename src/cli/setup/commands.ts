/**
 * Declares the commands that tell how a hub, this machine and this program are set up.
 * What they do is loaded when they run.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import {
  type Commands,
  configOption,
  datasetOption,
  hubUrlOption,
  jsonOption,
  stateOption,
} from "../command/declaration.ts";
import { versionCommand } from "./version_command.ts";

/** The commands of this room, by name. */
export const SETUP_COMMANDS: Commands = {
  list: (command, { terminal, done }) =>
    command
      .alias("ls")
      .description("show what the hub has, and which of it is followed here")
      .addOption(configOption())
      .addOption(hubUrlOption())
      .addOption(jsonOption())
      .action(async (options) => {
        const { listCommand } = await import("./list_command.ts");
        done(await listCommand(options, terminal));
      }),

  report: (command, { terminal, done }) =>
    command
      .description("write what happened as one HTML page, and print where it is")
      .addOption(configOption())
      .addOption(stateOption())
      .option("--output <file>", "the file to write (default: datahubsync-report.html)")
      .option("--days <n>", "how many days back (default: 30)")
      .action(async (options) => {
        const { reportCommand } = await import("./report_command.ts");
        done(await reportCommand(options, terminal));
      }),

  check: (command, { terminal, done }) =>
    command
      .description("report what is wrong and how to fix it; changes nothing (also: --check)")
      .addOption(configOption())
      .addOption(stateOption())
      .addOption(datasetOption())
      .addOption(jsonOption())
      .option("-v, --verbose", "also list the checks that passed")
      .action(async (options) => {
        const { checkCommand } = await import("../check/check_command.ts");
        done(await checkCommand(options, terminal));
      }),

  notify: (command, { terminal, done }) =>
    command
      .description("send a test message to the targets of `notify`")
      .argument("[name]", "only this target: its type, or its name in the output")
      .addOption(new Option("--test", "send it; without it nothing is sent").makeOptionMandatory())
      .addOption(configOption())
      .addOption(jsonOption())
      .action(async (name, options) => {
        const { notifyCommand } = await import("./notify_command.ts");
        done(await notifyCommand(name, options, terminal));
      }),

  config: (command, { terminal, done }) =>
    command
      .description("print what is in force, and where each value comes from; secrets are hidden")
      .addOption(configOption())
      .addOption(jsonOption())
      .option("--schema", "print the JSON Schema of the configuration, for an editor")
      .action(async (options) => {
        const { configCommand } = await import("./config_command.ts");
        done(await configCommand(options, terminal));
      }),

  schedule: (command, { terminal, done }) =>
    command
      .description("check a cron expression and print its next runs")
      .argument("<expression>", 'five fields, as "15 8 * * *", or @daily and its like')
      .option("--systemd", "print it as OnCalendar= lines of a systemd timer")
      .addOption(jsonOption())
      .action(async (expression, options) => {
        const { scheduleCommand } = await import("./schedule_command.ts");
        done(scheduleCommand(expression, options, terminal));
      }),

  paths: (command, { terminal, done }) =>
    command
      .description("print all paths and what this program owns, for scripts: `key<TAB>path` lines")
      .addOption(configOption())
      .addOption(stateOption())
      .action(async (options) => {
        const { pathsCommand } = await import("./paths_command.ts");
        done(await pathsCommand(options, terminal));
      }),

  version: (command, { terminal, done }) =>
    command
      .description("print the version (also: --version)")
      .addOption(jsonOption())
      .option("--changes [version]", "print what has changed since a version, or all changes")
      .action((options) => done(versionCommand(options, terminal))),
};
