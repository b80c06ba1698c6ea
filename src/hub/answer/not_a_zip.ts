/**
 * Recognizes what an address sent instead of a ZIP.
 *
 * Guarantees: a file is refused only if its first bytes prove that it is something else; a ZIP after
 * other bytes is accepted, since ZIPs are read from the end. A hub is recognized by requesting its list,
 * once, and only after something other than a ZIP was received.
 *
 * @module
 */
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { type Answer, httpGet, type Transport } from "../request/http_get.ts";
import { claimsPage, isPage, signOf } from "./page.ts";
import { lineOf, pageText } from "./page_text.ts";
import { firstBytes } from "./status_error.ts";
import { HUB } from "../../messages/hub.ts";

/** Magic bytes of formats that are often offered beside a ZIP, with the tool that converts them. */
const KINDS: readonly [magic: readonly number[], what: string, tool: string][] = [
  [[0x1f, 0x8b], HUB.gzip_file(), "tar -xzf"],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], HUB.a_7z_archive(), "7z x"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], HUB.xz_file(), "tar -xJf"],
  [[0x28, 0xb5, 0x2f, 0xfd], HUB.zstd_file(), "zstd -d"],
  [[0x42, 0x5a, 0x68], HUB.bzip2_file(), "tar -xjf"],
  [[0x52, 0x61, 0x72, 0x21], HUB.a_rar_archive(), "unrar x"],
  [[0x25, 0x50, 0x44, 0x46], HUB.a_pdf(), ""],
];

/** Something else than a ZIP came; some firewalls answer a range with a page. */
export class OtherKind extends HubError {}

/** The offset of the name `ustar` in a tar. */
const TAR_MAGIC = 257;

/** Throws HubError for a file that isn't a ZIP; `hub` finds out whether the address is a hub's. */
export async function refuseOtherKind(
  first: Uint8Array,
  answer: Answer,
  hub: () => Promise<HubError | undefined>,
): Promise<void> {
  const { response, foreign } = answer;
  const type = response.headers.get("content-type");
  const sign = signOf(first);
  if (isPage(first, type)) {
    const json = sign === "{" || /json/i.test(type ?? "");
    const line = foreign ? "" : lineOf(pageText(first.subarray(0, 1024), type));
    const error = notAZip(answer, json ? "JSON" : HUB.a_page(), {
      line,
      hint: json ? HUB.may_be_a_listing() : HUB.open_in_browser(),
    });
    throw await hub() ?? error;
  }
  const list = sign === "[" && (claimsPage(type) || /^\[\s*[{["\]]/.test(textOf(first)));
  if (list) {
    throw await hub() ?? notAZip(answer, "JSON", { line: "", hint: HUB.may_be_a_listing() });
  }
  const known = KINDS.find(([magic]) => magic.every((byte, at) => first[at] === byte));
  const tar = textOf(first.subarray(TAR_MAGIC, TAR_MAGIC + 5)) === "ustar";
  if (known === undefined && !tar) return;
  const [, what, tool] = known ?? [[], HUB.a_tar_archive(), "tar -xf"];
  throw notAZip(answer, what, {
    line: "",
    hint: HUB.zip_needed({ without: tool === "" ? "" : HUB.without_one({ tool }) }),
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
    using list = await httpGet({ url: `${root}/api/datasets`, headers, signal }, transport);
    const text = textOf(await firstBytes(list));
    if (!list.response.ok || !/^\s*[[{]/.test(text) || !/"(datasets|name)"\s*:/.test(text)) {
      return undefined;
    }
    const shown = redactUrl(root).replace(/\/$/, "");
    return new HubError("http_status", HUB.looks_like_hub({ asked: redactUrl(answer.asked) }), {
      url: shown,
      expected: HUB.a_zip(),
      found: HUB.a_hub(),
      hint: HUB.use_hub_url({ command: ownCommand(`init --hub-url ${shellWord(shown)}`), shown }),
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
  return new OtherKind("http_status", HUB.not_a_zip({ shown, what, said }), {
    url: shown,
    expected: HUB.a_zip(),
    found: what,
    ...(hint !== "" && { hint }),
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
