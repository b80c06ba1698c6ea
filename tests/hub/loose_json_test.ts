/** JSON that isn't quite JSON is read where it can mean only one thing. */
import assert from "node:assert/strict";
import { parseCatalog } from "../../src/hub/catalog/catalog_parse.ts";
import { parseLoosely } from "../../src/hub/catalog/loose_json.ts";
import { failure, testClient } from "./client_fixture.ts";
import { RawServer } from "./raw_server.ts";

/** The names that are read out of a catalog, and how many warnings come with them. */
function namesIn(text: string): string {
  const { value, fault } = parseLoosely(text);
  const { datasets, warnings } = parseCatalog(value, { timezone: "UTC" });
  assert(fault !== undefined);
  return `${datasets.map(({ name }) => name)} ${warnings.length}`;
}

Deno.test("parseLoosely() reads JSON as JSON", () => {
  for (const value of [null, 0, "NaN, [1,]", [1, { a: '\\"' }], { datasets: [] }]) {
    assert.deepEqual(parseLoosely(JSON.stringify(value)), { value });
  }
});

Deno.test("parseLoosely() takes for granted what can only mean one thing", () => {
  const read = (text: string) => parseLoosely(text).value;
  assert.deepEqual(read('{"a":NaN,"b":[Infinity,-Infinity]}'), { a: null, b: [null, null] });
  assert.deepEqual(read('[{"a":1,},2,]'), [{ a: 1 }, 2]);
  assert.deepEqual(read('{"a":True,"b":False,"c":None}'), { a: true, b: false, c: null });
  assert.deepEqual(read('{"a":"x\ny\tz"}'), { a: "x\ny\tz" });
  assert.deepEqual(read('{"a":"NaN,]","b":NaN}'), { a: "NaN,]", b: null });
});

Deno.test("parseLoosely() loses one dataset by one fault of it", () => {
  for (
    const broken of [
      '{"name":"b","size":}',
      '{"name":"b","size":1.2.3}',
      '{"name":"b" "size":1}',
      "{name:b}",
      '{"name":"b","size":012}',
      '{"name":"b","tags":[1 2]}',
    ]
  ) {
    const list = `[{"name":"a"},${broken},{"name":"c","size":NaN}]`;
    assert.equal(namesIn(list), "a,c 1", broken);
    assert.equal(namesIn(`{"code":0,"datasets":${list},"total":3}`), "a,c 1", broken);
  }
});

Deno.test("parseLoosely() completes nothing that breaks off, and takes no page for a list", () => {
  const whole = '{"datasets":[{"name":"a","size":NaN},{"name":"b"}]}';
  for (let end = 0; end < whole.length; end++) {
    assert.throws(() => parseLoosely(whole.slice(0, end)), SyntaxError, whole.slice(0, end));
  }
  for (const text of ["<html>[1,]</html>", "", '{"a":[1}]', "[1,2]]", "Bad [gateway]"]) {
    assert.throws(() => parseLoosely(text), SyntaxError, text);
  }
});

Deno.test("HubClient.catalog() says what is wrong with a catalog, and blames no proxy for it", async () => {
  const text = '{"datasets":[{"name":"a","size":NaN},{"name":"b"';
  await using server = new RawServer(
    `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
  using client = testClient(server.url, { retries: 0 });
  const error = await failure(client.catalog()) as Error & { hint?: string };
  assert.match(error.message, /no JSON: .*(NaN|JSON)/);
  assert.match(error.hint ?? "", /those who run the hub/);
});

Deno.test("HubClient.catalog() warns of a catalog that isn't quite JSON", async () => {
  const text = '{"datasets":[{"name":"a","total_size":NaN},{"name":"b",}]}';
  await using server = new RawServer(
    `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
  using client = testClient(server.url);
  const { datasets, warnings } = await client.catalog();
  assert.deepEqual(datasets.map(({ name }) => name), ["a", "b"]);
  assert.match(warnings.join(), /catalog: it isn't JSON/);
});
