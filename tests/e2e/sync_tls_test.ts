/**
 * Whom the binary trusts, in an empty environment.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Certificates, hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { binaryPath, configFor, type Workplace, workplace } from "../support/binary.ts";
import { outcomeOf, succeeds } from "../support/command.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

function tlsTest(
  name: string,
  server: "right" | "wrongName",
  body: (place: Workplace, hub: TestHub, certificates: Certificates) => Promise<void>,
  needs: { missing?: string | undefined } = {},
): void {
  const missing = hasOpenssl() ? needs.missing : "openssl";
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    async fn() {
      const certificates = await makeCertificates();
      await using hub = startHub({ kind: "modern", tls: certificates[server] });
      await using place = await workplace(configFor(hub.url, [NAME], { hub: ["retries: 0"] }));
      await body(place, hub, certificates);
    },
  });
}

tlsTest("an unknown authority is exit 3, with a hint at hub.ca_file", "right", async (place) => {
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [3, ""]);
  assert.match(ended.stderr, /^error: stock-trading-data-pro: .*certificate/);
  assert.match(ended.stderr, /^hint: .*ca_file/m);
  assert.equal((await place.tree(NAME)).size, 0);
});

tlsTest("hub.ca_file adds an authority", "right", async (place, hub, { ca }) => {
  await Deno.writeTextFile(place.at("our-ca.pem"), ca);
  const lines = ["retries: 0", "ca_file: ./our-ca.pem"];
  await place.configure(configFor(hub.url, [NAME], { hub: lines }));
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
  assertSameTree(await place.tree(NAME), hub.tree());
});

tlsTest("a certificate for another host is refused", "wrongName", async (place, hub, { ca }) => {
  await Deno.writeTextFile(place.at("our-ca.pem"), ca);
  const lines = ["retries: 0", "ca_file: ./our-ca.pem"];
  await place.configure(configFor(hub.url, [NAME], { hub: lines }));
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [3, ""]);
  assert.match(ended.stderr, /^error: stock-trading-data-pro: .*(name|host)/);
});

tlsTest("a ca_file that isn't one is exit 3 and named", "right", async (place, hub) => {
  await Deno.writeTextFile(place.at("our-ca.pem"), "nothing");
  await place.configure(configFor(hub.url, [NAME], { hub: ["ca_file: ./our-ca.pem"] }));
  const ended = await place.run();
  assert.equal(ended.code, 3);
  assert.match(ended.stderr, /ca_file.*our-ca\.pem/);
});

/** Whether we may put another file over the machine's bundle, in a mount namespace of our own. */
function bundleMissing(): string | undefined {
  if (Deno.uid() !== 0) return "root";
  try {
    if (!Deno.statSync(BUNDLE).isFile) return BUNDLE;
    return succeeds("unshare", ["-m", "true"]) ? undefined : "unshare";
  } catch {
    return `${BUNDLE} and unshare`;
  }
}

tlsTest(
  "an authority that only the machine's own store knows is trusted under `env -i`",
  "right",
  async (place, hub, { ca }) => {
    await Deno.writeTextFile(place.at("store.pem"), ca);
    // The mount is seen by this one process and goes with it.
    const script = `mount --bind "$1" ${BUNDLE} && exec env -i "$2" --config "$3"`;
    const names = [place.at("store.pem"), binaryPath(), place.at("config.yaml")];
    const args = ["-m", "--propagation", "private", "sh", "-ec", script, "sh", ...names];
    const { code, stderr } = await outcomeOf("unshare", args, { cwd: place.path });
    assert.deepEqual([code, stderr], [0, ""]);
    assertSameTree(await place.tree(NAME), hub.tree());
  },
  { missing: bundleMissing() },
);
