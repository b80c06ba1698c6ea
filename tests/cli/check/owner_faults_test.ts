/** `--check` against owners and modes that let others stand in between; each remedy is typed. */
import assert from "node:assert/strict";
import { assertTold, healthyPlace, type Line, type Place } from "./healthy_place.ts";

const ignore = Deno.build.os !== "linux" || Deno.uid() !== 0;
const work = (place: Place): string => place.at("data", ".pro.datahubsync");

/** What opens a place, the line that says it, and the command that closes it. */
const OPENED: [
  what: string,
  open: (place: Place) => Promise<void>,
  check: string,
  message: RegExp,
  remedy: (place: Place) => string,
][] = [
  [
    "a program that others may replace",
    (place) => Deno.chmod(place.program, 0o775),
    "program.owner",
    /^the group 0, or whom an access list names \(getfacl\), may write to .*\/datahubsync \(mode 775\): the program$/,
    (place) => `chmod g-w ${place.program}`,
  ],
  [
    "a configuration of another user",
    (place) => Deno.chown(place.config, 4343, 4343),
    "config.owner",
    /config\.yaml belongs to 4343: the configuration$/,
    (place) => `chown -h 0 ${place.config}`,
  ],
  [
    "a folder of another user above the data",
    (place) => Deno.chown(place.at("data"), 4343, 4343),
    "folder.owner",
    /\/data belongs to 4343; the work folder of \S+ lies there$/,
    (place) => `printf '%s\\n' '' trusted_folders: '  - "${place.at("data")}"' >> ${place.config}`,
  ],
  [
    "a folder of another user above all, by what stays when the program moves",
    (place) => Deno.chown(place.at(), 4343, 4343),
    "config.owner",
    /belongs to 4343; the configuration lies there$/,
    (place) => `printf '%s\\n' '' trusted_folders: '  - "${place.at()}"' >> ${place.config}`,
  ],
  [
    "a data folder that everybody may write to",
    (place) => Deno.chmod(place.data, 0o1777),
    "folder.owner",
    /everybody may write to .*\/data\/pro \(mode 1777\): the data of \S+$/,
    (place) => `chmod go-w ${place.data}`,
  ],
  [
    "a work folder that another user prepared",
    (place) => Deno.chown(work(place), 4343, 4343),
    "folder.owner",
    /\.pro\.datahubsync belongs to 4343: the work folder of \S+$/,
    (place) => `mv ${work(place)} ${work(place)}.old`,
  ],
  [
    "a state's folder that another user owns",
    (place) => Deno.chown(place.at(".datahubsync"), 4343, 4343),
    "state.owner",
    /\.datahubsync belongs to 4343: the state and the history$/,
    (place) => `chown -h 0 ${place.at(".datahubsync")}`,
  ],
  [
    "a log that another user owns",
    (place) => Deno.chown(place.log, 4343, 4343),
    "log.owner",
    /sync\.log belongs to 4343: the log$/,
    (place) => `chown -h 0 ${place.log}`,
  ],
];

for (const [what, open, check, message, remedy] of OPENED) {
  Deno.test({
    name: `--check tells ${what}; the command closes it`,
    ignore,
    async fn() {
      await using place = await healthyPlace();
      await open(place);
      const { lines } = await place.check();
      const told = lines.filter((line) => line.check.endsWith(".owner") && line.verdict !== "ok");
      assert.deepEqual(told.map((line) => line.check), [check]);
      assert.equal(told[0]!.verdict, "error");
      assert.match(told[0]!.message, message);
      assert.equal(told[0]!.remedy, remedy(place));
      await place.type(told[0]!.remedy);
      assert.deepEqual(ownerFaults((await place.check()).lines), []);
    },
  });
}

const ownerFaults = (lines: Line[]): Line[] =>
  lines.filter(({ check, verdict }) => /\.(owner|left)$/.test(check) && verdict !== "ok");

Deno.test({
  name: "--check warns an installation that worked before the rule, with the version",
  ignore,
  async fn() {
    await using place = await healthyPlace();
    await Deno.remove(place.at(".datahubsync", "closed"));
    await Deno.chmod(place.at("data"), 0o777);
    await assertTold(place, {
      check: "folder.owner",
      verdict: "warning",
      message: /everybody may write to .* lies there \(refused from version 4\.0 on\)$/,
      remedy: `chmod go-w ${place.at("data")}`,
      fixes: true,
    });
  },
});

Deno.test({
  name: "--check finds what runs as root left to a user; one command gives it back, and only that",
  ignore,
  async fn() {
    await using place = await healthyPlace();
    await place.becomeUser(1000);
    assert.deepEqual(ownerFaults((await place.check()).lines), []);
    const mine = [place.state, `${work(place)}/lock`, place.log];
    for (const path of mine) await Deno.chown(path, 0, 0);
    await Deno.mkdir(`${work(place)}/staging`, { recursive: true });
    await Deno.chown(`${work(place)}/staging`, 0, 0);
    // Root's elsewhere: led to by a link, and by a second name.
    await Deno.writeTextFile(place.at("root", "prey"), "");
    await Deno.symlink(place.at("root", "prey"), `${work(place)}/link`);
    await Deno.symlink(place.at("root"), `${work(place)}/folder`);
    await Deno.link(place.at("root", "prey"), `${work(place)}/second`);
    const { lines } = await place.check();
    const [line, ...more] = ownerFaults(lines);
    assert.deepEqual(more, []);
    assert(line);
    const { check, verdict } = line;
    assert(check === "folder.left" && verdict === "error");
    assert.match(line.message, /^runs as root left files that 1000 can't change: .* and \d more$/);
    const find = `find ${place.state} ${place.log} ${work(place)} -xdev -user root ` +
      "'(' -type d -o -links 1 ')' -execdir chown -h 1000 '{}' ';'";
    assert.equal(line.remedy, `sudo ${find}`);
    await place.type(find);
    for (const path of [...mine, `${work(place)}/staging`]) {
      assert.equal((await Deno.stat(path)).uid, 1000, path);
    }
    assert.equal((await Deno.stat(place.at("root", "prey"))).uid, 0);
    assert.equal((await Deno.stat(place.at("root", "run"))).uid, 0);
  },
});

Deno.test({
  name: "--check by somebody else says whose the installation is, in place of all findings",
  ignore,
  async fn() {
    await using place = await healthyPlace();
    await place.becomeUser(1000);
    // The configuration is root's, as the installer leaves it.
    await Deno.chown(place.config, 0, 0);
    await Deno.chown(place.at(), 0, 0);
    place.machine.uid = 1001;
    await assertTold(place, {
      ...{ check: "program.owner", verdict: "error" },
      message:
        /^this installation belongs to 1000, but this check ran as 1001, who may not write there$/,
      remedy: `sudo -u '#1000' ${place.program} check -c ${place.config}`,
    });
    assert.equal(ownerFaults((await place.check()).lines).length, 1);
  },
});
