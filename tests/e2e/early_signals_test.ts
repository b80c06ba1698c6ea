/**
 * Signals that come before a command listens for them by itself. The moment is a call to the kernel, so
 * that no clock is asked.
 */
import assert from "node:assert/strict";
import { configFor, workplace } from "../support/binary.ts";
import { installed } from "../support/installed.ts";
import { signalledAt } from "../support/killed.ts";

/** A hub that takes connections and answers nothing, so that no command ends before its signal. */
function silentHub(): Disposable & { url: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accept = async (): Promise<void> => {
    for await (const connection of listener) connections.push(connection);
  };
  accept().catch(() => {});
  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) connection.close();
    },
  };
}

const PACK = "output: ./site\ndatasets:\n  - folder: ./folder\n    settle: 1h\n";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 143]] as const) {
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
