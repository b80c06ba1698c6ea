/** The files that install_client.sh writes for systemd and logrotate; systemd itself judges them in `tests/e2e`. */
import assert from "node:assert/strict";
import {
  logrotateFile,
  packService,
  serveService,
  syncService,
  timerFile,
} from "../../../src/cli/installer/unit_files.ts";
import { DEFAULT_CLIENTS } from "../../../src/serve/serve_site.ts";

const SYNC = { program: "/opt/d/datahubsync", config: "/opt/d/config.yaml", wait: "30m" };
const RUNS = { runs: { user: "datahubsync", group: "datahubsync" } };

Deno.test("the sync's service may write to what it is given and nothing else", () => {
  const text = syncService({ ...SYNC, ...RUNS, writable: ["/data", "/opt/d/.datahubsync"] });
  assert.match(
    text,
    /^ExecStart="\/opt\/d\/datahubsync" sync -c "\/opt\/d\/config\.yaml" -q --wait 30m$/m,
  );
  assert.deepEqual(text.match(/^ReadWritePaths=.*$/gm), [
    'ReadWritePaths="-/data"',
    'ReadWritePaths="-/opt/d/.datahubsync"',
  ]);
  assert.match(text, /^ProtectSystem=strict$/m);
  assert.match(text, /^ProtectHome=yes$/m);
  assert.match(text, /^PrivateTmp=yes$/m);
});

Deno.test("the sync's service without a user is one for a user's own systemd", () => {
  const text = syncService({ ...SYNC, writable: ["/home/bob/data"] });
  assert.doesNotMatch(text, /^(User|Group|Protect\w+|Private\w+|ReadWritePaths)=/m);
  assert.match(text, /^NoNewPrivileges=yes$/m);
});

Deno.test("a service quotes for systemd what systemd would read", () => {
  const text = syncService({
    ...SYNC,
    writable: [],
    program: "/a 100%/d's/datahubsync",
    config: "/a/$b.yaml",
  });
  assert.match(
    text,
    /^ExecStart=\/usr\/bin\/env "\/a 100%%\/d's\/datahubsync" sync -c "\/a\/\$\$b\.yaml" /m,
  );
});

Deno.test("what packs and what serves reads homes and temporary folders only where they are asked to", () => {
  const options = { ...RUNS, program: "/opt/d/datahubsync", site: "/srv/hub" };
  const pack = packService({ ...options, folders: ["/home/bob/funds", "/tmp/bars"], keys: [] });
  assert.match(pack, /^ProtectHome=read-only$/m);
  assert.doesNotMatch(pack, /^PrivateTmp=/m);
  assert.match(pack, /^ReadWritePaths="-\/srv\/hub"$/m);
  assert.match(pack, /^Type=simple$/m);
  assert.match(pack, /\n\[Install\]\nWantedBy=multi-user\.target\n$/);
  const serve = serveService({ ...options, listen: "[::]:8000" });
  assert.match(serve, /serve "\/srv\/hub" --listen \[::\]:8000$/m);
  assert.doesNotMatch(serve, /^ReadWritePaths=/m);
  assert.match(serve, /^ProtectHome=yes$/m);
  const [, files] = /^LimitNOFILE=(\d+)$/m.exec(serve)!;
  assert(Number(files) > 2 * DEFAULT_CLIENTS, "a connection and a file for each transfer");
  assert.doesNotMatch(pack, /^LimitNOFILE=/m);
});

Deno.test("a timer notes the time that a person gave beside what systemd makes of it", () => {
  const text = timerFile("15 8 * * *", ["OnCalendar=*-*-* 08:15:00"]);
  assert.match(text, /^# Schedule: 15 8 \* \* \*$/m);
  assert.match(text, /^\[Timer\]\nOnCalendar=\*-\*-\* 08:15:00\n/m);
});

Deno.test("logrotate rotates each log as the sync's user", () => {
  const text = logrotateFile(["/opt/d/logs/a b.log", "/opt/d/logs/hub.log"], "bob", "staff");
  assert.match(
    text,
    /^"\/opt\/d\/logs\/a b\.log" \{\n"\/opt\/d\/logs\/hub\.log" \{\n {4}su bob staff$/m,
  );
});
