/**
 * Says what came from an address where a ZIP should be.
 *
 * Guarantees: refuses only what is plainly something else by its first bytes; a ZIP with other bytes
 * before it is let pass, and read from its end. A hub is recognised by asking for its list, once, and
 * only after something else than a ZIP came.
 *
 * @module
 */
import { HubError, redactUrl } from "../errors.ts";
import { type Answer, get, type Transport } from "./get.ts";
import { claimsPage, isPage } from "./page.ts";
import { firstBytes, lineOf } from "./status_error.ts";

/** First bytes of what is often offered beside a ZIP; the tool turns it into one. */
const KINDS: readonly [magic: readonly number[], what: string, tool: string][] = [
  [[0x1f, 0x8b], "a gzip file (.gz, .tar.gz)", "tar -xzf"],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", "7z x"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file (.xz, .tar.xz)", "tar -xJf"],
  [[0x28, 0xb5, 0x2f, 0xfd], "a zstd file (.zst)", "zstd -d"],
  [[0x42, 0x5a, 0x68], "a bzip2 file (.bz2, .tar.bz2)", "tar -xjf"],
  [[0x52, 0x61, 0x72, 0x21], "a RAR archive", "unrar x"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF", ""],
];

/** Something else than a ZIP came; some firewalls answer a range with a page. */
export class OtherKind extends HubError {}

/** Where the name `ustar` stands in a tar. */
const TAR_MAGIC = 257;

/** Refuses what isn't a ZIP; `hub` says whether the address is a hub's. Throws HubError. */
export async function refuseOtherKind(
  first: Uint8Array,
  answer: Answer,
  hub: () => Promise<HubError | undefined>,
): Promise<void> {
  const { response, foreign } = answer;
  const type = response.headers.get("content-type");
  if (isPage(first, type)) {
    const json = first[0] === 0x7b || /json/i.test(type ?? "");
    const line = foreign ? "" : lineOf(new TextDecoder().decode(first.subarray(0, 1024)));
    const error = notAZip(answer, json ? "JSON" : "a page", {
      line,
      hint: json
        ? "it may be a list of what there is: look in it for the ZIP's own address"
        : "open it in a browser: it may ask for a login, or be the page with the link to the ZIP",
    });
    throw await hub() ?? error;
  }
  const list = first[0] === 0x5b && (claimsPage(type) || /^\[\s*[{["\]]/.test(textOf(first)));
  if (list) throw await hub() ?? notAZip(answer, "JSON", { line: "", hint: "" });
  const known = KINDS.find(([magic]) => magic.every((byte, at) => first[at] === byte));
  const tar = textOf(first.subarray(TAR_MAGIC, TAR_MAGIC + 5)) === "ustar";
  if (known === undefined && !tar) return;
  const [, what, tool] = known ?? [[], "a tar archive", "tar -xf"];
  throw notAZip(answer, what, {
    line: "",
    hint:
      "a ZIP is needed, since its directory says what has changed; often there is one beside it" +
      (tool === "" ? "" : `. Without one: curl and \`${tool}\``),
  });
}

/** The error for an address that is a hub's, or `undefined`. Asks it once. */
export async function hubAt(
  answer: Answer,
  transport: Transport,
  signal?: AbortSignal,
): Promise<HubError | undefined> {
  const url = new URL(answer.asked);
  if (/\.zip$/i.test(url.pathname)) return undefined;
  url.search = "";
  const root = url.href.replace(/\/api\/datasets\/?$/, "").replace(/\/+$/, "");
  try {
    const headers = { accept: "application/json" };
    using list = await get({ url: `${root}/api/datasets`, headers, signal }, transport);
    const text = textOf(await firstBytes(list));
    if (!list.response.ok || !/^\s*[[{]/.test(text) || !/"(datasets|name)"\s*:/.test(text)) {
      return undefined;
    }
    const shown = redactUrl(root).replace(/\/$/, "");
    return new HubError("http_status", `${redactUrl(answer.asked)} looks like a hub, not a ZIP`, {
      url: shown,
      expected: "a ZIP",
      found: "a hub",
      hint: `that looks like a hub: use hub.url: ${shown}`,
    });
  } catch {
    return undefined;
  }
}

function notAZip(
  { url }: Answer,
  what: string,
  { line, hint }: { line: string; hint: string },
): OtherKind {
  const shown = redactUrl(url);
  const said = line === "" ? "" : `: ${line}`;
  return new OtherKind("http_status", `${shown} is ${what}, not a ZIP${said}`, {
    url: shown,
    expected: "a ZIP",
    found: what,
    ...(hint !== "" && { hint }),
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
