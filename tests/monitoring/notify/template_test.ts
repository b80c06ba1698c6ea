/**
 * Requests of a user's own making: what is put in stays where it was put.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { TemplateTarget } from "../../../src/config/notify_config.ts";
import type { NotifyMessage } from "../../../src/monitoring/notify/message.ts";
import { templateRequest } from "../../../src/monitoring/notify/template.ts";

const NASTY = 'a "quote" \\ back\nline <tag> & é 很 😀 ${title} \u0001 ]]> \' @all %41=;';

function message(text = NASTY): NotifyMessage {
  return {
    title: `T ${text.split("\n")[0]}`,
    text,
    at: Date.UTC(2026, 10, 22),
    host: "desk",
    notices: ["股票", "etf"].map((dataset) => ({
      event: "failure",
      dataset,
      outcome: "rejected",
      since: 0,
      version: null,
    })),
  };
}

function target(changes: Partial<TemplateTarget>): TemplateTarget {
  const url = "https://example.com/a";
  return { type: "template", url, method: "POST", headers: {}, secrets: [], ...changes };
}

Deno.test("templateRequest() escapes for JSON, by the header or the body's look", () => {
  const body = '{"a": "${title}", "b": ["${text}"], "c": "${dataset} is ${status} (${event})"}';
  const types = [{}, { "Content-Type": "application/vnd.api+json" }];
  for (const headers of types as Record<string, string>[]) {
    const request = templateRequest(target({ body, headers }), message());
    const sent = JSON.parse(request.body!);
    assert.equal(sent.b[0], NASTY.replace("@all", "＠all"));
    assert.equal(sent.c, "股票, etf is rejected (failure)");
    const sentTypes = Object.keys(request.headers).filter((name) => /^content-type$/i.test(name));
    assert.equal(sentTypes.length, 1);
  }
});

Deno.test("templateRequest() escapes for a form, for XML, and in the address", () => {
  const form = templateRequest(
    target({
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "t=${text}&x=1",
    }),
    message(),
  );
  const fields = new URLSearchParams(form.body);
  assert.deepEqual([...fields.keys()], ["t", "x"]);
  assert.equal(fields.get("t"), NASTY.replace("@all", "＠all"));
  const xml = templateRequest(
    target({ headers: { "content-type": "text/xml" }, body: '<a b="${title}">${text}</a>' }),
    message(),
  );
  assert.match(xml.body!, /^<a b="[^"<]*">[^<]*<\/a>$/s);
  const get = templateRequest(
    target({ method: "GET", url: "https://example.com/${dataset}?t=${text}&z=1" }),
    message(),
  );
  const url = new URL(get.url);
  assert.equal(url.pathname, "/%E8%82%A1%E7%A5%A8%2C%20etf");
  assert.deepEqual([...url.searchParams.keys()], ["t", "z"]);
  assert.equal(get.body, undefined);
});

Deno.test("templateRequest() keeps a header on one line, and takes no value for a placeholder", () => {
  const request = templateRequest(
    target({ headers: { "X-Title": "${title}" } }),
    message("a\r\nX: 很"),
  );
  new Headers(request.headers);
  const plain = templateRequest(target({ body: "${text}" }), message("${title}"));
  assert.equal(plain.body, "${title}");
  assert.equal(plain.headers["content-type"], "text/plain; charset=utf-8");
});
