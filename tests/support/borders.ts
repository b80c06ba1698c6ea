/**
 * A throw-away root with the binary installed by hand, a hub that it can reach, and two users without
 * rights: what a test of borders between users needs.
 *
 * @module
 */
import { binaryPath } from "./binary.ts";
import type { Ended } from "./command.ts";
import { startHub, type TestHub } from "./hub.ts";
import { cantProtect, protect, type Protection, PROTECTIONS } from "./protections.ts";
import { makeRootFs, missingFor, type RootFs, type RunOptions } from "./rootfs.ts";

/** Where the program and its configuration lie inside. */
export const INSTALLED = "/opt/datahubsync";

/** The name of the one dataset. */
export const NAME = "bars";

/** A root with a hub. */
export interface Borders {
  root: RootFs;
  hub: TestHub;
  /** Writes a configuration, by default of root for data in `/srv/data/bars`. */
  configure(options?: { path?: string; localDir?: string; more?: string[] }): Promise<void>;
  /** Runs the binary inside. */
  datahubsync(args: string[], options?: RunOptions): Promise<Ended>;
  /** Runs a shell inside; throws unless it ends well. */
  sh(script: string, options?: RunOptions): Promise<string>;
}

/** An attack, made with the kernel's protections as Debian sets them and again without them. */
export function attackTest(name: string, body: (borders: Borders) => Promise<void>): void {
  for (const protection of Object.keys(PROTECTIONS) as Protection[]) {
    borderTest(`${name}, ${protection}`, body, { protection });
  }
}

/** A test with two real users; ignored, saying why, where they can't be had. */
export function borderTest(
  name: string,
  body: (borders: Borders) => Promise<void>,
  { protection, programs = [] }: { protection?: Protection; programs?: string[] } = {},
): void {
  const missing = missingFor(...programs) ?? (protection && cantProtect());
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    async fn() {
      await using _set = protection && await protect(protection);
      await using hub = startHub({ name: NAME });
      await using root = await makeRootFs();
      await Deno.mkdir(root.at(INSTALLED), { recursive: true });
      await Deno.copyFile(binaryPath(), root.at(`${INSTALLED}/datahubsync`));
      await Deno.chmod(root.at(`${INSTALLED}/datahubsync`), 0o755);
      await Deno.mkdir(root.at("/srv/data"), { recursive: true });
      const sh = async (script: string, options?: RunOptions): Promise<string> => {
        const { code, stdout, stderr } = await root.run(["sh", "-euc", script], options);
        if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
        return stdout;
      };
      await body({
        root,
        hub,
        sh,
        configure: ({ path, localDir, more = [] } = {}) =>
          root.write(
            path ?? `${INSTALLED}/config.yaml`,
            [
              `hub: { url: "${hub.url}", retries: 0, timeout: 20 }`,
              "datasets:",
              `  - { name: ${NAME}, local_dir: ${localDir ?? "/srv/data/bars"} }`,
              ...more,
              "",
            ].join("\n"),
          ),
        datahubsync: (args, options) => root.run([`${INSTALLED}/datahubsync`, ...args], options),
      });
    },
  });
}
