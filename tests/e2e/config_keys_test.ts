/**
 * Every key of the configuration, by its effect on the binary; the last test sees that none is missing.
 *
 * It is longer than 250 lines because there are that many keys.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { configKeys } from "../../src/config/known_keys.ts";
import { contentOf } from "../../src/demo/csv_rows.ts";
import { type Ended, run, succeeds } from "../support/command.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { pause, until } from "../support/until.ts";
import { buildZip, type ZipInput } from "../support/zip_builder.ts";
import { binaryPath, configFor, type Workplace, workplace } from "../support/binary.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { HeldMirror } from "../support/held_mirror.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { KEYS, startChatServices } from "../support/chat_services.ts";
import { receiveMail } from "../support/smtp_receiver.ts";
import { assertSameTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const covered = new Set<string>();

/** A test of the effect of some keys. */
function keyTest(
  keys: string | readonly string[],
  effect: string,
  body: () => Promise<void>,
  missing?: string,
): void {
  const names = [keys].flat();
  for (const name of names) covered.add(name);
  const name = `${names.join(", ")} ${effect}`;
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    fn: body,
  });
}

/** A hub and a place; the lines are the configuration's. */
async function withHub(
  lines: NonNullable<Parameters<typeof configFor>[2]>,
  body: (place: Workplace, hub: TestHub) => Promise<void>,
  options: Parameters<typeof startHub>[0] = {},
): Promise<void> {
  await using hub = startHub(options);
  await using place = await workplace(configFor(hub.url, [NAME], lines));
  await body(place, hub);
}

/** A hub with one package of these files, under the usual name. */
function hubOf(files: ZipInput[], zip: Parameters<typeof buildZip>[1] = {}): FaultyHub {
  const version = "2026-11-20T20:15:00";
  return new FaultyHub({
    kind: "modern",
    datasets: { [NAME]: { version, package: buildZip(files, zip) } },
  });
}

async function synced(url: string, dataset: string[]): Promise<string[]> {
  await using place = await workplace(configFor(url, [NAME], { dataset }));
  assertDone(await place.run());
  return [...(await place.tree(NAME)).keys()];
}

function assertDone(ended: Ended): void {
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

const csv = (text: string): Uint8Array => new TextEncoder().encode(text);
const files = (...paths: string[]): ZipInput[] =>
  paths.map((path) => ({ path, content: csv(`${path}\n`) }));

keyTest(
  "hub.url",
  "may be a list: the next address is asked where one doesn't answer",
  () =>
    withHub({}, async (place, hub) => {
      const down = `[http://127.0.0.1:1, ${hub.url}]`;
      await place.configure(configFor(down, [NAME], { hub: ["retries: 0"] }));
      assertDone(await place.run());
      assertSameTree(await place.tree(NAME), hub.tree());
    }),
);

keyTest(
  "hub.timeout",
  "ends a download without a byte for so long",
  () =>
    withHub({ hub: ["timeout: 0.5", "retries: 0"] }, async (place, hub) => {
      hub.hub.faults.add({ name: "stall", after: 10_000, times: Infinity });
      const ended = await place.run();
      assert.equal(ended.code, 3);
      assert.match(ended.stderr, /0\.5 s/);
    }),
);

keyTest("hub.timezone", "is the zone of times that name none, as the package's stamp", async () => {
  const built = new Date("2026-01-05T02:00:00Z"); // 10:00 in the file name
  for (const [zone, behind] of [["Asia/Shanghai", true], ["America/New_York", false]] as const) {
    await withHub({ hub: [`timezone: ${zone}`] }, async (place, hub) => {
      const version = "2026-01-05T12:00:00Z";
      hub.hub.setDataset(NAME, { ...hub.hub.datasets.get(NAME)!, version, built });
      assertDone(await place.run());
      assert.equal((await place.state())[NAME] !== version, behind, zone);
    });
  }
});

keyTest(
  "hub.token",
  "logs in, also from the environment",
  () =>
    withHub({ hub: ["retries: 0"] }, async (place, hub) => {
      hub.hub.faults.add({ name: "require_auth", path: "/", token: "abc-123" });
      assert.equal((await place.run()).code, 3);
      await place.configure(configFor(hub.url, [NAME], { hub: ["token: abc-123"] }));
      assertDone(await place.run());
    }),
);

keyTest(
  "hub.headers",
  "go with every request to the hub",
  () =>
    withHub({ hub: ["headers: { X-Client: machine-7 }"] }, async (place, hub) => {
      assertDone(await place.run());
      assert(hub.hub.requests.length > 1);
      for (const { headers } of hub.hub.requests) {
        assert.equal(headers.get("x-client"), "machine-7");
      }
    }),
);

keyTest("hub.ca_file", "adds an authority", async () => {
  const { ca, right } = await makeCertificates();
  await withHub({ hub: ["retries: 0"] }, async (place, hub) => {
    assert.equal((await place.run()).code, 3);
    await Deno.writeTextFile(place.at("ca.pem"), ca);
    await place.configure(configFor(hub.url, [NAME], { hub: ["ca_file: ./ca.pem"] }));
    assertDone(await place.run());
  }, { tls: right, kind: "modern" });
}, hasOpenssl() ? undefined : "openssl");

keyTest("hub.connections", "says how many connections are open at once", async () => {
  const content = noise(12 << 20);
  for (const connections of [1, 3]) {
    await using hub = hubOf([{ path: "a.csv", content, level: 1 }]);
    const asked = () => hub.requests.filter(({ path }) => path.startsWith("/package/")).length;
    const lines = { hub: [`connections: ${connections}`] };
    await using place = await workplace(configFor(hub.url, [NAME], lines));
    await using running = place.start();
    await until(() => asked() === 1);
    // So slow that none of the answers is over before all have been asked for.
    hub.pace.bytesPerSecond = 200_000;
    await until(() => asked() > connections);
    await pause(500);
    assert.equal(asked(), 1 + connections, "the directory, and one at each connection");
    hub.pace.bytesPerSecond = 0;
    assertDone(await running.ended);
  }
});

keyTest("hub.retries", "says how often a request is tried again", async () => {
  for (const [retries, code] of [[0, 3], [1, 0]] as const) {
    await withHub({ hub: [`retries: ${retries}`] }, async (place, hub) => {
      hub.hub.faults.add({ name: "status_500", path: "/api/" });
      assert.equal((await place.run()).code, code);
    });
  }
});

keyTest(
  "hub.allow_other_origin",
  "lets packages come from another host",
  () =>
    withHub({ hub: ["retries: 0"] }, async (place, hub) => {
      await using other = startHub({ name: "elsewhere" });
      const entry = { package_url: `${other.url}/package/elsewhere.zip` };
      hub.hub.setDataset(NAME, { ...hub.hub.datasets.get(NAME)!, entry, fileName: "x.zip" });
      other.hub.setDataset("elsewhere", {
        ...other.hub.datasets.get("elsewhere")!,
        fileName: "x.zip",
      });
      const refused = await place.run();
      assert.equal(refused.code, 3);
      assert.match(refused.stderr, /allow_other_origin/);
      await place.configure(configFor(hub.url, [NAME], { hub: ["allow_other_origin: true"] }));
      assertDone(await place.run());
      assertSameTree(await place.tree(NAME), other.tree());
    }),
);

keyTest("hub.least_speed", "ends a download that drips", () =>
  withHub({}, async (place, hub) => {
    hub.hub.faults.add({ name: "trickle", path: "/package/", ms: 100, times: Infinity });
    const config = (speed: string) =>
      configFor(hub.url, [NAME], { hub: ["retries: 0", "timeout: 1", `least_speed: ${speed}`] });
    await place.configure(config("1MB/s"));
    const { code, stderr } = await place.run();
    assert.equal(code, 3);
    assert.match(stderr, /only \d+ bytes came in 10 s/);
    hub.hub.faults.clear();
    await place.configure(config("1B/s"));
    assertDone(await place.run());
  }));

keyTest(
  ["datasets[].max_size", "datasets[].max_files"],
  "refuse a package that is larger",
  () =>
    withHub({}, async (place, hub) => {
      for (
        const [limit, taken] of [["max_files: 3", false], ["max_size: 1KB", false], [
          "max_files: 5000",
          true,
        ]] as const
      ) {
        await place.configure(configFor(hub.url, [NAME], { dataset: [limit] }));
        const ended = await place.run();
        if (taken) assertDone(ended);
        else {assert.match(
            ended.stderr,
            /are taken\nhint: if that is meant, set max_files and max_size/,
          );}
      }
    }),
);

keyTest(
  "datasets[].changes",
  "lists what changes until it was read",
  () =>
    withHub({ dataset: ["changes: true"] }, async (place) => {
      assertDone(await place.run());
      const { stdout } = await place.run("changes");
      const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(lines.map(({ path }) => path).sort(), [...(await place.tree(NAME)).keys()]);
      assertDone(await place.run("changes", "--done", "1"));
      assertDone(await place.run("changes"));
    }),
);

keyTest(
  "datasets[].keep_age",
  "keeps versions that keep_versions would drop",
  () =>
    withHub(
      { dataset: ["publish: snapshot", "keep_versions: 1", "keep_age: 1d"] },
      async (place, hub) => {
        assertDone(await place.run());
        hub.nextDay();
        assertDone(await place.run());
        const { versions } = JSON.parse((await place.run("versions", NAME, "--json")).stdout);
        assert.equal(versions.length, 2);
      },
    ),
);

keyTest("sync.disk_reserve", "keeps room free", () =>
  withHub({}, async (place, hub) => {
    for (const [reserve, fits] of [["4000TB", false], ["0", true]] as const) {
      const more = ["sync:", `  disk_reserve: ${reserve}`];
      await place.configure(configFor(hub.url, [NAME], { more }));
      const ended = await place.run();
      if (fits) assertDone(ended);
      else assert.match(ended.stderr, /room|doesn't fit/);
    }
  }));

keyTest("sync.longest_run", "ends a sync that takes longer, and keeps what came", async () => {
  await using hub = startHub({ bytesPerSecond: 20_000 });
  const more = ["sync:", "  longest_run: 0.0006h"]; // two seconds
  await using place = await workplace(configFor(hub.url, [NAME], { more }));
  const { code, stderr } = await place.run();
  assert.equal(code, 3);
  assert.match(stderr, /not done within 2\.2 s\nhint: .*sync\.longest_run/);
});

keyTest("hub.allow_hosts", "admits an internal host", () =>
  withHub({}, async (place, hub) => {
    const host = "10.255.255.1"; // nobody's
    const entry = { package_url: `http://${host}:9/x.zip` };
    hub.hub.setDataset(NAME, { ...hub.hub.datasets.get(NAME)!, entry });
    const common = ["retries: 0", "timeout: 0.5", "allow_other_origin: true"];
    for (const allowed of [false, true]) {
      const more = allowed ? [`allow_hosts: [${host}]`] : [];
      await place.configure(configFor(hub.url, [NAME], { hub: [...common, ...more] }));
      const { code, stderr } = await place.run();
      assert.equal(code, 3); // whatever answers there, or doesn't
      assert.equal(/its address is private/.test(stderr), !allowed, stderr);
    }
  }));

keyTest("hub.digest", "says when a package is fetched whole for its digest", async () => {
  const large = noise(600_000);
  await using hub = new FaultyHub({ kind: "modern" });
  let length = 0;
  const offer = (day: number): void => {
    const small = csv(`day ${day}\n`);
    const bytes = buildZip([{ path: "a.csv", content: large }, { path: "b.csv", content: small }]);
    length = bytes.length;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const version = `2026-11-0${day}T20:15:00`;
    hub.setDataset(NAME, { version, package: bytes, entry: { sha256 } });
    hub.reset();
  };
  offer(1);
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertDone(await place.run());
  for (const [at, mode] of ["auto", "always", "when_whole"].entries()) {
    await place.configure(configFor(hub.url, [NAME], { hub: [`digest: ${mode}`] }));
    offer(2 + at);
    assertDone(await place.run());
    assert.equal(hub.bytesSent("/package/") >= length, mode === "always", mode);
  }
});

keyTest(["hub.public_key", "datasets[].public_key"], "say who has to have signed", async () => {
  await using hub = await HeldMirror.make();
  const { publicKey } = await hub.makeKey("key");
  await hub.publish(new Map([["a.csv", csv("one\n")]]));
  await hub.resign(Date.now() - hub.now);
  await using stranger = await HeldMirror.make();
  const other = await stranger.makeKey("other");
  await using place = await workplace(configFor(hub.url, [NAME]));
  for (const { publicKey: wrong } of [other]) {
    await place.configure(configFor(hub.url, [NAME], { hub: [`public_key: ${wrong}`] }));
    const { code, stderr } = await place.run();
    assert.equal(code, 3);
    assert.match(stderr, /signed by another key/);
  }
  await place.configure(configFor(hub.url, [NAME], { hub: [`public_key: [${publicKey}]`] }));
  assertDone(await place.run());
  const own = { hub: [`public_key: ${publicKey}`], dataset: [`public_key: ${other.publicKey}`] };
  await place.configure(configFor(hub.url, [NAME], own));
  const { code, stderr } = await place.run();
  assert.equal(code, 3);
  assert.match(stderr, /isn't signed by the key for/);
});

keyTest(["datasets[].name", "datasets[].local_dir"], "say what goes where", async () => {
  await using hub = startHub();
  hub.hub.setDataset("other", hub.hub.datasets.get(NAME)!);
  await using place = await workplace("");
  const config = ["hub:", `  url: ${hub.url}`, "datasets:"];
  config.push(`  - name: ${NAME}`, `    local_dir: ${place.at("some where/数据")}`, "");
  await place.configure(config.join("\n"));
  assertDone(await place.run());
  const asked = hub.hub.requests.map(({ path }) => path).filter((path) => path.includes("other"));
  assert.deepEqual(asked, []);
  const [first] = hub.dataset.files;
  const there = await Deno.readFile(place.at("some where/数据", first!.path));
  assert.deepEqual(there, new Uint8Array(contentOf(first!)));
});

keyTest("datasets[].strip_prefix", "takes a leading folder off", async () => {
  await using hub = hubOf(files("a.csv", "b/c.csv"), { wrapper: "outer" });
  assert.deepEqual(await synced(hub.url, []), ["outer/a.csv", "outer/b/c.csv"]);
  assert.deepEqual(await synced(hub.url, ["strip_prefix: outer"]), ["a.csv", "b/c.csv"]);
  assert.deepEqual(await synced(hub.url, ["strip_prefix: auto"]), ["a.csv", "b/c.csv"]);
});

keyTest(
  "datasets[].delete_removed",
  "removes what upstream removed, but nothing of ours",
  () =>
    withHub({ dataset: ["delete_removed: true"] }, async (place, hub) => {
      assertDone(await place.run());
      await Deno.writeTextFile(place.at("data", NAME, "my-notes.txt"), "mine");
      hub.nextDay({ removed: 3 });
      assertDone(await place.run());
      const tree = await place.tree(NAME);
      assert(tree.delete("my-notes.txt"));
      assertSameTree(tree, hub.tree());
    }),
);

keyTest(["datasets[].include", "datasets[].exclude"], "choose files", async () => {
  await using hub = hubOf(files("sh1.csv", "sh2.csv", "sz1.csv", "deep/sh3.csv"));
  const only = ['include: ["**/sh*.csv", "sh*.csv"]'];
  assert.deepEqual(await synced(hub.url, only), ["deep/sh3.csv", "sh1.csv", "sh2.csv"]);
  assert.deepEqual(await synced(hub.url, [...only, "exclude: [sh2.csv, deep/**]"]), ["sh1.csv"]);
});

keyTest("datasets[].filename_encoding", "overrules how names are read", async () => {
  const raw = new TextEncoder().encode("中文.csv");
  await using hub = hubOf([{ path: raw, content: csv("x") }]);
  assert.deepEqual(await synced(hub.url, []), ["中文.csv"]);
  const other = new TextDecoder("gb18030", { fatal: true }).decode(raw);
  assert.deepEqual(await synced(hub.url, ["filename_encoding: gb18030"]), [other]);
});

keyTest(
  ["datasets[].publish", "datasets[].keep_versions"],
  "make local_dir a link to the newest of so many versions",
  () =>
    withHub({ dataset: ["publish: snapshot", "keep_versions: 3"] }, async (place, hub) => {
      for (let day = 0; day < 5; day++) {
        if (day > 0) hub.nextDay();
        assertDone(await place.run());
        assertSameTree(await place.tree(NAME), hub.tree());
      }
      const link = await Deno.readLink(place.at("data", NAME));
      assert((await Deno.lstat(place.at("data", NAME))).isSymlink);
      const versions = [...Deno.readDirSync(place.at("data", link, ".."))];
      assert.equal(versions.length, 3, versions.map(({ name }) => name).join());
    }),
);

keyTest("sync.workers", "says how many workers there are", async () => {
  const content = noise(8 << 20);
  for (const workers of [1, 6]) {
    await using hub = hubOf([{ path: "a.csv", content, level: 1 }]);
    hub.pace.bytesPerSecond = 2_000_000;
    const more = ["sync:", `  workers: ${workers}`];
    await using place = await workplace(configFor(hub.url, [NAME], { more }));
    await using running = place.start();
    await until(() => hub.bytesSent("/package/") > 1 << 20);
    // And then hardly on, so that there is time to look.
    hub.pace.bytesPerSecond = 1;
    // One works on the main thread.
    await until(() => workerThreads(running.pid) === workers - 1);
    await pause(500);
    assert.equal(workerThreads(running.pid), workers - 1);
    hub.pace.bytesPerSecond = 0;
    assertDone(await running.ended);
  }
});

/** The runtime has other threads, which come and go; a worker's is called so. */
function workerThreads(pid: number): number {
  const names = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/task/${name}/comm`);
    } catch {
      return ""; // gone
    }
  });
  return names.filter((name) => name.startsWith("worker-")).length;
}

keyTest("sync.bandwidth_limit", "holds all connections back", async () => {
  await using hub = hubOf([{ path: "a.csv", content: noise(2 << 20), level: 1 }]);
  const more = ["sync:", "  bandwidth_limit: 1MB/s"];
  await using place = await workplace(configFor(hub.url, [NAME], { more }));
  const { results } = JSON.parse((await place.run("--json")).stdout);
  assert.equal(results[0].status, "success");
  // Two seconds' worth; a first second's may come at once.
  assert(results[0].duration_ms > 900, `${results[0].duration_ms} ms`);
});

keyTest(
  ["from", "to", "limit"].map((key) => `sync.bandwidth_hours[].${key}`),
  "hold all connections back at their hours",
  async () => {
    await using hub = hubOf([{ path: "a.csv", content: noise(2 << 20), level: 1 }]);
    const took = async (hours: string): Promise<number> => {
      const more = ["sync:", "  bandwidth_limit: 1MB/s", `  bandwidth_hours: [${hours}]`];
      await using place = await workplace(configFor(hub.url, [NAME], { more }));
      const { results } = JSON.parse((await place.run("--json")).stdout);
      assert.equal(results[0].status, "success");
      return results[0].duration_ms;
    };
    // From midnight to midnight is the whole day.
    const slow = await took("{ from: '00:00', to: '00:00', limit: 500KB/s }");
    assert(slow > 1900, `${slow} ms`);
    const hour = (new Date().getHours() + 12) % 24;
    const other = await took(`{ from: ${hour}, to: ${(hour + 1) % 24}, limit: 100KB/s }`);
    assert(other > 900 && other < 15_000, `${other} ms`);
  },
);

keyTest("sync.datasets", "syncs what different hubs have at once", async () => {
  await using one = startHub({ name: "one" });
  await using two = startHub({ name: "two" });
  // Neither answers before the other was asked: one after the other it would never end.
  const line = (hub: TestHub): string =>
    `  - { name: ${hub.name}, url: "${hub.url}/package/${hub.name}.zip", local_dir: ./data/${hub.name} }`;
  const config = ["datasets:", line(one), line(two), "sync:", "  datasets: 2", ""].join("\n");
  await using place = await workplace(config);
  for (const hub of [one, two]) hub.hub.pace.bytesPerSecond = 1;
  await using running = place.start("--json");
  await until(() => one.hub.requests.length > 0 && two.hub.requests.length > 0);
  for (const hub of [one, two]) hub.hub.pace.bytesPerSecond = 0;
  const ended = await running.ended;
  assert.equal(ended.code, 0, ended.stderr);
  const { results } = JSON.parse(ended.stdout);
  assert.deepEqual(
    results.map(({ dataset, status }: Record<string, string>) => [dataset, status]),
    [["one", "success"], ["two", "success"]],
  );
  for (const hub of [one, two]) assertSameTree(await place.tree(hub.name), hub.tree());
});

keyTest("sync.durable", "false spares the flushes to the disk", async () => {
  const flushes: number[] = [];
  for (const durable of [true, false]) {
    await using hub = startHub();
    const more = ["sync:", `  durable: ${durable}`];
    await using place = await workplace(configFor(hub.url, [NAME], { more }));
    const trace = [
      "-f",
      "-qq",
      "-y",
      "-e",
      "trace=fsync,fdatasync,syncfs",
      "-o",
      place.at("trace"),
    ];
    const args = [...trace, binaryPath(), "--config", place.at("config.yaml")];
    await run("strace", args, { env: {}, clearEnv: true });
    const calls = await Deno.readTextFile(place.at("trace"));
    // The file that tries what the disk can do is flushed either way.
    flushes.push(calls.match(/sync\(\d+<(?!.*\/abilities\/file>)/g)?.length ?? 0);
  }
  // All staged files in one call where the file system offers it, else one call per file.
  assert(flushes[0]! >= 3, flushes.join());
  assert.equal(flushes[1], 0);
}, canTrace() ? undefined : "strace");

keyTest(["logging.level", "logging.file"], "say what is logged, and where", async () => {
  const logged = async (level: string): Promise<string[]> => {
    let lines: string[] = [];
    await withHub({ level }, async (place) => {
      assertDone(await place.run());
      lines = await place.log().catch(() => []);
    });
    return lines.map((line) => line.split(":")[0]!);
  };
  assert.deepEqual(await logged("ERROR"), []);
  assert.deepEqual(await logged("INFO"), ["INFO", "INFO"]);
  assert((await logged("DEBUG")).includes("DEBUG"));
});

keyTest(
  "logging.format",
  "json makes every line a document",
  () =>
    withHub({ more: ["  format: json"] }, async (place) => {
      assertDone(await place.run());
      const text = await Deno.readTextFile(place.at("logs/sync.log"));
      const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.equal(lines.length, 2);
      assert(JSON.stringify(lines[1]).includes(`Successfully synced dataset: ${NAME}`));
      assert.equal(lines[1].dataset ?? lines[1].fields?.dataset, NAME);
    }),
);

keyTest(
  ["logging.max_size", "logging.keep"],
  "rotate the log",
  () =>
    withHub({ level: "DEBUG", more: ["  max_size: 1KB", "  keep: 2"] }, async (place) => {
      for (let run = 0; run < 8; run++) {
        assertDone(await place.run("--force"));
      }
      const found = [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name).sort();
      assert.deepEqual(found, ["sync.log", "sync.log.1", "sync.log.2"]);
      for (const name of found) assert((await Deno.stat(place.at("logs", name))).size <= 1024);
    }),
);

keyTest(
  [
    "datasets[].max_age",
    "datasets[].max_age.hours",
    "datasets[].max_age.weekdays",
    "datasets[].max_age.hour",
    "datasets[].max_age.calendar",
  ],
  "say when data is stale",
  async () => {
    await using place = await workplace("");
    // A Friday, 18:00 in the hub's zone.
    const state = JSON.stringify({ [NAME]: "2026-11-20T18:00:00" });
    await Deno.writeTextFile(place.at(".last_sync.json"), state);
    const due = async (dataset: string[]): Promise<unknown> => {
      await place.configure(configFor("http://127.0.0.1:1", [NAME], { dataset }));
      const ended = await place.run("status", "--offline", "--json");
      assert.equal(ended.code, 0, ended.stderr);
      return JSON.parse(ended.stdout).datasets[0].due;
    };
    assert.equal(await due([]), null);
    assert.equal(await due(["max_age: 24h"]), "2026-11-21T10:00:00.000Z");
    assert.equal(await due(["max_age: { hours: 30 }"]), "2026-11-21T16:00:00.000Z");
    const weekdays = await due(["max_age: { hours: 24, weekdays: mon-fri }"]);
    assert.equal(weekdays, "2026-11-23T10:00:00.000Z", "Monday, 18:00");
    const hour = await due(['max_age: { hours: 1, hour: "17:30" }']);
    assert.equal(hour, "2026-11-21T09:30:00.000Z");
    await Deno.writeTextFile(place.at("off.txt"), "days off\n2026-11-23\n2026-11-24\n");
    const holidays = await due(["max_age: { hours: 24, calendar: off.txt }"]);
    assert.equal(holidays, "2026-11-25T10:00:00.000Z", "Wednesday, 18:00");
  },
);

keyTest(
  [
    "datasets[].expect",
    "datasets[].expect.min_files",
    "datasets[].expect.max_removed",
    "datasets[].expect.max_shrink",
    "datasets[].expect.newest_row",
    "datasets[].expect.newest_row.column",
    "datasets[].expect.newest_row.within",
    "datasets[].expect.newest_row.encoding",
  ],
  "reject what isn't as expected, until it is accepted",
  async () => {
    const today = new Date().toISOString().slice(0, 10);
    const row = (name: string, date: string): ZipInput => ({
      path: name,
      content: encodeGbk(`交易日期,收盘价\n${date},1\n`),
    });
    const good = Array.from({ length: 20 }, (_, n) => row(`${n}.csv`, today));
    const cases: [expect: string, bad: ZipInput[], said: RegExp][] = [
      ["min_files: 20", good.slice(1), /it has 19 files/],
      ["max_removed: 5%", good.slice(2), /it lacks 2 of 20 files/],
      ["max_shrink: 20%", good.slice(10), /it is 50 % smaller/],
      [
        "newest_row: { column: 交易日期, within: 3d, encoding: gbk }",
        good.map((_, n) => row(`${n}.csv`, "2026-01-05")),
        /its newest row is of 2026-01-05/,
      ],
    ];
    for (const [expect, bad, said] of cases) {
      await using hub = hubOf(good);
      const config = configFor(hub.url, [NAME], { dataset: [`expect: { ${expect} }`] });
      await using place = await workplace(config);
      assertDone(await place.run());
      hub.setDataset(NAME, { version: "2026-11-21T20:15:00", package: buildZip(bad) });
      const rejected = await place.run();
      assert.equal(rejected.code, 3);
      assert.match(rejected.stderr, said);
      const before = (await place.tree(NAME)).get("19.csv");
      assert.deepEqual(before, good[19]!.content);
      // The remedy, as it is printed.
      const words = / sync (--accept .*)$/m.exec(rejected.stderr)![1]!.split(" ");
      assertDone(await place.run("sync", ...words));
      assert.deepEqual((await place.tree(NAME)).get("19.csv"), bad.at(-1)!.content);
    }
  },
);

keyTest(
  "metrics.textfile",
  "is written after a run",
  () =>
    withHub({ more: ["metrics:", "  textfile: ./metrics/sync.prom"] }, async (place) => {
      assertDone(await place.run());
      const text = await Deno.readTextFile(place.at("metrics/sync.prom"));
      assert.match(text, new RegExp(`^datahubsync_\\w+\\{[^}]*dataset="${NAME}"[^}]*\\} \\d`, "m"));
    }),
);

/** A place that is told; `answer` may never come. */
function receiver(
  answer: () => Response | Promise<Response> = () => Response.json({ errcode: 0 }),
): AsyncDisposable & { url: string; received: { url: URL; text: string }[] } {
  const received: { url: URL; text: string }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received.push({ url: new URL(request.url), text: await request.text() });
    return await answer();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/hook`,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const notify = (...lines: string[]): { more: string[] } => ({
  more: ["notify:", ...lines.map((line) => `  ${line}`)],
});

keyTest(
  ["notify.on", "notify.targets[].type", "notify.targets[].url", "notify.targets[].secret"],
  "configure notifications",
  async () => {
    await using there = receiver();
    const plain = `targets: [{ type: webhook, url: "${there.url}" }]`;
    await withHub(notify(plain), async (place, hub) => {
      assertDone(await place.run());
      assert.equal(there.received.length, 0, "nobody asked to be told of a success");
      await place.configure(configFor(hub.url, [NAME], notify("on: [success]", plain)));
      hub.nextDay();
      assertDone(await place.run());
      assert.equal(there.received.length, 1);
      assert.equal(JSON.parse(there.received[0]!.text).events[0].event, "success");
      const signed = `targets: [{ type: dingtalk, url: "${there.url}?access_token=a", secret: k }]`;
      await place.configure(configFor(hub.url, [NAME], notify("on: [success]", signed)));
      hub.nextDay();
      assertDone(await place.run());
      const { searchParams } = there.received[1]!.url;
      assert(searchParams.has("sign") && searchParams.has("timestamp"));
      assert.equal(JSON.parse(there.received[1]!.text).msgtype, "text");
    });
  },
);

keyTest(["language", "notify.language"], "choose what people read it in", async () => {
  await using there = receiver();
  const chinese = /[\u4e00-\u9fff]/;
  const target = `targets: [{ type: webhook, url: "${there.url}" }]`;
  for (const [spoken, told] of [["zh", "en"], ["en", "zh"]] as const) {
    const { more } = notify("on: [success]", `language: ${told}`, target);
    await withHub({ more: [...more, `language: ${spoken}`] }, async (place) => {
      assertDone(await place.run());
      const { stdout } = await place.run("status", "--offline");
      assert.equal(chinese.test(stdout), spoken === "zh", stdout);
      const { title } = JSON.parse(there.received.at(-1)!.text);
      assert.equal(chinese.test(title), told === "zh", title);
    });
  }
});

keyTest("notify.timeout", "bounds what a target that never answers may take", async () => {
  let answer = (_: Response): void => {};
  const never = new Promise<Response>((resolve) => answer = resolve);
  await using there = receiver(() => never);
  const lines = [
    "on: [success]",
    "timeout: 3",
    `targets: [{ type: slack, url: "${there.url}" }]`,
  ];
  await withHub(notify(...lines), async (place) => {
    assertDone(await place.run());
    assert.equal(there.received.length, 1);
    assert.match((await place.log()).at(-1)!, /^WARN: .*slack.* no answer within 3 s/i);
  });
  answer(new Response("late"));
});

keyTest(
  ["host", "port", "security", "username", "password", "from", "to"]
    .map((key) => `notify.targets[].${key}`),
  "send mail",
  async () => {
    await using server = receiveMail();
    const words = `type: email, host: 127.0.0.1, port: ${server.port}, security: none`;
    const login = "username: bob, password: hush-hush";
    const target =
      `{ ${words}, ${login}, from: sync@example.com, to: [a@example.com, b@example.com] }`;
    await withHub(
      notify("on: [success]", "timeout: 120", `targets: [${target}]`),
      async (place) => {
        assertDone(await place.run());
        assert.equal(server.received.length, 1);
        const { from, to, auth, text } = server.received[0]!;
        assert.deepEqual([from, to], ["sync@example.com", ["a@example.com", "b@example.com"]]);
        assert.equal(auth, "\0bob\0hush-hush");
        assert(text.includes(NAME));
        // With TLS asked for, a server without it gets nothing.
        const tls = target.replace("security: none", "security: tls");
        await place.configure(
          configFor("http://127.0.0.1:1", [NAME], {
            hub: ["retries: 0"],
            ...notify("timeout: 2", `targets: [${tls}]`),
          }),
        );
        assert.equal((await place.run()).code, 3);
        assert.equal(server.received.length, 1);
      },
    );
  },
);

keyTest(
  ["token", "chat_id", "topic", "method", "headers", "body"]
    .map((key) => `notify.targets[].${key}`),
  "configure services and templates",
  async () => {
    await using services = startChatServices();
    const targets = [
      `{ type: telegram, url: "${
        services.at("telegram")
      }", token: "${KEYS.telegram}", chat_id: ${KEYS.chat} }`,
      `{ type: ntfy, url: "${services.at("ntfy")}", topic: ${KEYS.topic}, token: ${KEYS.ntfy} }`,
      `{ type: template, method: POST, url: "${
        services.at("bark")
      }/push", headers: { X-Key: k }, ` +
      `body: '{"device_key": "${KEYS.bark}", "title": "\${title}", "body": "\${text}", "group": "g"}' }`,
    ];
    const lines = notify("on: [success]", "timeout: 120", `targets: [${targets.join(", ")}]`);
    await withHub(lines, async (place) => {
      assertDone(await place.run());
      assert.deepEqual((await place.log()).filter((line) => line.startsWith("WARN: can't")), []);
      const delivered = services.delivered.map(({ service }) => service).sort();
      assert.deepEqual(delivered, ["bark", "ntfy", "telegram"]);
      const bark = services.delivered.find(({ service }) => service === "bark")!;
      assert.equal(bark.headers.get("x-key"), "k");
      assert.match(bark.body.body, new RegExp(NAME));
    });
  },
);

keyTest(
  [
    "hub.token_file",
    "datasets[].token_file",
    "notify.targets[].url_file",
    "notify.targets[].secret_file",
    "notify.targets[].token_file",
    "notify.targets[].password_file",
    "ping.url",
    "ping.url_file",
    "ping.timeout",
  ],
  "take a secret from a file, and ping a monitor",
  async () => {
    await using there = receiver();
    await using mail = receiveMail();
    const hook = `{ type: dingtalk, url_file: hook, secret_file: key }`;
    const bark = `{ type: bark, url: "${new URL(there.url).origin}", token_file: key }`;
    const login = "username: bob, password_file: key, from: a@example.com, to: b@example.com";
    const email = `{ type: email, host: 127.0.0.1, port: ${mail.port}, security: none, ${login} }`;
    await using hub = startHub();
    hub.hub.faults.add({
      name: "require_auth",
      path: "/",
      token: "k3y-of-the-hub",
      times: Infinity,
    });
    const config = configFor(hub.url, [NAME], {
      hub: ["token_file: hub-key"],
      more: [
        ...notify("on: [success]", "timeout: 120", `targets: [${hook}, ${bark}, ${email}]`).more,
        "ping: { url_file: monitor, timeout: 60 }",
      ],
    });
    await using place = await workplace(config);
    const files = {
      "hub-key": "k3y-of-the-hub",
      hook: there.url,
      key: "s3cret",
      monitor: `${there.url}/p`,
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(place.at(name), `${text}\n`);
    }
    assertDone(await place.run());
    const paths = there.received.map(({ url }) => url.pathname).sort();
    assert.deepEqual(paths, ["/hook", "/hook/p", "/hook/p/start", "/push"]);
    const sent = there.received.find(({ url }) => url.pathname === "/push")!;
    assert.equal(JSON.parse(sent.text).device_key, "s3cret");
    assert.ok(there.received.some(({ url }) => url.searchParams.has("sign")));
    assert.equal(mail.received[0]!.auth, "\0bob\0s3cret");
    // A package with an address of its own, behind a token; and a monitor in the config itself.
    const origin = `${hub.url}/package/${NAME}.zip`;
    await place.configure(
      configFor(hub.url, [NAME], {
        hub: ["token_file: hub-key"],
        dataset: [`url: ${origin}`, "token_file: hub-key"],
        more: [`ping: { url: "${there.url}/q", timeout: 1 }`],
      }),
    );
    assertDone(await place.run("--force"));
    assert.ok(there.received.some(({ url }) => url.pathname === "/hook/q"));
  },
);

keyTest(
  ["mirror.dir", "mirror.keep_hours"],
  "keep a tree that others sync from, and a replaced package as long as told",
  async () => {
    for (const hours of [0, 24]) {
      await withHub(
        { more: ["mirror:", "  dir: ./mirror", `  keep_hours: ${hours}`] },
        async (place, hub) => {
          assertDone(await place.run());
          const [first] = await packagesIn(place);
          hub.nextDay();
          assertDone(await place.run());
          const packages = await packagesIn(place);
          assert.equal(packages.includes(first!), hours > 0, "the replaced package");
          assert.equal(packages.length, hours > 0 ? 2 : 1);
          const catalog = JSON.parse(await Deno.readTextFile(place.at("mirror/api/datasets")));
          assert.equal(catalog.datasets[0].name, NAME);
          const newest = await Deno.readFile(place.at(`mirror/package/${NAME}.zip`));
          assert.deepEqual(newest, hub.package);
        },
      );
    }
  },
);

keyTest(
  ["trusted_folders"],
  "lets root work where another user could write, and counts in root's file only",
  async () => {
    await withHub({ dataset: ["publish: files"] }, async (place) => {
      const isRoot = Deno.uid() === 0;
      await Deno.mkdir(place.at("data"));
      if (isRoot) await Deno.chown(place.at("data"), 4343, 4343);
      else await Deno.chmod(place.at("data"), 0o777);
      const before = await place.run();
      assert.equal(before.code, isRoot ? 3 : 0, before.stderr);
      const config = place.at("config.yaml");
      const trust = `trusted_folders: [${place.at("data")}]\n`;
      await Deno.writeTextFile(config, trust, { append: true });
      assertDone(await place.run());
      const said = (await place.log()).join("\n").includes("trusted_folders counts only in");
      assert.equal(said, !isRoot);
    });
  },
);

async function packagesIn(place: Workplace): Promise<string[]> {
  const folder = place.at(`mirror/package/${NAME}`);
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

/** A configuration without a hub: the dataset's own address, and further lines of it. */
function withoutHub(url: string, ...lines: string[]): string {
  const dataset = [`name: ${NAME}`, `url: ${url}/package/${NAME}.zip`, `local_dir: ./data/${NAME}`];
  return `datasets:\n  - ${[...dataset, ...lines].join("\n    ")}\n`;
}

keyTest("datasets[].url", "needs no hub", () =>
  withHub({}, async (place, hub) => {
    await place.configure(withoutHub(hub.url));
    assertDone(await place.run());
    assertSameTree(await place.tree(NAME), hub.tree());
    assert(hub.hub.requests.every(({ path }) => path.startsWith("/package/")));
  }));

keyTest(
  ["datasets[].token", "datasets[].headers"],
  "go with every request to the dataset's own address",
  () =>
    withHub({}, async (place, hub) => {
      hub.hub.faults.add({ name: "require_auth", path: "/", token: "abc-123" });
      await place.configure(withoutHub(hub.url));
      assert.equal((await place.run()).code, 3);
      hub.hub.reset();
      hub.hub.faults.add({ name: "require_auth", path: "/", token: "abc-123" });
      await place.configure(
        withoutHub(hub.url, "token: abc-123", "headers: { X-Client: machine-7 }"),
      );
      assertDone(await place.run());
      for (const { headers } of hub.hub.requests) {
        assert.equal(headers.get("x-client"), "machine-7");
      }
    }),
);

keyTest("datasets[].ca_file", "adds an authority for its address", async () => {
  const { ca, right } = await makeCertificates();
  await withHub({}, async (place, hub) => {
    await place.configure(withoutHub(hub.url));
    assert.equal((await place.run()).code, 3);
    await Deno.writeTextFile(place.at("ca.pem"), ca);
    await place.configure(withoutHub(hub.url, "ca_file: ./ca.pem"));
    assertDone(await place.run());
  }, { tls: right, kind: "modern" });
}, hasOpenssl() ? undefined : "openssl");

keyTest(
  "datasets[].timeout",
  "ends a download without a byte for so long",
  () =>
    withHub({}, async (place, hub) => {
      hub.hub.faults.add({ name: "stall", after: 0, times: Infinity });
      await place.configure(withoutHub(hub.url, "timeout: 0.5"));
      const ended = await place.run();
      assert.equal(ended.code, 3);
      assert.match(ended.stderr, /0\.5 s/);
    }),
);

keyTest("datasets[].connections", "says how many are open at once to its address", async () => {
  const content = noise(12 << 20);
  for (const connections of [1, 3]) {
    await using hub = hubOf([{ path: "a.csv", content, level: 1 }]);
    await using place = await workplace(withoutHub(hub.url, `connections: ${connections}`));
    await using running = place.start();
    await until(() => hub.requests.length >= 1);
    hub.pace.bytesPerSecond = 200_000;
    // The look at what the server says, the directory, and one at each connection.
    await until(() => hub.requests.length >= 2 + connections);
    await pause(500);
    assert.equal(hub.requests.length, 2 + connections);
    hub.pace.bytesPerSecond = 0;
    assertDone(await running.ended);
  }
});

Deno.test("every key of the configuration has a test of its effect", () => {
  const missing = configKeys().filter((key) => !covered.has(key));
  assert.deepEqual(missing, []);
  const known = new Set(configKeys());
  assert.deepEqual([...covered].filter((key) => !known.has(key)), []);
});

function canTrace(): boolean {
  return succeeds("strace", ["-f", "-qq", "-o", "/dev/null", "true"]);
}
