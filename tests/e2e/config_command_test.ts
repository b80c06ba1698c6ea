/**
 * `datahubsync config`: what is in force, from where, and no secret.
 *
 * @module
 */
import assert from "node:assert/strict";
import { textWidth } from "../../src/cli/terminal/text_width.ts";
import { binaryPath, workplace } from "../support/binary.ts";
import { hasTmux, onScreen } from "../support/screen.ts";

const TEXT = `
hub:
  url: http://me:hunter2@hub.example.com:8000/x
  retries: 3
datasets:
  - name: bars
    local_dir: ./bars
    max_age: { hours: 30, weekdays: mon-fri }
    expect: { max_removed: 5% }
  - name: facts
    local_dir: ./facts
    url: https://a.example/facts.zip
    token: \${DATAHUBSYNC_TOKEN}
    headers: { X-Key: hunter3 }
notify:
  targets:
    - type: slack
      url: https://hooks.example/hunter4
    - { type: dingtalk, url: "https://b.example/hunter5", secret: hunter6 }
    - { type: template, url: "https://c.example/hunter8", body: '{"routing_key": "hunter9"}' }
    - { type: ntfy, topic: hunter11 }
    - { type: telegram, token: "1:hunter12", chat_id: "@hunter13" }
    - { type: email, host: h, username: hunter14, password: hunter15, from: a@b, to: [c@d] }
    - type: template
      url: https://d.example/x
      headers: { Authorization: "Bearer hunter10" }
      body: '{"key": "\${DATAHUBSYNC_TOKEN}"}'
`;

Deno.test("config prints what is in force and where it comes from, and no secret", async () => {
  await using place = await workplace(TEXT, { env: { DATAHUBSYNC_TOKEN: "hunter7" } });
  const { code, stdout, stderr } = await place.run("config");
  assert.deepEqual([code, stderr], [0, ""]);
  const rows = new Map(
    stdout.trimEnd().split("\n").map((line) => {
      const [, key, value, from] = /^(\S+) +(.*?) +# (.*)$/.exec(line)!;
      return [key!, [value!, from!]];
    }),
  );
  assert.deepEqual(rows.get("hub.retries"), ["3", "config.yaml:4"]);
  assert.deepEqual(rows.get("hub.timeout"), ["300", "default"]);
  assert.deepEqual(rows.get("sync.durable"), ["true", "default"]);
  assert.deepEqual(rows.get("datasets[bars].local_dir"), [place.at("bars"), "config.yaml:7"]);
  assert.deepEqual(rows.get("datasets[bars].publish"), ["files", "default"]);
  assert.match(rows.get("datasets[bars].max_age")![0]!, /"hours":30,"weekdays":\[1,2,3,4,5\]/);
  assert.deepEqual(rows.get("datasets[facts].token"), ["***", "config.yaml:13, DATAHUBSYNC_TOKEN"]);
  assert.deepEqual(rows.get("datasets[facts].url"), [
    "https://a.example/facts.zip",
    "config.yaml:12",
  ]);
  assert.equal(rows.has("hub.token"), false, "what isn't set and has no default");
  const json = await place.run("config", "--json");
  for (const text of [stdout, json.stdout]) assert.doesNotMatch(text, /hunter\d/);
  const targets = rows.get("notify.targets")![0]!;
  for (const key of ["body", "topic", "chat_id", "username"]) {
    assert(targets.includes(`"${key}":"***"`), key);
  }
  // What it shows are the file's keys, never the program's names.
  assert.doesNotMatch(targets, /chatId|"secrets"/);
  assert.equal(rows.get("datasets[bars].expect")![0], '{"max_removed":0.05}');
  const { settings } = JSON.parse(json.stdout);
  assert.deepEqual(settings.map(({ key }: { key: string }) => key), [...rows.keys()]);
});

Deno.test("config --schema prints the schema, without a configuration", async () => {
  await using place = await workplace("");
  const { code, stdout } = await place.run("config", "--schema");
  assert.equal(code, 0);
  const schema = await Deno.readTextFile(new URL("../../docs/config.schema.json", import.meta.url));
  assert.equal(stdout, schema);
});

for (const columns of [40, 60, 80, 120]) {
  Deno.test({
    name: `config on a terminal of ${columns} columns breaks no source, and lines up Chinese names`,
    ignore: !hasTmux(),
    async fn() {
      const hub = "hub:\n  url: http://hub.example.com:8000\n";
      const data =
        "datasets:\n  - {name: 股票, local_dir: /d/a}\n  - {name: ab, local_dir: /d/b}\n";
      await using place = await workplace(hub + data);
      await using screen = await onScreen(
        [binaryPath(), "config", "-c", place.at("config.yaml")],
        { columns, rows: 90 },
      );
      await screen.ended();
      const lines = await screen.lines();
      for (const [value, line] of [["http://hub.example.com:8000/", 2], ["/d/a", 4]] as const) {
        const at = lines.findIndex((line) => line.includes(`  ${value}`));
        const shown = [lines[at]!, lines[at + 1]!.trimStart()];
        const source = shown[0]!.includes("#") ? shown[0]! : shown.join(" ");
        assert.match(source, new RegExp(`${value} +# config\\.yaml:${line}$`), lines.join("\n"));
      }
      const [one, other] = ["/d/a", "/d/b"].map((value) => {
        const line = lines.find((line) => line.includes(value))!;
        return textWidth(line.slice(0, line.indexOf(value)));
      });
      if (columns >= 80) assert.equal(one, other);
    },
  });
}
