/** The owner rule, decided over what a disk could show. */
import assert from "node:assert/strict";
import { asRoot } from "../../src/as_root.ts";
import {
  type Accounts,
  ANYBODY,
  type Finding,
  judge,
  type PathPart,
  type Role,
  sentence,
  type UsedLocation,
} from "../../src/owners/rule.ts";

const [BOB, EVE, WWW] = [1001, 1002, 33];
const NAMES: Record<number, string> = { 0: "root", [BOB]: "bob", [EVE]: "eve", [WWW]: "www-data" };
/** Nobody in this container. */
const OUTSIDE = 65534;

/** Group 50 is a distribution's, without members; 600 has both users; 700 is known to nobody. */
const MEMBERS: Record<number, number[]> = {
  0: [0],
  [BOB]: [BOB],
  [EVE]: [EVE],
  50: [],
  600: [BOB, EVE],
};
const accounts: Accounts = {
  userName: (uid) => NAMES[uid] ?? String(uid),
  groupName: (gid) => NAMES[gid] ?? String(gid),
  isOutside: (uid) => uid === OUTSIDE,
  members: (gid) => MEMBERS[gid],
};

function seen(path: string, uid = 0, mode = 0o755, more: Partial<PathPart> = {}): PathPart {
  return { path, kind: "folder", uid, gid: uid, mode, ...more };
}

function place(role: Role, way: PathPart[], more: Partial<UsedLocation> = {}): UsedLocation {
  const { path } = way.at(-1)!;
  const dataset = role === "work" || role === "data" ? { dataset: "bars" } : {};
  return { role, path, way: [seen("/"), ...way], filled: false, ...dataset, ...more };
}

function findings(
  uid: number,
  places: UsedLocation[],
  more: { trusted?: string[]; ownerless?: boolean } = {},
): Finding[] {
  const { trusted = [], ownerless = false } = more;
  return judge(places, { uid, typist: uid, accounts, trusted, ownerless: () => ownerless });
}

const brief = (found: Finding[]): string[] =>
  found.map(({ weight, path, remedy }) => `${weight} ${path}${remedy ? ` → ${remedy}` : ""}`);

const ROLES: Role[] = ["program", "config", "state", "log", "work", "data", "mirror"];

Deno.test("judge() finds nothing where all is root's, or the user's own", () => {
  for (const role of ROLES) {
    const inContainer = place(role, [seen("/srv"), seen("/srv/x")]);
    assert.deepEqual(findings(0, [inContainer]), []);
    assert.deepEqual(findings(BOB, [inContainer]), []);
    const inHome = place(role, [seen("/home"), seen("/home/bob", BOB, 0o750), seen("/x", BOB)]);
    assert.deepEqual(findings(BOB, [inHome]), []);
    const inTmp = place(role, [seen("/tmp", 0, 0o1777), seen("/tmp/abc", BOB, 0o700)]);
    assert.deepEqual(findings(BOB, [inTmp]), []);
  }
});

Deno.test("judge() counts group-write as closed where the group's members are root and the user", () => {
  const withGroup = (uid: number, gid: number): UsedLocation =>
    place("config", [seen("/srv", uid, 0o775, { gid }), seen("/srv/c", uid)]);
  assert.deepEqual(findings(BOB, [withGroup(BOB, BOB)]), []);
  assert.deepEqual(findings(BOB, [withGroup(0, BOB)]), []);
  // Root's own group has nobody else; but nothing makes it writable except an access list's mask.
  assert.deepEqual(findings(BOB, [withGroup(0, 0)]), []);
  assert.deepEqual(brief(findings(0, [withGroup(0, 0)])), ["refused /srv → chmod g-w /srv"]);
  assert.deepEqual(findings(BOB, [withGroup(0, 50)]), []);
  assert.deepEqual(brief(findings(0, [withGroup(0, BOB)])), ["refused /srv → chmod g-w /srv"]);
  assert.deepEqual(brief(findings(BOB, [withGroup(BOB, 600)])), [
    "refused /srv → chmod g-w /srv",
  ]);
  assert.deepEqual(brief(findings(BOB, [withGroup(0, 700)])), [
    `refused /srv → ${asRoot("chmod g-w /srv", { uid: BOB })}`,
  ]);
});

Deno.test("judge() refuses root every role where a third user owns or may write", () => {
  for (const role of ROLES) {
    const above = place(role, [seen("/srv", EVE), seen("/srv/x")]);
    assert.deepEqual(brief(findings(0, [above])), ["refused /srv"]);
    const open = place(role, [seen("/srv", 0, 0o777), seen("/srv/x")]);
    assert.deepEqual(brief(findings(0, [open])), ["refused /srv → chmod go-w /srv"]);
    const itself = place(role, [seen("/srv"), seen("/srv/x", WWW)]);
    const remedy = role === "work" ? "mv /srv/x /srv/x.old" : "chown -h root: /srv/x";
    assert.deepEqual(brief(findings(0, [itself])), [`refused /srv/x → ${remedy}`]);
  }
  const metrics = place("metrics", [seen("/var/prom", WWW), seen("/var/prom/x")]);
  assert.deepEqual(brief(findings(0, [metrics])), ["warning /var/prom"]);
});

Deno.test("judge() refuses a user only program, configuration and the work folder itself", () => {
  const weights = ROLES.map((role) => {
    const above = place(role, [seen("/srv", EVE), seen("/srv/x", BOB)]);
    const itself = place(role, [seen("/srv"), seen("/srv/x", EVE)]);
    return [role, ...findings(BOB, [above, itself]).map(({ path, weight }) => `${weight} ${path}`)];
  });
  assert.deepEqual(weights, [
    ["program", "refused /srv", "refused /srv/x"],
    ["config", "refused /srv", "refused /srv/x"],
    ["state", "warning /srv", "warning /srv/x"],
    ["log", "warning /srv", "warning /srv/x"],
    ["work", "refused /srv/x", "warning /srv"],
    ["data", "warning /srv", "warning /srv/x"],
    ["mirror", "warning /srv", "warning /srv/x"],
  ]);
});

Deno.test("judge() counts a sticky folder as closed for what lies in it, not for what it is", () => {
  const way = [seen("/srv", 0, 0o1777)];
  const inside = place("data", [...way, seen("/srv/x")], { filled: true });
  assert.deepEqual(findings(0, [inside]), []);
  const foreign = place("data", [...way, seen("/srv/x", EVE)], { filled: true });
  assert.equal(findings(0, [foreign])[0]?.weight, "refused");
  const itself = place("data", way, { filled: true });
  assert.deepEqual(brief(findings(0, [itself])), ["refused /srv → chmod go-w /srv"]);
  const others = place("data", [seen("/srv", EVE, 0o1777), seen("/srv/x")], { filled: true });
  assert.deepEqual(brief(findings(0, [others])), ["refused /srv"]);
});

Deno.test("judge() looks at who owns a link, whose mode says nothing", () => {
  const link = (uid: number): UsedLocation =>
    place("data", [seen("/srv"), seen("/srv/x", uid, 0o777, { kind: "link" }), seen("/disk")]);
  assert.deepEqual(findings(0, [link(0)]), []);
  assert.equal(findings(0, [link(EVE)])[0]?.weight, "refused");
});

Deno.test("judge() finds nothing where the mount decides", () => {
  for (const uid of [0, BOB]) {
    const open = place("config", [seen("/mnt", 0, 0o777), seen("/mnt/x", EVE)]);
    assert.deepEqual(findings(uid, [open], { ownerless: true }), []);
  }
});

Deno.test("judge() lets root trust folders with all that lies in them", () => {
  const way = [seen("/home"), seen("/home/eve", EVE), seen("/home/eve/data", EVE)];
  const trusted = (folder: string): string[] =>
    findings(0, [place("data", way)], { trusted: [folder] }).map(({ path }) => path);
  assert.deepEqual(trusted("/home/eve"), []);
  assert.deepEqual(trusted("/home/eve/data"), ["/home/eve"]);
  assert.deepEqual(trusted("/home/ev"), ["/home/eve", "/home/eve/data"]);
});

Deno.test("judge() lets a distribution's group write where root keeps logs, and nowhere else", () => {
  const way = [seen("/var/log", 0, 0o775, { gid: 50 }), seen("/var/log/x")];
  MEMBERS[50] = [104];
  try {
    assert.deepEqual(findings(0, [place("log", way)]), []);
    assert.equal(findings(0, [place("data", way)])[0]?.weight, "refused");
  } finally {
    MEMBERS[50] = [];
  }
});

Deno.test("sentence() says who owns what, or who may write where, and what lies there", () => {
  const places = [
    place("data", [seen("/home/eve", EVE), seen("/home/eve/x", 0, 0o757)], { filled: true }),
    place("config", [seen("/srv", 0, 0o775, { gid: 600 }), seen("/srv/c")]),
  ];
  assert.deepEqual(findings(0, places).map(sentence), [
    "/home/eve belongs to eve; the data of bars lies there",
    "everybody may write to /home/eve/x (mode 757): the data of bars",
    "the group 600 may write to /srv (mode 775); the configuration lies there",
  ]);
});

Deno.test("judge() names no command for what a user outside of the container owns", () => {
  for (const role of ["config", "data", "work"] as const) {
    const [finding] = findings(0, [place(role, [seen("/srv", OUTSIDE)])]);
    assert.equal(finding?.weight, "refused");
    assert.equal(finding.remedy, undefined);
  }
});

Deno.test("judge() holds a FUSE file system's mounter answerable, whatever owner it says", () => {
  const mounted = (mounter: number) => [
    seen("/tmp", 0, 0o1777),
    seen("/tmp/fuse", 0, 0o755, { mounter }),
    seen("/tmp/fuse/x", 0),
  ];
  const found = (uid: number, mounter: number, role: Role = "state") =>
    brief(findings(uid, [place(role, mounted(mounter))], { ownerless: true }));
  assert.deepEqual(found(0, 0), []);
  assert.deepEqual(found(BOB, BOB), []);
  assert.deepEqual(found(BOB, 0), []);
  for (const mounter of [BOB, EVE, ANYBODY]) {
    assert.deepEqual(found(0, mounter), ["refused /tmp/fuse → umount -l /tmp/fuse"]);
  }
  const umount = asRoot("umount -l /tmp/fuse", { uid: BOB });
  assert.deepEqual(found(BOB, EVE), [`warning /tmp/fuse → ${umount}`]);
  assert.deepEqual(found(BOB, EVE, "program"), [`refused /tmp/fuse → ${umount}`]);
});
