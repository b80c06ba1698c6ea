/**
 * A dataset with an address of its own: whether its ZIP can be reached, how its server tells that
 * there is something new, and what a changed day costs there.
 *
 * Guarantees: of each address the first bytes are asked for, and of the first that answers the
 * package's directory and twice two bytes. Where an address can't be asked, the first stage on the
 * way that fails says why.
 *
 * @module
 */
import type { DatasetConfig } from "../../../config/dataset_config.ts";
import type { DataHub } from "../../../hub/data_hub.ts";
import { UrlSource } from "../../../hub/url_source.ts";
import type { Catalog } from "../../../types.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, fine, thrown, warning } from "../check_line.ts";
import { checkDataset, type DatasetSize, NO_SIZE } from "./dataset_check.ts";
import { checkWay } from "./hub_check.ts";
import { CHECK } from "../../../messages/check.ts";
import { shellWord } from "../../../shell_word.ts";

/** Checks a dataset's addresses; several stand in for each other. */
export async function checkAddresses(
  dataset: DatasetConfig,
  { sources, recorded }: { sources: readonly DataHub[]; recorded: string | undefined },
  context: CheckContext,
): Promise<{ lines: CheckLine[]; size: DatasetSize }> {
  const lines: CheckLine[] = [];
  const faults: CheckLine[] = [];
  let reached: { client: DataHub; catalog: Catalog } | undefined;
  for (const [index, source] of sources.entries()) {
    try {
      const catalog = await source.catalog(context.signal);
      lines.push(fine("dataset.url", CHECK.url_answers({ url: source.url })));
      if (source instanceof UrlSource) lines.push(newsLine(source));
      reached ??= { client: source, catalog };
    } catch (error) {
      faults.push(await unreached(dataset.source!.urls[index]!, error, context));
    }
  }
  for (const line of faults) {
    lines.push(reached === undefined ? line : warning(line.check, line.text, line.remedy));
  }
  if (reached === undefined) return { lines, size: NO_SIZE };
  const found = await checkDataset({ dataset, ...reached, recorded }, context);
  return { lines: [...lines, ...found.lines], size: found.size };
}

/** How the server tells that there is something new. */
function newsLine({ url, facts }: UrlSource): CheckLine {
  const { etag, etagIsWeak, lastModified } = facts?.head ?? {};
  if (facts === undefined || (etag !== null && !etagIsWeak)) {
    return fine("dataset.news", CHECK.has_etag({ url }));
  }
  if (lastModified !== null) {
    return fine("dataset.news", CHECK.has_last_modified({ url }));
  }
  return warning("dataset.news", CHECK.no_validator({ url }), CHECK.could_send());
}

async function unreached(url: string, error: unknown, context: CheckContext): Promise<CheckLine> {
  for (const line of await checkWay(url, context)) {
    if (line.verdict === "error") return { ...line, check: "dataset.url" };
  }
  return thrown("dataset.url", error, `curl -v ${shellWord(url)}`);
}
