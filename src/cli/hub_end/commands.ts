/**
 * Declares the commands of the hub's end. What they do is loaded when they run.
 *
 * @module
 */
import { type Commands, jsonOption, several } from "../command/declaration.ts";

/** The commands of this room, by name. */
export const HUB_END_COMMANDS: Commands = {
  pack: (command, { terminal, done }) =>
    command
      .description("turn folders into a hub: a site that any web server serves")
      .argument("[folder...]", "the folders with the data; each becomes a dataset")
      .option("-c, --config <file>", "a file with the site and its datasets, instead of all below")
      .option("--output <site>", "the site's folder")
      .option("--name <name>", "the dataset's name (default: the folder's)")
      .option("--exclude <glob...>", "files to leave out; may be given several times")
      .option("--settle <duration>", "wait until no file has changed for this long (as 60s)")
      .option("--min-files <n>", "refuse a folder with fewer files")
      .option("--max-removed <part>", "refuse if more of the files are gone (default: 5%)")
      .option("--version <text>", "the version to announce (default: the newest file's time)")
      .option("--keep <duration>", "how long replaced packages stay (default: 24h)")
      .option("--level <n>", "deflate's level, 1 to 9 (default: 6)")
      .option("--all", "read every file, also what size and time say is unchanged")
      .option(
        "--sign <file>",
        "sign the catalog with this private key; two while one replaces the other",
        several,
      )
      .option("--expires <duration>", "how long the signature is good for (default: 30d)")
      .option("--resign", "only renew the signature of a site, as from cron")
      .option("--every <duration>", "keep running, and pack again this often (as 10m)")
      .option("-q, --quiet", "say nothing of folders that haven't changed")
      .option("--explain <file>", "say what a patch does, and pack nothing")
      .addOption(jsonOption())
      .action(async (folders, options) => {
        const { packCommand } = await import("./pack_command.ts");
        done(await packCommand(folders, options, terminal));
      }),

  key: (command, { terminal, done }) =>
    command
      .description("make the pair of keys that a hub's catalog is signed with")
      .argument("<file>", "the file for the private key, which mustn't be there yet")
      .option("--show", "show the public half of a key that is there")
      .addOption(jsonOption())
      .action(async (file, options) => {
        const { keyCommand } = await import("./key_command.ts");
        done(await keyCommand(file, options, terminal));
      }),

  serve: (command, { terminal, done }) =>
    command
      .description("serve a site over HTTP")
      .argument("<site>", "the folder that `pack` or `mirror` has made")
      .option("--listen <address>", "where (default: 127.0.0.1:8000, this machine only)")
      .option("--token", "ask clients for the token in DATAHUBSYNC_TOKEN")
      .option("--tls-cert <file>", "the certificate for https, as PEM")
      .option("--tls-key <file>", "its key, as PEM")
      .option("--max-clients <n>", "transfers at once; further clients get 503 (default: 400)")
      .option("-v, --verbose", "print a line per request")
      .action(async (site, options) => {
        const { serveCommand } = await import("./serve_command.ts");
        done(await serveCommand(site, options, terminal));
      }),
};
