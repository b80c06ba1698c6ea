/** `--check` against everything that can be wrong on the way to a hub. */
import assert from "node:assert/strict";
import { hasOpenssl, makeCertificates } from "../../support/certificates.ts";
import { CLOSED_PORT } from "../../support/closed_port.ts";
import { ask, assertTold, healthyPlace } from "./healthy_place.ts";

Deno.test("--check tells a name that can't be resolved", async () => {
  await using place = await healthyPlace();
  await place.edit(place.hub.url, "http://no-such-hub.invalid:8000");
  await assertTold(place, {
    check: "hub.dns",
    verdict: "error",
    message: /^the name no-such-hub\.invalid can't be resolved \(E?[A-Z_]+\)$/,
    remedy: `correct hub.url in ${place.config}, or fix DNS until this prints an address: ` +
      "getent hosts no-such-hub.invalid",
  });
});

Deno.test("--check tells a port on which nothing listens", async () => {
  await using place = await healthyPlace();
  const port = CLOSED_PORT;
  await place.edit(place.hub.url, `http://127.0.0.1:${port}`);
  await assertTold(place, {
    check: "hub.connect",
    verdict: "error",
    message: new RegExp(`^nothing listens at 127\\.0\\.0\\.1:${port}: the connection is refused$`),
    remedy: `start the hub, or correct hub.url in ${place.config}; then: ` +
      `curl -v http://127.0.0.1:${port}/api/datasets`,
  });
});

Deno.test("--check tells an address that can't be reached", async () => {
  await using place = await healthyPlace();
  await place.edit(place.hub.url, "http://255.255.255.255:8000");
  await assertTold(place, {
    check: "hub.connect",
    verdict: "error",
    message: /^255\.255\.255\.255:8000 can't be connected to: ./,
    remedy: `look for a firewall or a wrong address in hub.url in ${place.config}: ` +
      "curl -v http://255.255.255.255:8000/api/datasets",
  });
});

Deno.test("--check tells a connection that times out", async () => {
  await using place = await healthyPlace();
  // Its queue has room for two: a third connection is neither answered nor refused.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  using _first = await Deno.connect({ hostname: "127.0.0.1", port });
  using _second = await Deno.connect({ hostname: "127.0.0.1", port });
  await place.edit(`url: ${place.hub.url}`, `url: http://127.0.0.1:${port}\n  timeout: 0.3`);
  await assertTold(place, {
    check: "hub.connect",
    verdict: "error",
    message: new RegExp(`^127\\.0\\.0\\.1:${port} can't be connected to: no answer in 0\\.3 s$`),
    remedy: `look for a firewall or a wrong address in hub.url in ${place.config}: ` +
      `curl -v http://127.0.0.1:${port}/api/datasets`,
  });
});

Deno.test("--check tells a hub that is in trouble itself", async () => {
  for (const [name, status] of [["status_500", 500], ["status_503", 503]] as const) {
    await using place = await healthyPlace();
    place.hub.hub.faults.add({ name, path: "/api", times: 9, retryAfter: 3600 });
    await assertTold(place, {
      check: "hub.http",
      verdict: "error",
      message: new RegExp(`/api/datasets answered ${status}`),
      remedy: new RegExp(
        status === 500
          ? "^the hub itself failed: tell those"
          : "^the hub asks not to be asked again before 20.*Z: the first run after that does; curl ",
      ),
    });
  }
});

Deno.test("--check tells a hub that breaks its answer off", async () => {
  await using place = await healthyPlace();
  place.hub.hub.faults.add({ name: "reset", path: "/api", times: 9, after: 0 });
  await assertTold(place, {
    check: "hub.http",
    verdict: "error",
    message: /\/api\/datasets/,
    remedy: "it takes connections but doesn't answer: restart the hub, or see what is before it: " +
      ask(place),
  });
});

Deno.test("--check tells redirects that go round in a circle", async () => {
  await using place = await healthyPlace();
  place.hub.hub.faults.add({ name: "redirect_loop", path: "/", times: 99 });
  await assertTold(place, {
    check: "hub.http",
    verdict: "error",
    message: /the redirect of .* goes round in a circle|has more than/,
    remedy:
      "open the address in a browser, and ask whoever runs the server where the file is now; " +
      ask(place),
  });
});

Deno.test("--check tells a proxy that isn't there, and which variable names it", async () => {
  await using place = await healthyPlace();
  const port = CLOSED_PORT;
  await place.edit(place.hub.url, "http://hub.example:8000");
  place.variables.set("http_proxy", `http://user:pass@127.0.0.1:${port}`);
  await assertTold(place, {
    check: "hub.connect",
    verdict: "error",
    message: new RegExp(`^nothing listens at 127\\.0\\.0\\.1:${port}`),
    remedy: "start the hub, or correct the variable http_proxy; then: " +
      "curl -v http://hub.example:8000/api/datasets",
  });
  const { lines } = await place.check();
  const said = lines.find(({ check }) => check === "network.proxy");
  assert.equal(
    said?.message,
    `http://hub.example:8000 is asked through http://127.0.0.1:${port} (http_proxy)`,
  );
});

Deno.test("--check warns of a proxy before a hub on this machine", async () => {
  await using place = await healthyPlace();
  place.variables.set("http_proxy", place.hub.url);
  await assertTold(place, {
    check: "network.proxy",
    verdict: "warning",
    message: / \(http_proxy\), which can't reach a hub on this machine$/,
    remedy: "export no_proxy=127.0.0.1",
  });
  place.variables.set("no_proxy", "127.0.0.1");
  const { lines } = await place.check();
  assert.equal(lines.find(({ check }) => check === "network.proxy")?.verdict, "ok");
});

Deno.test("--check tells a file of authorities that isn't one", async () => {
  await using place = await healthyPlace();
  await place.edit("hub:\n", "hub:\n  ca_file: ./ca.pem\n");
  await assertTold(place, {
    check: "network.ca",
    verdict: "error",
    message: /^ca_file can't be used: .*ca\.pem: No such file/,
    remedy: `put the PEM file of the authority there, or correct hub.ca_file in ${place.config}`,
  });
});

Deno.test("--check tells https to a hub that speaks none and keeps waiting", async () => {
  await using place = await healthyPlace();
  await place.edit(
    `url: ${place.hub.url}`,
    `url: ${place.hub.url.replace("http", "https")}\n  timeout: 2`,
  );
  await assertTold(place, {
    check: "hub.tls",
    verdict: "error",
    message: /no byte came for 2 s: it may speak no TLS$/,
    remedy: `if this answers, correct hub.url in ${place.config} to ${place.hub.url}: ${
      ask(place)
    }`,
  });
});

Deno.test("--check tells https to a hub that answers it in plain text", async () => {
  await using place = await healthyPlace();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = (async () => {
    for await (const connection of listener) {
      const read = await connection.read(new Uint8Array(65_536));
      if (read !== null) {
        await connection.write(new TextEncoder().encode("HTTP/1.0 400 Bad Request\r\n\r\n"));
      }
      connection.close();
    }
  })();
  const { port } = listener.addr;
  await place.edit(place.hub.url, `https://127.0.0.1:${port}`);
  await assertTold(place, {
    check: "hub.tls",
    verdict: "error",
    message: /no TLS is spoken there/,
    remedy:
      `check hub.url: it may have to begin with http:// (${place.config}); its certificate: ` +
      `openssl s_client -connect 127.0.0.1:${port} -servername 127.0.0.1 </dev/null`,
  });
  listener.close();
  await answering;
});

Deno.test({
  name: "--check tells a certificate of an unknown authority; hub.ca_file fixes it (needs openssl)",
  ignore: !hasOpenssl(),
  fn: async () => {
    const { ca, right } = await makeCertificates();
    await using place = await healthyPlace({ tls: right, synced: false });
    const port = new URL(place.hub.url).port;
    await assertTold(place, {
      check: "hub.tls",
      verdict: "error",
      message: /the certificate isn't trusted: .*UnknownIssuer/,
      remedy: `name the certificate authority's PEM file in hub.ca_file (${place.config}); its ` +
        `certificate: openssl s_client -connect localhost:${port} -servername localhost </dev/null`,
    });
    await Deno.writeTextFile(place.at("ca.pem"), ca);
    await place.edit("hub:\n", "hub:\n  ca_file: ./ca.pem\n");
    const { lines } = await place.check();
    assert.equal(lines.find(({ check }) => check === "hub.tls")?.verdict, "ok");
    assert.equal(lines.find(({ check }) => check === "hub.catalog")?.verdict, "ok");
  },
});

Deno.test({
  name: "--check tells a certificate of another host (needs openssl)",
  ignore: !hasOpenssl(),
  fn: async () => {
    const { ca, wrongName } = await makeCertificates();
    await using place = await healthyPlace({ tls: wrongName, synced: false });
    await Deno.writeTextFile(place.at("ca.pem"), ca);
    await place.edit("hub:\n", "hub:\n  ca_file: ./ca.pem\n");
    await assertTold(place, {
      check: "hub.tls",
      verdict: "error",
      message: /the certificate isn't trusted/,
      remedy: /^check hub\.url: its host must be one that the certificate was issued for \(/,
    });
  },
});

Deno.test("--check tells a hub that takes connections and never answers", async () => {
  await using place = await healthyPlace();
  await place.edit("hub:\n", "hub:\n  timeout: 2\n");
  place.hub.hub.faults.add({ name: "slow_first_byte", path: "/api", times: 9, ms: 60_000 });
  await assertTold(place, {
    check: "hub.http",
    verdict: "error",
    message: /no byte came for 2 s/,
    remedy: "it takes connections but doesn't answer: restart the hub, or see what is before it: " +
      ask(place),
  });
});
