/** What is shown of pages that servers, storages and proxies send in place of an answer. */
import assert from "node:assert/strict";
import { lineOf, pageText } from "../../src/hub/answer/page_text.ts";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const DOCTYPE =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">';

const PAGES: Record<string, [page: string, line: string]> = {
  "plain text": ["\n  no such dataset \nsecond line\n", "no such dataset"],
  "nothing": ["", ""],
  "bytes": ["PK\x03\x04\0\0", "(bytes that are no text)"],
  "squid": [
    `${DOCTYPE}\n<html><head>\n<title>ERROR: The requested URL could not be retrieved</title>\n`,
    "ERROR: The requested URL could not be retrieved",
  ],
  "tinyproxy": [
    `${XML}\n<!DOCTYPE html>\n<html>\n<head><title>403 Filtered</title></head>`,
    "403 Filtered",
  ],
  "nginx": ["<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n", "502 Bad Gateway"],
  "a title over lines, with entities": [
    "<HTML><TITLE lang=en>\n Hotel &#38; Login &amp;\n Terms </TITLE>",
    "Hotel & Login & Terms",
  ],
  "a title that is cut off": ["<html><title>Sign in to", "Sign in to"],
  "a heading alone": ["<!doctype html><h1>Too <b>many</b> requests</h1>", "Too many requests"],
  "text alone": [
    "<html><style>p{}</style><script>x()</script><p>Blocked by policy</p>",
    "Blocked by policy",
  ],
  "nothing but a beginning": ["<!DOCTYPE html>\n", "<!DOCTYPE html>"],
  "S3": [
    `${XML}\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`,
    "AccessDenied: Request has expired",
  ],
  "Azure, with a byte order mark": [
    `\ufeff${XML}<Error><Code>AuthenticationFailed</Code><Message>Server failed.\nId:1</Message>`,
    "AuthenticationFailed: Server failed. Id:1",
  ],
  "Google": [
    '{\n "error": {\n "code": 403,\n "message": "Not authorized"\n }\n}',
    "Not authorized",
  ],
  "Spring": ['{"status":500,"error":"Internal Server Error","message":"disk full"}', "disk full"],
  "code and message": ['{"code":50001,"message":"数据包正在生成","data":null}', "数据包正在生成"],
  "a list of errors": ['{"errors":[{"detail":"quota is used up"}]}', "quota is used up"],
  "an error that is a word": ['{"error":"forbidden"}', "forbidden"],
  "FastAPI": ['{"detail":"Not Found"}', "Not Found"],
  "JSON without a message": ['{\n  "code": 7\n}', '{ "code": 7 }'],
  "JSON that is cut off": ['{\n  "message": "to', '{ "message": "to'],
  "a number that is no character": ["<title>&#999999;x</title>", "x"],
};

for (const [name, [page, line]] of Object.entries(PAGES)) {
  Deno.test(`lineOf() gives what a page says: ${name}`, () => {
    const said = lineOf(page);
    assert.equal(name === "a number that is no character" ? said.slice(-1) : said, line);
  });
}

Deno.test("lineOf() gives one line of at most 120 characters, whatever comes", () => {
  for (const page of ["x".repeat(1e6), "<".repeat(1e6), "<script>".repeat(1e5), "{".repeat(1e6)]) {
    assert(lineOf(page).length <= 120);
  }
  assert.equal(lineOf("<title>a\u001b[2Jb\u0085c</title>").includes("\u001b"), false);
});

Deno.test("pageText() decodes a page by the charset that it, or its server, names", () => {
  const page = encodeGbk("<title>禁止访问</title>");
  assert.equal(lineOf(pageText(page, "text/html; charset=gbk")), "禁止访问");
  const own = encodeGbk('<meta charset="gb2312"><title>禁止访问</title>');
  assert.equal(lineOf(pageText(own, "text/html")), "禁止访问");
  const plain = new TextEncoder().encode("<title>é</title>");
  for (const type of [null, "text/html", "text/html; charset=no-such"]) {
    assert.equal(lineOf(pageText(plain, type)), "é");
  }
});
