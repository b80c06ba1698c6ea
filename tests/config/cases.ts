/** Configurations that load, and ones that don't, for the loader's tests and the schema's. */
import type { Config } from "../../src/config/config.ts";

/** The least hub. */
export const HUB: string = "hub:\n  url: http://hub.test:8000\n";
/** The least list of datasets. */
export const DATA: string = "datasets:\n  - name: a\n    local_dir: ./a\n";

/** A line, what is looked at, and what it comes to. */
export const VALUES: [text: string, pick: (config: Config) => unknown, expected: unknown][] = [
  ["hub: {url: [http://m/x/, 'https://u']}", (c) => c.hub.urls, ["http://m/x", "https://u"]],
  ["hub: {url: http://u:p%40@h/}", (c) => [c.hub.urls, c.hub.headers], [["http://h"], {
    Authorization: `Basic ${btoa("u:p@")}`,
  }]],
  ["hub: {url: http://h, token: 0123}", (c) => c.hub.token, "0123"],
  ["hub: {url: http://h, headers: {X-Key: 7}}", (c) => c.hub.headers, { "X-Key": "7" }],
  ["hub: {url: http://h, connections: 4, retries: 0}", (c) => [c.hub.connections, c.hub.retries], [
    4,
    0,
  ]],
  ["sync: {disk_reserve: 2GB, longest_run: 90m}", (c) => [c.sync.diskReserve, c.sync.longestRun], [
    2_000_000_000,
    1.5,
  ]],
  ["sync: {disk_reserve: 0, longest_run: 2d}", (c) => [c.sync.diskReserve, c.sync.longestRun], [
    0,
    48,
  ]],
  ["hub: {url: http://h, least_speed: 1KB/s}", (c) => c.hub.leastSpeed, 1000],
  ["hub: {url: http://h, least_speed: 0}", (c) => c.hub.leastSpeed, 0],
  ["hub: {url: http://h, allow_hosts: [A.example., '::1', 2130706433]}", (c) => c.hub.allowHosts, [
    "a.example",
    "::1",
    "127.0.0.1",
  ]],
  ["sync: {bandwidth_limit: 2MB/s}", (c) => c.sync.bandwidthLimit, 2_000_000],
  ["sync: {bandwidth_limit: 10 Mbit/s}", (c) => c.sync.bandwidthLimit, 1_250_000],
  ["sync: {bandwidth_limit: 5000, durable: no}", (c) => c.sync, {
    workers: "auto",
    bandwidthLimit: 5000,
    durable: false,
    diskReserve: "auto",
    longestRun: 72,
  }],
  ["logging: {level: critical}", (c) => c.logging.level, "ERROR"],
  ["logging: {max_size: 1 MiB}", (c) => c.logging.maxSize, 1_048_576],
  ["notify: {on: stale}", (c) => c.notify.on, ["stale"]],
  [
    "notify: {targets: {type: email, host: m, port: 587, from: a@b, to: c@d}}",
    (c) => c.notify.targets,
    [{ type: "email", host: "m", port: 587, security: "starttls", from: "a@b", to: ["c@d"] }],
  ],
  [
    "notify: {targets: [{type: telegram, token: t, chat_id: -100}, {type: bark, token: k}]}",
    (c) => c.notify.targets,
    [
      { type: "telegram", url: "https://api.telegram.org", token: "t", chatId: "-100" },
      { type: "bark", url: "https://api.day.app", token: "k" },
    ],
  ],
  [
    "notify: {targets: [{type: ntfy, topic: a_b}, {type: gotify, url: http://g, token: k}]}",
    (c) => c.notify.targets,
    [
      { type: "ntfy", url: "https://ntfy.sh", topic: "a_b" },
      { type: "gotify", url: "http://g", token: "k" },
    ],
  ],
  [
    "notify: {targets: [{type: template, url: 'http://h/${dataset}', body: '{\"a\": \"${text}\"}'}]}",
    (c) => c.notify.targets,
    [{
      type: "template",
      url: "http://h/${dataset}",
      method: "POST",
      headers: {},
      secrets: [],
      body: '{"a": "${text}"}',
    }],
  ],
];

/** A text, and what is said of it. */
export const WRONG: [text: string, problems: RegExp[]][] = [
  ["", [/^config.yaml:1:1: expected `hub` and `datasets`, found an empty file$/]],
  ["- a\n", [/^config.yaml:1:1: expected `hub:` and `datasets:`/]],
  [HUB, [/^config.yaml:1:1: `datasets` is missing/]],
  [HUB + "\tx: 1\n" + DATA, [/^config.yaml:3:1: expected spaces .* found a tab/]],
  [HUB + DATA + "---\na: 1\n", [/^config.yaml:6:1: expected one document/]],
  [HUB + "  tiemout: 3\n" + DATA, [
    /^config.yaml:3:3: unknown key `tiemout` in `hub`; did you mean `timeout`\?$/,
  ]],
  [HUB + "  workers: 3\n" + DATA, [/^config.yaml:3:3: .*did you mean `sync.workers`\?$/]],
  [HUB + "  timeout: soon\n" + DATA, [
    /^config.yaml:3:12: `hub.timeout`: expected a number of seconds from 0.1 to 86400, found "soon"$/,
  ]],
  [HUB + "  timeout: 3\n  timeout: 4\n" + DATA, [
    /^config.yaml:4:3: expected each key once.*line 3/,
  ]],
  [HUB + DATA + "    localDir: x\n", [
    /^config.yaml:6:5: .*`datasets\[1\]`; did you mean `local_dir`\?$/,
  ]],
  [HUB + DATA + "loging:\n  level: INFO\n", [/^config.yaml:6:1: .*did you mean `logging`\?$/]],
  [HUB + DATA + "logging:\n  level: INF\n", [
    /^config.yaml:7:10: .*found "INF"; did you mean `INFO`\?$/,
  ]],
  [HUB + DATA + "  - name: a\n    local_dir: ./a/b\n", [
    /^config.yaml:6:11: .*expected each dataset once.*config.yaml:4:11/,
    /^config.yaml:7:16: .*one inside that of dataset "a" \(datasets\[1\].local_dir at config.yaml:5:16\)$/,
  ]],
  [HUB + "datasets:\n  - name: a\n    local_dir: /etc/\n  - name: b\n    local_dir: /x/..\n", [
    /^config.yaml:5:16: .*folder of its own, found "\/etc", where a package could replace system/,
    /^config.yaml:7:16: .*folder of its own, found "\/", where/,
    /^config.yaml:7:16: .*one that contains that of dataset "a"/,
  ]],
  [HUB + DATA + "mirror:\n  dir: .\n", [
    /^config.yaml:7:8: .*one that contains that of dataset "a"/,
  ]],
  [HUB + "datasets:\n  - name: a/b\n    local_dir: /\n", [
    /^config.yaml:4:11: .*without slashes/,
    /^config.yaml:5:16: .*found "\/", where a package/,
  ]],
  ["hub:\n  url: hub.test:80\n" + DATA, [
    /^config.yaml:2:8: .*did you mean `http:\/\/hub.test:80`\?$/,
  ]],
  ...["http：//hub.test:80", "http:/hub.test:80", "htp://hub.test:80", "“http://hub.test:80”；"]
    .map((
      url,
    ): [string, RegExp[]] => [
      `hub:\n  url: '${url}'\n${DATA}`,
      [/^config.yaml:2:8: .*did you mean `http:\/\/hub.test:80`\?$/],
    ]),
  ["hub:\n  url: /srv/hub\n" + DATA, [/^config.yaml:2:8: .*found "\/srv\/hub"$/]],
  ["hub:\n  url:\n" + DATA, [/^config.yaml:2:3: `hub.url`: expected .*, found nothing$/]],
  ["hub:\n  url: http://h/?a=1\n" + DATA, [/without `\?` and `#`.*did you mean `http:\/\/h`\?$/]],
  [HUB + "  timezone: Asia/Shangai\n" + DATA, [
    /^config.yaml:3:13: .*did you mean `Asia\/Shanghai`\?$/,
  ]],
  [HUB + "  token: ${HOME}\n" + DATA, [
    /^config.yaml:3:10: .*one of DATAHUBSYNC_TOKEN, .*found "HOME"/,
  ]],
  [HUB + "  token: ${DATAHUBSYNC_TOKEN}\n" + DATA, [
    /^config.yaml:3:10: .*DATAHUBSYNC_TOKEN to be set/,
  ]],
  [HUB + "  headers: {Range: x}\n" + DATA, [/^config.yaml:3:20: .*doesn't set itself/]],
  ...["Host", "content-length", "Transfer-Encoding", "Connection", "Expect", "TE"].map((
    name,
  ): [string, RegExp[]] => [
    HUB + DATA + `notify: {targets: [{type: template, url: http://t, headers: {${name}: x}}]}\n`,
    [/^config.yaml:6:\d+: `notify.targets\[1\].headers.*doesn't set itself, found one that it does$/],
  ]),
  [HUB + DATA + "sync:\n  bandwidth_limit: 2\n", [/^config.yaml:7:20: .*did you mean `2MB\/s`\?$/]],
  [HUB + DATA + "notify:\n  targets:\n    - type: slack\n      url: http://s\n      secret: x\n", [
    /^config.yaml:10:15: .*expected a key of type slack \(url\)/,
  ]],
  [HUB + "datasets: [*nope]\n", [/^config.yaml:3:12: a text that begins with `\*` needs quotes/]],
];
