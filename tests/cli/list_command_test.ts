/** `datahubsync list`: what the hub has. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { listCommand } from "../../src/cli/setup/list_command.ts";
import { HubError, UsageError } from "../../src/errors.ts";
import { type FakeTerminal, fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

const CATALOG = {
  datasets: [
    {
      name: "股票日线",
      last_updated: "2025-11-22T06:02:38.165365",
      package_ready: true,
      package_size: 188_743_680,
    },
    { name: "bars", last_updated: null, status: "packaging", package_ready: false },
    { name: "odd", last_updated: "v7", package_size: 5 },
    { name: "evil\u001b[31m", last_updated: "v7", package_size: 5 },
  ],
};

const env = (): undefined => undefined;

async function listed(
  options: Parameters<typeof listCommand>[0],
  columns?: number,
): Promise<FakeTerminal> {
  const plain = fakeTerminal({ watched: columns !== undefined });
  const terminal = { ...plain, columns: () => columns ?? 80 };
  assert.equal(await listCommand(options, terminal, { env }), 0);
  return terminal;
}

Deno.test("listCommand() shows what the hub has and what is followed, at 60, 80 and 120 columns", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setCatalog(JSON.stringify(CATALOG));
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `{ hub: { url: "${hub.url}" }, datasets: [{ name: 股票日线, local_dir: ./a }, { name: bras, local_dir: ./b }] }`,
  );
  for (const columns of [60, 80, 120]) {
    const terminal = await listed({ config }, columns);
    const lines = terminal.stdout().trimEnd().split("\n");
    for (const line of lines) assert(stringWidth(line) <= columns, line);
    assert.match(terminal.stdout(), /Asia\/Shanghai/);
    assert.match(lines[1]!, /^股票日线 +2025-11-22 06:02 +189 MB +yes +yes$/);
    const why = columns < 70 ? "" : " \\(packaging\\)";
    assert.match(lines[2]!, new RegExp(`^bars +- +- +no${why} +no$`));
    assert.match(lines[3]!, /^odd +v7 +5 B +unknown +no$/);
    const [odd, evil, missing, ...rest] = terminal.stderr().split("\n");
    assert.equal(odd, 'warning: catalog: the version of "odd" can\'t be read as a time: "v7"');
    assert.match(evil!, /^warning: catalog: entry 4 has no name that can be shown .*evil\\u001b/);
    assert.equal(missing, 'warning: bras: the hub doesn\'t have it; did you mean "bars"?');
    assert.deepEqual(rest, [""]);
  }
});

Deno.test("listCommand() leaves out columns rather than cut names to the same letters", async () => {
  await using hub = startHub();
  const names = ["stock-a", "stock-b", "stock-trading-data-pro", "stock-trading-data-fin"];
  for (const followed of [names.slice(0, 2), names.slice(2)]) {
    hub.hub.setCatalog(JSON.stringify({
      datasets: followed.map((name) => ({
        name,
        last_updated: "2025-11-22T06:02:38",
        package_size: 188_743_680,
        package_ready: true,
      })),
    }));
    const lines = (await listed({ hubUrl: hub.url }, 34)).stdout().split("\n");
    for (const [at, name] of followed.entries()) {
      assert.match(lines[at + 1]!, new RegExp(`^${name} .*yes$`));
    }
    assert.equal(lines.some((line) => line.includes("Asia")), followed.includes("stock-a"));
  }
});

Deno.test("listCommand() needs no configuration with --hub-url, and prints JSON", async () => {
  await using hub = startHub();
  hub.hub.setCatalog(JSON.stringify(CATALOG));
  const hubUrl = hub.url.replace("http://", "");
  const table = (await listed({ hubUrl })).stdout();
  assert.match(table, /^dataset +version \(Asia\/Shanghai\) +size +ready\n/);
  const { hub: url, datasets, not_on_hub } = JSON.parse(
    (await listed({ hubUrl, json: true })).stdout(),
  );
  assert.equal(url, `${hub.url}/`);
  assert.deepEqual(not_on_hub, []);
  assert.deepEqual(datasets[0], {
    name: "股票日线",
    version: "2025-11-22T06:02:38.165365",
    package_size: 188_743_680,
    total_size: null,
    file_count: null,
    ready: true,
    status: null,
    followed: null,
  });
  assert.deepEqual([datasets[1].ready, datasets[1].status], [false, "packaging"]);
  assert.deepEqual([datasets[2].ready, datasets[2].name], [null, "odd"]);
});

Deno.test("listCommand() sends the token of the environment to the hub of --hub-url", async () => {
  await using hub = startHub();
  const token = (name: string) => name === "DATAHUBSYNC_TOKEN" ? "s3cret-token" : undefined;
  await listCommand({ hubUrl: hub.url }, fakeTerminal(), { env: token });
  assert.equal(hub.hub.requests[0]?.headers.get("authorization"), "Bearer s3cret-token");
});

Deno.test("listCommand() fails as itself where the hub can't be asked, or the address is none", async () => {
  await using hub = startHub();
  hub.hub.setCatalog("<html>");
  const list = (hubUrl: string) => listCommand({ hubUrl }, fakeTerminal(), { env });
  await assert.rejects(list(hub.url), HubError);
  await assert.rejects(list("ftp://x"), UsageError);
});
