/** What a job calls: through shells, other programs and variables; and what isn't understood. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { callsInShell, callsInWords, type JobCall } from "../../src/schedule/job_calls.ts";
import { readService } from "../../src/schedule/service_unit.ts";
import { NotUnderstood } from "../../src/schedule/shell_commands.ts";
import { inChinese } from "../support/chinese.ts";

const wanted = (word: string): boolean => basename(word) === "datahubsync";

function calls(text: string): JobCall[] {
  const variables = new Map([["HOME", "/home/bob"], ["PATH", "/usr/bin:/bin"]]);
  return callsInShell(text, { cwd: "/home/bob", variables, sourced: false }, wanted);
}

/** Each line, and the program, folder and arguments that it comes to. */
const UNDERSTOOD: [text: string, program: string, cwd?: string, args?: string][] = [
  ["datahubsync", "datahubsync", "/home/bob", ""],
  ["datahubsync sync -c /etc/a.yaml >/dev/null 2>&1", "datahubsync"],
  ["'/opt/my dir/datahubsync' sync", "/opt/my dir/datahubsync"],
  ['"/opt/my dir/datahubsync" sync', "/opt/my dir/datahubsync"],
  ["/opt/my\\ dir/datahubsync sync", "/opt/my dir/datahubsync"],
  ["/opt/数据/datahubsync sync # datahubsync (install_client.sh)", "/opt/数据/datahubsync"],
  ["cd /opt/x && ./datahubsync", "./datahubsync", "/opt/x", ""],
  ["cd /opt/x; ./datahubsync", "./datahubsync", "/opt/x", ""],
  ["cd -- x || exit 1; ./datahubsync", "./datahubsync", "/home/bob/x", ""],
  ["cd && ./datahubsync", "./datahubsync", "/home/bob", ""],
  ["(cd /opt/x && ./datahubsync) 2>>/tmp/log", "./datahubsync", "/opt/x", ""],
  ["if [ -x /opt/datahubsync ]; then /opt/datahubsync sync; fi", "/opt/datahubsync"],
  ["[ -x /opt/datahubsync -a -r /x ] && /opt/datahubsync sync", "/opt/datahubsync"],
  ["! { /opt/datahubsync sync; }", "/opt/datahubsync"],
  ["~/bin/datahubsync sync", "/home/bob/bin/datahubsync"],
  ["$HOME/datahubsync sync", "/home/bob/datahubsync"],
  ['"${HOME}"/datahubsync sync', "/home/bob/datahubsync"],
  ["D=/opt/x; $D/datahubsync sync", "/opt/x/datahubsync"],
  ["export D=/opt/x && $D/datahubsync sync", "/opt/x/datahubsync"],
  ["http_proxy=http://p:1 datahubsync sync", "datahubsync"],
  ["env -i A=b http_proxy=c /opt/datahubsync sync", "/opt/datahubsync"],
  ["/usr/bin/env -u A -C /opt/x ./datahubsync", "./datahubsync", "/opt/x", ""],
  ["nice -n 10 datahubsync sync", "datahubsync"],
  ["nice -n10 ionice -c3 -n 7 datahubsync sync", "datahubsync"],
  ["nice -19 datahubsync sync", "datahubsync"],
  ["flock -n /run/lock/x datahubsync sync", "datahubsync"],
  ["flock -w 5 -E 0 /run/x -c 'cd /opt/x && ./datahubsync'", "./datahubsync", "/opt/x", ""],
  ["timeout -k 10 --signal=INT 2h datahubsync sync", "datahubsync"],
  ["timeout --signal INT 2h nohup setsid -w datahubsync sync", "datahubsync"],
  ["sleep $((RANDOM % 60)); datahubsync sync", "datahubsync"],
  ["bash -lc 'datahubsync sync'", "datahubsync"],
  ["/bin/sh -c 'cd /opt/x && exec ./datahubsync'", "./datahubsync", "/opt/x", ""],
  ['bash -e -l -c "cd /opt/x && ./datahubsync"', "./datahubsync", "/opt/x", ""],
  ["sudo -u bob -- /opt/datahubsync sync", "/opt/datahubsync"],
  ["runuser -u bob -- /opt/datahubsync sync", "/opt/datahubsync"],
  ["su bob -c '/opt/datahubsync sync'", "/opt/datahubsync"],
  ["/opt/datahubsync sync | logger -t sync", "/opt/datahubsync"],
  ["/opt/datahubsync sync &>/tmp/log &", "/opt/datahubsync"],
  ["test -d $(cat /x) && /opt/datahubsync sync", "/opt/datahubsync"],
  ["$BEFORE; /opt/datahubsync sync", "/opt/datahubsync"],
];

for (const [text, program, cwd = "/home/bob", args] of UNDERSTOOD) {
  Deno.test(`callsInShell() understands ${text}`, () => {
    const [call, ...more] = calls(text);
    assert.deepEqual(more, []);
    assert.equal(call?.program, program);
    assert.equal(call.cwd, cwd);
    if (args !== undefined) assert.equal(call.args.join(" "), args);
    else assert.equal(call.args[0], "sync");
  });
}

Deno.test("callsInShell() finds every call of a line", () => {
  const found = calls("datahubsync sync -c /a; datahubsync sync -c /b && datahubsync check");
  assert.deepEqual(found.map(({ args }) => args.join(" ")), ["sync -c /a", "sync -c /b", "check"]);
});

Deno.test("callsInShell() knows the variables of a call, the user, and a file that sets more", () => {
  const [direct] = calls("A=1; http_proxy=x env B=2 datahubsync");
  assert.deepEqual(["A", "B", "http_proxy"].map((name) => direct?.variables.get(name)), [
    ...["1", "2", "x"],
  ]);
  assert.equal(calls("env -i datahubsync")[0]?.variables.has("HOME"), false);
  assert.equal(calls("sudo -u bob datahubsync")[0]?.user, "bob");
  assert.equal(calls("su - bob -c '/opt/datahubsync'")[0]?.user, "bob");
  assert.equal(calls("su - bob -c '/opt/datahubsync'")[0]?.cwd, undefined);
  assert.equal(calls(". /etc/profile; datahubsync")[0]?.sourced, true);
  assert.equal(calls("bash -lc datahubsync")[0]?.sourced, true);
  assert.equal(calls("bash -c datahubsync")[0]?.sourced, false);
  assert.deepEqual(calls("datahubsync sync -c $WHERE")[0]?.args, ["sync", "-c", undefined]);
});

Deno.test("callsInShell() finds no call where the program is only named", () => {
  for (
    const text of [
      ...["ls -l /opt/datahubsync", "grep datahubsync /var/log/syslog", "echo datahubsync sync"],
      ...[
        "pgrep datahubsync || mail root",
        "tar -cf /x /opt/datahubsync -C /",
        "true # datahubsync",
      ],
      ...["command -v datahubsync", "cp /opt/datahubsync /b", "backup 'datahubsync sync'", ""],
    ]
  ) assert.deepEqual(calls(text), [], text);
});

for (
  const text of [
    "$(which datahubsync) sync",
    "`which datahubsync` sync",
    "$BIN sync",
    "/opt/*/datahubsync sync",
    "eval datahubsync sync",
    "xargs datahubsync -c /a",
    "ssh host datahubsync sync",
    "docker exec x datahubsync sync",
    "env -S 'datahubsync sync'",
    "sudo -i datahubsync sync",
    "case x in x) datahubsync;; esac",
    "sh -c 'datahubsync",
    'sh -c "$CMD"',
    "cat <<END | datahubsync",
    "echo $(datahubsync",
  ]
) {
  Deno.test(`callsInShell() doesn't understand ${text}`, () => {
    assert.throws(() => calls(text), (error) => {
      assert(error instanceof NotUnderstood);
      assert.match(inChinese(error.message).text, /[\u4e00-\u9fff]|^`env -S`$/);
      return true;
    });
  });
}

Deno.test("readService() reads quotes, escapes, percent signs, variables and drop-ins", () => {
  const service = readService([
    '[Service]\nUser=bob\nExecStart=-"/opt/100%% it\'s \\"x\\"/datahubsync" sync \\\n' +
    '  -c $WHERE/c.yaml\nWorkingDirectory=/srv\nEnvironment="WHERE=/a b" OTHER=1\n',
    "[Service]\nUser=alice\n",
  ], "/root");
  const [call] = callsInWords(service.start, service, wanted);
  assert.equal(call?.program, '/opt/100% it\'s "x"/datahubsync');
  assert.deepEqual(call.args, ["sync", "-c", "/a b/c.yaml"]);
  assert.deepEqual([call.user, call.cwd, call.sourced], ["alice", "/srv", false]);
  assert.equal(call.variables.get("OTHER"), "1");
  const other = readService(["ExecStart=%h/datahubsync\nEnvironmentFile=/etc/x\n"], "/root");
  assert.equal(other.sourced, true);
  assert.throws(() => callsInWords(other.start, other, wanted), NotUnderstood);
});
