/** What is wrong with an address that a command was given is said of that address, not of a configuration's key. */
import assert from "node:assert/strict";
import { initCommand } from "../../src/cli/init/init_command.ts";
import { listCommand } from "../../src/cli/setup/list_command.ts";
import { HubError } from "../../src/errors.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { failure } from "../hub/client_fixture.ts";
import { tempDir } from "../support/temp.ts";

const env = (): undefined => undefined;
type Command = (address: string, output: string) => Promise<unknown>;

const HUB_COMMANDS: Record<string, Command> = {
  "list --hub-url": (hubUrl) => listCommand({ hubUrl }, fakeTerminal(), { env }),
  "init --hub-url": (hubUrl, output) => initCommand({ hubUrl, output }, fakeTerminal(), { env }),
};
const ZIP_COMMANDS: Record<string, Command> = {
  "init --url": (url, output) => initCommand({ url, output }, fakeTerminal(), { env }),
};

/** Answers everything alike. */
function serverOf(status: number, body: string) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(body, { status, headers: { "content-type": "text/html" } }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}

interface Wrong {
  what: string;
  status: number;
  body: string;
  hint: RegExp;
  /** The address, if it isn't the server's own. */
  at?: (url: string) => string;
}

const HUBS: readonly Wrong[] = [
  { what: "a 404", status: 404, body: "", hint: /^check the address: it is the hub's root/ },
  { what: "a page", status: 200, body: "<html>Hi</html>", hint: /^check the address; it may be/ },
  { what: "other JSON", status: 200, body: '{"ok":true}', hint: /^check the address: it is the/ },
  {
    what: "a list of too many",
    status: 200,
    body: JSON.stringify(Array(100_001).fill(0)),
    hint: /^check the address: no hub has that many/,
  },
];
const ALL: readonly Wrong[] = [
  {
    what: "no server",
    status: 200,
    body: "",
    at: () => `http://127.0.0.1:${CLOSED_PORT}/a.zip`,
    hint: /^check the address, the network/,
  },
  {
    what: "a server without TLS",
    status: 200,
    body: "",
    at: (url) => `${url.replace("http:", "https:")}/a.zip`,
    hint: /^check the address: it may have to begin with http:/,
  },
];
const ZIPS: readonly Wrong[] = [
  {
    what: "nothing there",
    status: 404,
    body: "",
    at: (url) => `${url}/a.zip`,
    hint: /the address/,
  },
];

for (const [commands, own] of [[HUB_COMMANDS, HUBS], [ZIP_COMMANDS, ZIPS]] as const) {
  for (const [command, ask] of Object.entries(commands)) {
    for (const { what, status, body, hint, at = (url: string) => url } of [...own, ...ALL]) {
      Deno.test(`${command} that finds ${what} speaks of the address`, async () => {
        await using temp = await tempDir();
        await using server = serverOf(status, body);
        const error = await failure(ask(at(server.url), temp.at("config.yaml")));
        assert(error instanceof HubError, String(error));
        assert.match(error.hint ?? "", hint);
        assert.doesNotMatch(error.hint ?? "", /hub\.url|datasets\[\]\.url/);
      });
    }
  }
}

Deno.test("list --hub-url that is refused names the variable of the token", async () => {
  await using server = serverOf(401, "who are you?");
  const error = await failure(listCommand({ hubUrl: server.url }, fakeTerminal(), { env }));
  assert(error instanceof HubError);
  assert.match(error.hint ?? "", /^check DATAHUBSYNC_TOKEN and hub\.headers in a configuration/);
});
