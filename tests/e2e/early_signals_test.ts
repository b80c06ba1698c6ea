/**
 * Signals that come before a command listens for them by itself. The moment is a call to the kernel, so
 * that no clock is asked.
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { configFor, startBinary, workplace } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { installed } from "../support/installed.ts";
import { signalledAt, signallingAt } from "../support/killed.ts";
import { hasTmux, onScreen } from "../support/screen.ts";

/** A hub that takes connections and answers nothing, so that no command ends before its signal. */
function silentHub(): Disposable & { url: string; asked: Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const asked = Promise.withResolvers<void>();
  const accept = async (): Promise<void> => {
    for await (const connection of listener) {
      connections.push(connection);
      asked.resolve();
    }
  };
  accept().catch(() => {});
  return {
    asked: asked.promise,
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) connection.close();
    },
  };
}

const PACK = "output: ./site\ndatasets:\n  - folder: ./folder\n    settle: 1h\n";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  for (const words of ["sync", "sync --json", "status", "list", "verify", "check", "pack"]) {
    Deno.test({
      name: `${words} that gets ${signal} while it opens its configuration ends with ${code}`,
      ignore: !installed("strace"),
      async fn() {
        using hub = silentHub();
        const yaml = words === "pack" ? PACK : configFor(hub.url, ["bars"]);
        await using place = await workplace(yaml);
        await Deno.mkdir(place.at("folder"));
        await Deno.writeTextFile(place.at("folder/a.csv"), "1\n");
        const config = place.at("config.yaml");
        const ended = await signalledAt(config, signal, [...words.split(" "), "-c", config]);
        assert.deepEqual([ended.signal, ended.code], [null, code], ended.stderr);
        if (words !== "pack") assert.match(ended.stderr, /^interrupted/m);
        if (words.includes("--json")) assert("results" in JSON.parse(ended.stdout));
      },
    });
  }
}

for (const words of ["sync", "status", "list", "verify", "check"]) {
  Deno.test(`${words} that is interrupted while it waits for the hub says so`, async () => {
    using hub = silentHub();
    await using place = await workplace(configFor(hub.url, ["bars"]));
    await using running = startBinary([words, "-c", place.at("config.yaml")]);
    await hub.asked;
    running.kill("SIGINT");
    const ended = await running.ended;
    assert.deepEqual([ended.signal, ended.code], [null, 130], ended.stderr);
    assert.match(ended.stderr, /interrupted/);
  });
}

Deno.test({
  name: "sync whose terminal hangs up while it opens its configuration ends with 143",
  ignore: !installed("strace") || !hasTmux(),
  async fn() {
    using hub = silentHub();
    await using place = await workplace(configFor(hub.url, ["bars"]));
    const config = place.at("config.yaml");
    await using screen = await onScreen(signallingAt(config, "SIGHUP", ["sync", "-c", config]));
    const { code, text } = await screen.ended();
    assert.equal(code, 143, text);
    assert.match(text, /^interrupted/m);
  },
});

Deno.test({
  name: "sync that nohup starts on a terminal goes on when it hangs up",
  ignore: !installed("strace", "nohup") || !hasTmux(),
  async fn() {
    await using hub = await LocalHub.start({ bars: { "a.csv": "1\n" } });
    await using place = await workplace(configFor(hub.url, ["bars"]));
    const config = place.at("config.yaml");
    const signalled = signallingAt(config, "SIGHUP", ["sync", "-c", config]);
    const shell = ["sh", "-c", 'cd "$0" && exec nohup "$@"', place.path, ...signalled];
    await using screen = await onScreen(shell);
    const { code, text } = await screen.ended();
    const said = await Deno.readTextFile(place.at("nohup.out"));
    assert.equal(code, 0, text + said);
    assert.deepEqual([...(await place.tree("bars")).keys()], ["a.csv"]);
  },
});

Deno.test({
  name: "sync that nohup starts without a terminal goes on, too",
  ignore: !installed("strace", "nohup"),
  async fn() {
    await using hub = await LocalHub.start({ bars: { "a.csv": "1\n" } });
    await using place = await workplace(configFor(hub.url, ["bars"]));
    const config = place.at("config.yaml");
    const { code, stderr } = await outcomeOf("nohup", [
      ...signallingAt(config, "SIGHUP", ["sync", "-c", config]),
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([...(await place.tree("bars")).keys()], ["a.csv"]);
  },
});
