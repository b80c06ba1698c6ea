/**
 * What the binary opens on the machine it runs on: the paths of its configuration, those that
 * `docs/security.md` names, and no others. The list is the document's own, so that the two are equal.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { buildProgram } from "../../src/cli/program.ts";
import { readDoc } from "../docs/code_block.ts";
import { run } from "../support/command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { binaryPath, configFor, startBinary } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { receiveMail } from "../support/smtp_receiver.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";
import { traced } from "../support/traced.ts";

/** What commands need beside the configuration; others are called by their name alone. */
const ARGUMENTS: Record<string, string[][]> = {
  sync: [[], ["--force"]],
  verify: [["--repair"]],
  convert: [["NAME", "--to", "snapshot"], ["NAME", "--to", "files"]],
  init: [["--hub-url", "URL", "--output", "new.yaml", "--data-dir", "new"]],
  completions: [["bash"]],
  report: [["--output", "report.html"]],
  get: [["URL/package/NAME.zip", "got"], ["URL/package/NAME.zip", "got"]],
  pack: [["got", "--output", "site"]],
  changes: [[]],
  check: [[], ["--json"]],
  list: [[]],
  notify: [["--test"]],
};

/** The paths that the document names, in the table that begins with `path`. */
async function documented(): Promise<string[]> {
  const section = (await readDoc("security.md")).split("## What the binary opens")[1]!;
  const rows = section.split("\n## ")[0]!.split("\n").filter((line) => line.startsWith("| `/"));
  return rows.flatMap((row) =>
    [...row.split("|")[1]!.matchAll(/`([^`]+)`/g)].map(([, one]) => one!)
  );
}

/** The paths that are neither below one of the places (which end in `/`) nor above one. */
function strangers(paths: readonly string[], places: readonly string[]): string[] {
  const above = new Set<string>(["/"]);
  for (const place of places) {
    for (let up = dirname(place); up !== "/"; up = dirname(up)) above.add(up);
  }
  return paths.filter((path) =>
    !above.has(path) &&
    !places.some((place) => path === place || place.endsWith("/") && (path + "/").startsWith(place))
  );
}

Deno.test("the document's list of paths opens no folder in which everybody may write", async () => {
  const places = await documented();
  assert(places.length > 20, places.join());
  for (const open of ["/tmp/x", "/var/tmp/x", "/dev/shm/x", "/run/user/x", "/home/x", "/x"]) {
    assert.deepEqual(strangers([open], places), [open]);
  }
});

Deno.test({
  name: "no command opens a path that docs/security.md doesn't name, least of all a temporary one",
  ignore: !installed("strace"),
  async fn() {
    await using temp = await tempDir({ dir: "/var/tmp" });
    await using hub = startHub();
    await using mail = receiveMail();
    const folder = await Deno.realPath(temp.path);
    const [temporary, place] = [`${folder}/temporary`, `${folder}/place`];
    await Deno.mkdir(temporary);
    await Deno.mkdir(place);
    const target =
      `{ type: email, host: 127.0.0.1, port: ${mail.port}, security: none, from: a@b.c, to: [d@e.f] }`;
    const configure = (publish: string) =>
      Deno.writeTextFile(
        `${place}/config.yaml`,
        // By its name, so that looking it up is traced, too.
        configFor(hub.url.replace("127.0.0.1", "localhost"), [hub.name], {
          hub: ["retries: 0"],
          dataset: [`publish: ${publish}`],
          more: ["notify:", `  targets: [${target}]`, "metrics:", "  textfile: ./metrics.prom"],
        }),
      );
    const beside = ["datahubsync", ".installed", "SHA256SUMS", "config.yaml", "config", "config/"];
    const ours = beside.map((name) => `${dirname(binaryPath())}/${name}`);
    const places = [...await documented(), `${place}/`, ...ours];
    const trace = async (...args: string[]) => {
      const env = { TMPDIR: temporary, HOME: place, NO_PROXY: "*" };
      const ended = await traced([binaryPath(), ...args], { cwd: place, env });
      const found = strangers(ended.paths, places);
      if (args[0] === "demo") {
        const own = new RegExp(`^${temporary}(/[.]?datahubsync-demo-.*)?$`);
        assert.deepEqual(found.filter((path) => !own.test(path)), [], args.join(" "));
      } else assert.deepEqual(found, [], args.join(" "));
      assert(ended.paths.includes("/dev/urandom"), "the trace is empty");
      return ended;
    };
    await configure("files");
    await trace("--version");
    await trace("--help");
    const program = buildProgram(fakeTerminal(), () => {});
    for (const command of program.commands) {
      const name = command.name();
      if (name === "convert") hub.nextDay();
      const takesConfig = command.options.some(({ long }) => long === "--config");
      for (const given of ARGUMENTS[name] ?? [[]]) {
        if (name === "convert") await configure(given[2]!);
        const args = given.map((arg) => arg.replace("NAME", hub.name).replace("URL", hub.url));
        // A configuration of pack's is another file.
        const config = takesConfig && name !== "pack" ? ["--config", "config.yaml"] : [];
        const { code, stderr } = await trace(name, ...args, ...config);
        if (name in ARGUMENTS) assert.equal(code, 0, `${name} ${args.join(" ")}\n${stderr}`);
      }
    }
    // It serves until it is told to end.
    const serving = ["timeout", "6", binaryPath(), "serve", "site", "--listen", "127.0.0.1:0"];
    const served = await traced(serving, { cwd: place, env: { TMPDIR: temporary, HOME: place } });
    assert.match(served.stderr, /serving .*site/);
    assert.deepEqual(strangers(served.paths, [...places, "/usr/bin/"]), [], "serve");
    hub.hub.faults.add({ name: "status_500", times: Infinity });
    assert.equal((await trace("sync", "--config", "config.yaml")).code, 3);
    assert.equal(mail.received.length, 2, "a test and an alarm");
  },
});

/** What was once looked for in the temporary folder. */
const PLANTED = ["logger", "formatter", "filter"].map((name) =>
  `deno-compile-datahubsync/.deno_compile_node_modules/localhost/@logtape/logtape/2.4.2/dist/${name}.js.map`
).concat("deno-compile-datahubsync.cache");

for (const kind of ["pipe", "file of foreign bytes"]) {
  Deno.test(`a ${kind} in the temporary folder changes nothing`, async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    await Deno.mkdir(dirname(temp.at("temporary", PLANTED[0]!)), { recursive: true });
    const bytes = new Uint8Array([0xc0, 0xde, 0xca, 0xfe, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
    for (const name of PLANTED) {
      const path = temp.at("temporary", name);
      if (kind === "pipe") {
        await run("mkfifo", [path]);
      } else await Deno.writeFile(path, bytes);
    }
    await Deno.writeTextFile(temp.at("config.yaml"), configFor(hub.url, [hub.name]));
    const env = { TMPDIR: temp.at("temporary") };
    await using running = startBinary(["sync"], { cwd: temp.path, env });
    // A run that hangs has to end, so that the test can say so.
    const timer = setTimeout(() => running.kill("SIGKILL"), 60_000);
    const { code, stderr } = await running.ended;
    clearTimeout(timer);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const name of PLANTED) {
      const info = await Deno.stat(temp.at("temporary", name));
      if (kind !== "pipe") assert.deepEqual(await Deno.readFile(temp.at("temporary", name)), bytes);
      else assert(info.isFifo);
    }
  });
}
