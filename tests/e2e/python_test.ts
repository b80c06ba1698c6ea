/**
 * sync_client.py: v2.0's names over the binary, in the ways that v2.0's documents show.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { binaryPath, configFor, type Workplace, workplace } from "../support/binary.ts";
import { run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { assertSameTree } from "../support/tree.ts";
import { ROOT } from "../support/sources.ts";

const NAME = "stock-trading-data-pro";
function pythonTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !installed("python3"), fn });
}

/** Runs a program in the place, as one that lies beside v2.0 did; returns what it prints. */
async function python(place: Workplace, lines: string[], env = {}): Promise<string> {
  const code = ["import sys", `sys.path.insert(0, ${JSON.stringify(ROOT)})`, ...lines].join("\n");
  return await run("python3", ["-c", code], {
    cwd: place.path,
    env: { DATAHUBSYNC_BINARY: binaryPath(), PYTHONDONTWRITEBYTECODE: "1", ...env },
  });
}

/** The dict that `yaml.safe_load` made of v2.0's config.yaml, with its relative paths. */
function configDict(url: string, names = [NAME]): string {
  return JSON.stringify({
    hub: { url, timeout: 300 },
    datasets: names.map((name) => ({ name, local_dir: `data/${name}` })),
    logging: { level: "INFO", file: "logs/sync.log" },
  });
}

pythonTest(
  "sync_client.py has Python 3.6's grammar and needs nothing but the standard library",
  async () => {
    await using place = await workplace("");
    const path = JSON.stringify(join(ROOT, "sync_client.py"));
    const said = await python(place, [
      "import ast",
      `tree = ast.parse(open(${path}).read(), feature_version=(3, 6))`,
      "names = {name for node in ast.walk(tree) for name in",
      "         ([a.name for a in node.names] if isinstance(node, ast.Import) else",
      "          [node.module] if isinstance(node, ast.ImportFrom) else [])}",
      "print(sorted(name for name in names if name.split('.')[0] not in sys.stdlib_module_names))",
      // Later than 3.6, and no grammar.
      "print([node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)",
      "       and node.attr in ('removeprefix', 'removesuffix', 'fromisoformat')])",
      "print([node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)",
      "       and node.arg in ('capture_output', 'text')])",
    ]);
    assert.equal(said, "[]\n[]\n[]\n");
  },
);

pythonTest("the examples of v2.0's documents run: a client, one dataset, all of them", async () => {
  await using hub = startHub();
  await using place = await workplace("");
  const said = await python(place, [
    `config = ${configDict(hub.url)}`,
    "from sync_client import DataSyncClient",
    "client = DataSyncClient(config, 'last_sync.json')",
    `result = client.sync_dataset('${NAME}')`,
    "if result.success:",
    "    print(f'synced: {result.status}')",
    "else:",
    "    print(f'failed: {result.error}')",
    "results = client.sync_all()",
    "for result in results:",
    "    print(f'{result.dataset_name}: {result.status}')",
    "print(client._load_sync_state())",
    "print(client.hub_url, client.timeout, len(client.datasets), client.logger.level)",
    "print(result.timestamp[:2], str(result))",
  ]);
  assert.deepEqual(said.trimEnd().split("\n"), [
    "synced: success",
    `${NAME}: up_to_date`,
    `{'${NAME}': '${hub.dataset.version}'}`,
    `${hub.url} 300 1 20`,
    `20 SyncResult('${NAME}', success=True, status='up_to_date')`,
  ]);
  // Relative paths count from the current folder, as they did, and nothing else is left there.
  assertSameTree(await place.tree(NAME), hub.tree());
  const names = [...Deno.readDirSync(place.path)].map(({ name }) => name).sort();
  assert.deepEqual(names.filter((name) => !name.startsWith("last_sync.json.")), [
    ".datahubsync",
    "config.yaml",
    "data",
    "last_sync.json",
    "logs",
  ]);
});

pythonTest("a result says what failed, and one failure isn't the others'", async () => {
  await using hub = startHub();
  await using place = await workplace("");
  const said = await python(place, [
    `config = ${configDict(hub.url, ["no-such", NAME])}`,
    "from sync_client import DataSyncClient, SyncResult",
    "client = DataSyncClient(config, '.last_sync.json')",
    "print(sorted(client.check_updates()))",
    "for result in client.sync_all():",
    "    print(result.dataset_name, result.success, result.status, result.error)",
    "print(client.sync_dataset('unconfigured').status)",
    "print(SyncResult('x', False, 'failed', 'Connection timeout'))",
    "print(DataSyncClient({'hub': {'url': 'http://127.0.0.1:9'}}, '.s').sync_all())",
    "try:",
    "    DataSyncClient({'datasets': [{'name': 'a', 'local_dir': 'a'}]}, '.s')",
    "except KeyError as error:",
    "    print('KeyError', error)",
  ]);
  const lines = said.trimEnd().split("\n");
  assert.equal(lines[0], `['${NAME}']`);
  assert.match(lines[1]!, /^no-such False not_found the hub doesn't list/);
  assert.deepEqual(lines.slice(2), [
    `${NAME} True success None`,
    "config_error",
    "SyncResult('x', success=False, status='failed', error='Connection timeout')",
    "[]",
    "KeyError 'hub'",
  ]);
});

pythonTest("a config.yaml serves in place of a dict, and a missing binary is said", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  const said = await python(place, [
    "from sync_client import DataSyncClient",
    "from pathlib import Path",
    "print(DataSyncClient(Path('config.yaml'), '.last_sync.json').sync_all())",
  ]);
  assert.equal(said, `[SyncResult('${NAME}', success=True, status='success')]\n`);
  const missing = await python(place, [
    "from sync_client import DataSyncClient",
    "try:",
    "    DataSyncClient('config.yaml').sync_all()",
    "except RuntimeError as error:",
    "    print(error)",
  ], { DATAHUBSYNC_BINARY: "/no/such" });
  assert.match(
    missing,
    /^the datahubsync binary wasn't found \(\/no\/such\): install it, or name it/,
  );
});

pythonTest(
  "a name or a path that isn't UTF-8 is a result that says so, wherever it stands",
  async () => {
    await using hub = startHub();
    await using place = await workplace("");
    const said = await python(place, [
      "import io, logging, os, subprocess",
      "from sync_client import DataSyncClient",
      "log = io.TextIOWrapper(io.BytesIO(), encoding='utf-8')",
      "logging.basicConfig(stream=log)",
      "bad = os.fsdecode(b'caf\\xe9')",
      `good = ${configDict(hub.url)}`,
      `wrong = dict(good, datasets=[{'name': bad, 'local_dir': 'data'}])`,
      `elsewhere = dict(good, datasets=[{'name': '${NAME}', 'local_dir': bad}])`,
      "for config, state, name in [",
      `    (wrong, '.s', bad), (elsewhere, '.s', '${NAME}'), (good, bad, '${NAME}'),`,
      `    (good, '.s', bad), (bad, '.s', '${NAME}'),`,
      "]:",
      "    client = DataSyncClient(config, state)",
      "    result = client.sync_dataset(name)",
      "    print(result.success, result.status, ascii(result.error))",
      "    print([one.status for one in client.sync_all()] if config is wrong else '')",
      "import json",
      `json.dump(good, open(${JSON.stringify(place.at("good.json"))}, 'w'))`,
      "os.mkdir(bad)",
      "os.chdir(bad)",
      `print(DataSyncClient(${JSON.stringify(place.at("good.json"))}, ${
        JSON.stringify(place.at("state"))
      }).sync_dataset('${NAME}').status)`,
      "print(b'Logging error' in log.buffer.getvalue())",
      `done = subprocess.run([sys.executable, ${
        JSON.stringify(join(ROOT, "sync_client.py"))
      }, bad], stderr=subprocess.PIPE)`,
      "print(done.returncode, b'UTF-8' in done.stderr)",
    ]);
    const lines = said.trimEnd().split("\n");
    const results = lines.filter((line) => line.startsWith("False config_error"));
    assert.equal(results.length, 5, said);
    for (const line of results) {
      assert.match(line, /expected names and paths in UTF-8, found .*caf.*dce9.*: rename it/);
    }
    assert.equal(lines[1], "['config_error']");
    assert.deepEqual(lines.slice(-3), ["success", "False", "2 True"]);
  },
);
