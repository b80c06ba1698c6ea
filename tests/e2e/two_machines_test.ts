/**
 * Two empty machines with a network between them: one packs and serves a folder, the other one follows
 * it by cron, while first the hub and then the client is away.
 */
import assert from "node:assert/strict";
import { run } from "../support/command.ts";
import { Link, namespacesWork } from "../support/link.ts";
import { end, makeRootFs, missingFor, type RootFs } from "../support/rootfs.ts";
import { assertSameTree, readTree, type Tree, writeTree } from "../support/tree.ts";
import { until } from "../support/until.ts";
import { configText, makeBundle, SCRIPT } from "./installer/bundle.ts";

const FOLDER = "/data/stock-trading-data-pro";
const LOG = "/opt/datahubsync/logs/sync.log";
const missing = missingFor("cron", "ip", "useradd", "runuser");
const ignore = missing !== undefined || !await namespacesWork();

/** A machine of its own: a root and an end of the link. */
class Machine {
  readonly root: RootFs;
  readonly #under: string[];

  constructor(root: RootFs, under: string[]) {
    this.root = root;
    this.#under = under;
  }

  spawn(...words: string[]): Deno.ChildProcess {
    const [program, ...args] = [...this.#under, ...this.root.command(words)];
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return new Deno.Command(program!, { args, ...quiet }).spawn();
  }

  async run(...words: string[]): Promise<string> {
    const [program, ...args] = [...this.#under, ...this.root.command(words)];
    return await run(program!, args);
  }
}

function day(number: number): Tree {
  return new Map(Array.from({ length: 60 }, (_, file) => {
    const rows = Array.from({ length: 300 + number }, (_, row) => `${file},${row * 7919 % 1000}\n`);
    return [`sh${600000 + file}.csv`, new TextEncoder().encode(rows.join(""))];
  }));
}

Deno.test({
  name: `a cron job follows a folder of another machine, also when either was away${
    missing === undefined ? "" : ` (needs ${missing})`
  }`,
  ignore,
  async fn() {
    await using link = await Link.make();
    await using hubRoot = await makeRootFs();
    await using clientRoot = await makeRootFs();
    const hub = new Machine(hubRoot, link.under("hub"));
    const client = new Machine(clientRoot, link.under("client"));
    for (const root of [hubRoot, clientRoot]) await makeBundle(root.at("/bundle"));
    await Deno.remove(clientRoot.at("/etc/cron.d"), { recursive: true }).catch(() => {});
    await Deno.remove(clientRoot.at("/etc/crontab")).catch(() => {});
    await Deno.writeTextFile(clientRoot.at("/etc/environment"), "");
    const url = "http://10.213.0.1:8000";
    await clientRoot.write("/opt/datahubsync/config.yaml", configText({ url }));
    await client.run("bash", SCRIPT, "--setup-crontab", "--schedule", "* * * * *");

    const publish = async (number: number) => {
      await writeTree(hubRoot.at(FOLDER), day(number));
      await hub.run("/bundle/datahubsync", "pack", FOLDER, "--output", "/srv/hub");
    };
    const serve = () => {
      const words = "/bundle/datahubsync serve /srv/hub --listen 10.213.0.1:8000 --verbose";
      return hub.spawn("sh", "-c", `exec ${words} >>/tmp/requests`);
    };
    const log = () => clientRoot.read(LOG).catch(() => "");
    const done = async (times: number) =>
      await until(async () =>
        [...(await log()).matchAll(/INFO: Successfully synced dataset/g)].length >= times
      );

    await publish(0);
    let cron = client.spawn("cron", "-f");
    let server: Deno.ChildProcess | undefined;
    try {
      // The hub is away when the job begins, and comes while it tries again.
      await until(async () => (await log()) !== "");
      server = serve();
      await done(1);
      assertSameTree(await readTree(clientRoot.at(FOLDER)), day(0));

      // The client is away for two days of the hub's, which meanwhile is started again.
      await end(cron, clientRoot);
      await link.set("down");
      await publish(1);
      server.kill("SIGKILL");
      await server.status;
      await publish(2);
      server = serve();
      await hubRoot.write("/tmp/requests", "");
      await link.set("up");
      cron = client.spawn("cron", "-f");
      await done(2);
      assertSameTree(await readTree(clientRoot.at(FOLDER)), day(2));
      const requests = await hubRoot.read("/tmp/requests");
      assert.equal(requests.match(/ GET \/patch\//g)?.length, 2, requests);
      assert(!requests.includes(" /package/"), requests);
    } finally {
      await end(cron, clientRoot);
      if (server !== undefined) await end(server, hubRoot);
    }
  },
});
