/** The files that install_client.sh asks the binary for; systemd itself judges them in `tests/e2e`. */
import assert from "node:assert/strict";
import { UsageError } from "../../../src/errors.ts";
import {
  installerCommand,
  type InstallerFile,
  type InstallerOptions,
} from "../../../src/cli/installer/installer_command.ts";
import { fakeTerminal } from "../fake_terminal.ts";

function textOf(file: InstallerFile, options: InstallerOptions, lines: string[] = []): string {
  const terminal = fakeTerminal();
  assert.equal(installerCommand(file, options, lines, terminal), 0);
  return terminal.printed.join("");
}

const SYNC = { program: "/opt/d/datahubsync", config: "/opt/d/config.yaml", wait: "30m" };
const RUNS = { user: "datahubsync", group: "datahubsync" };

Deno.test("installer sync prints a service that may write to what it is given and nothing else", () => {
  const text = textOf("sync", { ...SYNC, ...RUNS }, ["/data", "/opt/d/.datahubsync"]);
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

Deno.test("installer sync without a user prints a service for a user's own systemd", () => {
  const text = textOf("sync", SYNC, ["/home/bob/data"]);
  assert.doesNotMatch(text, /^(User|Group|Protect\w+|Private\w+|ReadWritePaths)=/m);
  assert.match(text, /^NoNewPrivileges=yes$/m);
});

Deno.test("installer quotes for systemd what systemd would read", () => {
  const text = textOf("sync", {
    ...SYNC,
    program: "/a 100%/d's/datahubsync",
    config: "/a/$b.yaml",
  });
  assert.match(
    text,
    /^ExecStart=\/usr\/bin\/env "\/a 100%%\/d's\/datahubsync" sync -c "\/a\/\$\$b\.yaml" /m,
  );
});

Deno.test("installer pack and serve read homes and temporary folders only where they are asked to", () => {
  const options = { ...RUNS, program: "/opt/d/datahubsync", site: "/srv/hub" };
  const pack = textOf("pack", options, ["/home/bob/funds", "/tmp/bars"]);
  assert.match(pack, /^ProtectHome=read-only$/m);
  assert.doesNotMatch(pack, /^PrivateTmp=/m);
  assert.match(pack, /^ReadWritePaths="-\/srv\/hub"$/m);
  assert.match(pack, /^Type=simple$/m);
  assert.match(pack, /\n\[Install\]\nWantedBy=multi-user\.target\n$/);
  const serve = textOf("serve", { ...options, listen: "[::]:8000" });
  assert.match(serve, /serve "\/srv\/hub" --listen \[::\]:8000$/m);
  assert.doesNotMatch(serve, /^ReadWritePaths=/m);
  assert.match(serve, /^ProtectHome=yes$/m);
});

Deno.test("installer timer notes the time that a person gave beside what systemd makes of it", () => {
  const text = textOf("timer", { schedule: "15 8 * * *" }, ["OnCalendar=*-*-* 08:15:00"]);
  assert.match(text, /^# Schedule: 15 8 \* \* \*$/m);
  assert.match(text, /^\[Timer\]\nOnCalendar=\*-\*-\* 08:15:00\n/m);
});

Deno.test("installer logrotate refuses a name that logrotate reads as a pattern", () => {
  const text = textOf("logrotate", RUNS, ["/opt/d/logs/a b.log", "/opt/d/logs/hub.log"]);
  assert.match(
    text,
    /^"\/opt\/d\/logs\/a b\.log" \{\n"\/opt\/d\/logs\/hub\.log" \{\n {4}su datahubsync datahubsync$/m,
  );
  for (const sign of ['"', "\\", "*", "?", "{", "}", "[", "]"]) {
    assert.throws(() => textOf("logrotate", RUNS, [`/opt/${sign}.log`]), UsageError, sign);
  }
});

Deno.test("installer says which fact is missing", () => {
  assert.throws(() => textOf("timer", {}), /installer timer needs --schedule/);
});
