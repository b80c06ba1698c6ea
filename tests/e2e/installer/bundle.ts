/**
 * What a person copies to a server: the binary, the script, the example config and the manual pages in
 * one folder; and ways to run the script from it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, outcomeOf } from "../../support/command.ts";
import { cantProtect, protect, type Protection, PROTECTIONS } from "../../support/protections.ts";
import { makeRootFs, missingFor, type RootFs } from "../../support/rootfs.ts";
import { type TempDir, tempDir } from "../../support/temp.ts";
import { manPages } from "../../../tools/man_pages.ts";

/** The project's folder. */
export const PROJECT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the bundle lies in a throw-away root. */
export const SCRIPT = "/bundle/install_client.sh";

/** Copies the three files and the manual pages into a folder. */
export async function makeBundle(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.copyFile(join(PROJECT, "install_client.sh"), join(folder, "install_client.sh"));
  await Deno.copyFile(join(PROJECT, "dist/datahubsync"), join(folder, "datahubsync"));
  await Deno.chmod(join(folder, "datahubsync"), 0o755);
  for (const name of ["config.example.yaml", "sync_client.py"]) {
    await Deno.copyFile(join(PROJECT, name), join(folder, name));
  }
  await Deno.mkdir(join(folder, "man"), { recursive: true });
  for (const [page, text] of await manPages(PROJECT, new Date(0))) {
    await Deno.writeTextFile(join(folder, "man", page), text);
  }
}

/** A bundle and an empty DESTDIR. */
export interface Destination extends AsyncDisposable {
  readonly path: string;
  /** A path inside DESTDIR. */
  at(path: string): string;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  has(path: string): Promise<boolean>;
  /** Runs the script; `env` comes on top of DESTDIR. */
  install(args: string[], env?: Record<string, string>): Promise<Ended>;
}

/** Makes a bundle and an empty DESTDIR, whose name has a blank and Chinese in it. */
export async function makeDestination(): Promise<Destination> {
  const temp: TempDir = await tempDir();
  await makeBundle(temp.at("bundle"));
  const path = temp.at("dest dir 目标");
  await Deno.mkdir(path);
  return {
    path,
    at: (inside) => join(path, inside),
    read: (inside) => Deno.readTextFile(join(path, inside)),
    async write(inside, text) {
      await Deno.mkdir(join(path, inside, ".."), { recursive: true });
      await Deno.writeTextFile(join(path, inside), text);
    },
    has: (inside) => Deno.lstat(join(path, inside)).then(() => true, () => false),
    install: (args, env = {}) =>
      finish("bash", [temp.at("bundle/install_client.sh"), ...args], { DESTDIR: path, ...env }),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** Runs a program of this machine to its end. */
export async function finish(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await outcomeOf(program, args, { env });
}

/** Fails with the script's own words unless it ended well. */
export function assertDone(finished: Ended): void {
  assert.equal(finished.code, 0, finished.stdout + finished.stderr);
}

/** A test in a throw-away root that has the bundle; ignored, saying why, where that can't be had. */
export function rootTest(
  name: string,
  programs: string[],
  body: (root: RootFs) => Promise<void>,
  protection?: Protection,
): void {
  const missing = missingFor(...programs) ?? (protection && cantProtect());
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    async fn() {
      await using _set = protection && await protect(protection);
      await using root = await makeRootFs();
      await makeBundle(root.at("/bundle"));
      await body(root);
    },
  });
}

/** An attack, made with the kernel's protections as Debian sets them and again without them. */
export function rootAttack(...[name, programs, body]: Parameters<typeof rootTest>): void {
  for (const protection of Object.keys(PROTECTIONS) as Protection[]) {
    rootTest(`${name}, ${protection}`, programs, body, protection);
  }
}

/** Runs a shell script in the root, which must work; returns what it prints. */
export async function sh(root: RootFs, script: string, asUser = false): Promise<string> {
  const done = await root.run(["sh", "-ec", script], { asUser });
  assertDone(done);
  return done.stdout;
}

/** Where a `systemctl` of a root that {@linkcode pretendSystemd} has furnished writes what it was asked. */
export const SYSTEMCTL_LOG = "/tmp/systemctl";

/** Lets the script find a running systemd, the machine's and the user's, that takes every command. */
export async function pretendSystemd(root: RootFs): Promise<void> {
  await Deno.mkdir(root.at("/run/systemd/system"), { recursive: true });
  await root.write("/tmp/user/systemd/private", "");
  const text = `#!/bin/sh\necho "$*" >>${SYSTEMCTL_LOG}\n`;
  await root.write("/usr/local/bin/systemctl", text, 0o755);
  await root.write(SYSTEMCTL_LOG, "", 0o666);
}

/** A config as v2.0 had it. */
export function configText(
  options: { url?: string; localDir?: string; token?: string } = {},
): string {
  const { url = "http://127.0.0.1:1", localDir = "/data/stock-trading-data-pro", token } = options;
  const lines = [
    "hub:",
    `  url: "${url}"`,
    "  timeout: 300",
    ...(token === undefined ? [] : [`  token: "${token}"`]),
    "datasets:",
    '  - name: "stock-trading-data-pro"',
    `    local_dir: "${localDir}"`,
    "logging:",
    '  level: "INFO"',
    '  file: "logs/sync.log"',
  ];
  return lines.join("\n") + "\n";
}
