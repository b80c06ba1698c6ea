/** Whether a configuration file must be kept from other people's eyes. */
import assert from "node:assert/strict";
import { holdsSecrets } from "../../src/config/literal_secrets.ts";

const cases: [what: string, text: string, secret: boolean][] = [
  ["no secret", "hub: {url: http://h}", false],
  ["a token", "hub: {url: http://h, token: abc}", true],
  ["a token that is a number", "hub: {url: http://h, token: 12345}", true],
  ["a token from the environment", "hub: {url: http://h, token: '${DATAHUBSYNC_TOKEN}'}", false],
  ["an empty token", "hub: {url: http://h, token: }", false],
  ["a login in the address", "hub: {url: ['http://h', 'http://u:p@i']}", true],
  ["a header", "hub: {url: http://h, headers: {X-Key: k}}", true],
  ["a webhook's address", "notify: {targets: [{type: slack, url: https://s/x}]}", true],
  [
    "a webhook elsewhere",
    "notify: {targets: [{type: slack, url: '${DATAHUBSYNC_SLACK_URL}'}]}",
    false,
  ],
  ["a bot's token", "notify: {targets: [{type: telegram, token: t, chat_id: 1}]}", true],
  ["a server of one's own", "notify: {targets: [{type: ntfy, url: https://n, topic: t}]}", false],
  ["the address of a ping", "ping: {url: https://hc-ping.com/uuid}", true],
  ["a template's header", "notify: {targets: [{type: template, headers: {X-Key: k}}]}", true],
  ["a mail password", "notify: {targets: [{type: email, password: p}]}", true],
  ["a token behind an alias", "x: &t {token: abc}\nhub: {<<: *t, url: http://h}", true],
];

for (const [what, text, secret] of cases) {
  Deno.test(`holdsSecrets() says ${secret ? "yes" : "no"} for ${what}`, () => {
    assert.equal(holdsSecrets(text), secret);
  });
}
