/** `--check` against what a hub answers: refusals, pages, catalogs that are odd, clocks that differ. */
import assert from "node:assert/strict";
import { CLOSED_PORT } from "../../support/closed_port.ts";
import { ask, assertTold, healthyPlace } from "./healthy_place.ts";

Deno.test("--check tells a hub that wants a token, and one that refuses ours", async () => {
  await using place = await healthyPlace();
  place.hub.hub.faults.add({ name: "require_auth", path: "/", token: "right" });
  const remedy = `set hub.token: \${DATAHUBSYNC_TOKEN} in ${place.config}, and: ` +
    "export DATAHUBSYNC_TOKEN=…";
  const expected = { check: "hub.http", verdict: "error", remedy } as const;
  await assertTold(place, { ...expected, message: /answered 401.*: it wants a token$/ });
  await place.edit("hub:\n", "hub:\n  token: wrong\n");
  await Deno.chmod(place.config, 0o600);
  await assertTold(place, { ...expected, message: /answered 401.*: it refuses hub\.token$/ });
  await place.edit("wrong", "right");
  assert.equal((await place.check()).code, 0);
});

Deno.test("--check tells a hub.url that isn't the hub's root", async () => {
  await using place = await healthyPlace();
  await place.edit(place.hub.url, `${place.hub.url}/api`);
  await assertTold(place, {
    check: "hub.http",
    verdict: "error",
    message: /\/api\/api\/datasets answered 404/,
    remedy: "check hub.url: it is the hub's root, without /api/datasets; " +
      `curl -sS -i ${place.hub.url}/api/api/datasets | head`,
  });
});

Deno.test("--check tells a page where the catalog should be", async () => {
  await using place = await healthyPlace();
  place.hub.hub.setCatalog("<html>Please log in</html>");
  await assertTold(place, {
    check: "hub.json",
    verdict: "error",
    message: /answered no JSON: Please log in$/,
    remedy: `correct hub.url in ${place.config}; what it says: ${ask(place)}`,
  });
});

Deno.test("--check tells JSON that is no catalog", async () => {
  await using place = await healthyPlace();
  place.hub.hub.setCatalog('{"status":"ok"}');
  await assertTold(place, {
    check: "hub.json",
    verdict: "error",
    message: /no list of datasets: \{"status":"ok"\}$/,
    remedy: `correct hub.url in ${place.config}; what it says: ${ask(place)}`,
  });
});

Deno.test("--check tells what is odd about a catalog", async () => {
  await using place = await healthyPlace();
  const { hub } = place.hub;
  hub.setDataset("other", { version: "last Tuesday" });
  await assertTold(place, {
    check: "hub.catalog",
    verdict: "warning",
    message: /^catalog: the version of "other" can't be read as a time: "last Tuesday"$/,
    remedy: "tell those who run the hub",
  });
});

Deno.test("--check tells clocks that differ, and which one is behind", async () => {
  const ahead = 10 * 60_000;
  await using place = await healthyPlace({ clock: () => Date.now() + ahead });
  await assertTold(place, {
    check: "hub.clock",
    verdict: "warning",
    message: /^this machine's clock is 10 min behind the hub's$/,
    remedy: "timedatectl set-ntp true",
  });
  await using other = await healthyPlace({ clock: () => Date.now() - ahead });
  await other.becomeUser(1000);
  await assertTold(other, {
    check: "hub.clock",
    verdict: "warning",
    message: /^this machine's clock is 10 min ahead of the hub's$/,
    remedy: "sudo timedatectl set-ntp true",
  });
  other.machine.sudo = false;
  await assertTold(other, {
    check: "hub.clock",
    verdict: "warning",
    message: /^this machine's clock is 10 min ahead of the hub's$/,
    remedy: "su -c 'timedatectl set-ntp true'",
  });
});

Deno.test("--check only warns of a hub that another one stands in for", async () => {
  await using place = await healthyPlace();
  const port = CLOSED_PORT;
  await place.edit(
    `url: ${place.hub.url}`,
    `url: ["http://127.0.0.1:${port}", "${place.hub.url}"]`,
  );
  await assertTold(place, {
    check: "hub.connect",
    verdict: "warning",
    message: new RegExp(`^http://127\\.0\\.0\\.1:${port}: nothing listens`),
    remedy: /^start the hub/,
  });
});

Deno.test("--check tells a token that goes over plain http to another machine", async () => {
  await using place = await healthyPlace();
  await place.edit(/url: .*/, "url: http://no-such-hub.invalid:8000\n  token: s3cret-token");
  const { lines } = await place.check();
  const told = lines.find(({ check, verdict }) => check === "hub.token" && verdict === "warning");
  assert.deepEqual(told, {
    check: "hub.token",
    verdict: "warning",
    dataset: null,
    message:
      "the token goes to http://no-such-hub.invalid:8000 over plain http: whoever is on the " +
      "way can read it",
    remedy: `try hub.url: https://no-such-hub.invalid:8000 in ${place.config}`,
  });
});

Deno.test("--check adds to the exceptions that are in force, and tells a proxy that isn't one", async () => {
  await using place = await healthyPlace();
  place.variables.set("http_proxy", place.hub.url);
  place.variables.set("NO_PROXY", "10.0.0.0/8");
  await assertTold(place, {
    check: "network.proxy",
    verdict: "warning",
    message: /which can't reach a hub on this machine$/,
    remedy: "export NO_PROXY=10.0.0.0/8,127.0.0.1",
  });
  const { host } = new URL(place.hub.url);
  place.variables.set("NO_PROXY", `intranet,${host}`);
  await assertTold(place, {
    check: "network.proxy",
    verdict: "warning",
    message:
      /^http:\S+ is asked through http:\S+ \(http_proxy\), though NO_PROXY has "127\.0\.0\.1:\d+": names and addresses stand there with commas between them, without port, \* or http:\/\/$/,
    remedy: `export NO_PROXY=intranet,${host},127.0.0.1`,
  });
  place.variables.set("NO_PROXY", "10.0.0.0/8,127.0.0.1");
  place.variables.set("http_proxy", "http://user:s3c#ret@proxy:3128");
  await assertTold(place, {
    check: "network.proxy",
    verdict: "warning",
    message: /http_proxy can't be what was meant: its user or password has a #/,
    remedy: "in http_proxy write # as %23, / as %2F, ? as %3F and @ as %40 in user and password",
  });
  const { lines } = await place.check();
  assert(!JSON.stringify(lines).includes("s3c"));
});
