/**
 * One dataset as the hub has it: listed, ready, how old, and what its package is like. Also whether
 * the local copy is too old.
 *
 * Guarantees: asks for the package's directory and nothing else of it.
 *
 * @module
 */
import { grouped } from "../../../digits.ts";
import type { DatasetConfig } from "../../../config/dataset_config.ts";
import { namesText, nearest } from "../../../config/near_miss.ts";
import { HubError } from "../../../errors.ts";
import { redactUrl } from "../../../redact.ts";
import type { DataHub } from "../../../hub/data_hub.ts";
import { parseInstant } from "../../../version_time.ts";
import { bytesText } from "../../../units.ts";
import { staleness } from "../../../monitoring/staleness.ts";
import { HubTraits } from "../../../sync/hubs/hub_traits.ts";
import { type PackageView, viewPackage } from "../../../sync/look/package_view.ts";
import { versionToRecord } from "../../../sync/recorded_version.ts";
import type { Catalog, ListedDataset } from "../../../types.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckContext, command } from "../check_context.ts";
import { type CheckLine, failure, fine, thrown, warning } from "../check_line.ts";
import { checkZone } from "./hub_zone.ts";
import { answersSeveralRanges } from "./range_probe.ts";
import { limitsFor } from "../../../sync/look/look.ts";
import { CHECK } from "../../../messages/check.ts";
import { SYNC } from "../../../messages/sync.ts";

/** What a full copy of a dataset takes. Sizes in bytes; 0 = unknown. */
export interface DatasetSize {
  packageSize: number;
  contentSize: number;
  files: number;
}

/** Of a dataset that nothing is known about. */
export const NO_SIZE: DatasetSize = { packageSize: 0, contentSize: 0, files: 0 };

/** What was found out about a dataset. */
interface DatasetFindings {
  lines: CheckLine[];
  size: DatasetSize;
  /** Of the hub as a whole: what its times look like. */
  hub?: CheckLine[];
}

/** What a dataset is compared with. */
interface DatasetInput {
  dataset: DatasetConfig;
  client: DataHub;
  catalog: Catalog;
  /** The recorded version. */
  recorded: string | undefined;
}

/** Checks a dataset on the hub. */
export async function checkDataset(
  input: DatasetInput,
  context: CheckContext,
): Promise<DatasetFindings> {
  const { dataset, catalog } = input;
  const listed = catalog.datasets.find(({ name }) => name === dataset.name);
  if (listed === undefined) {
    return { lines: [unknown(dataset, catalog, context)], size: sizeOf(undefined) };
  }
  const said = listed.status === undefined ? "" : SYNC.status_said({ status: listed.status });
  const lines = [...ages(input, listed, context)];
  if (listed.ready === false) {
    const text = CHECK.package_not_ready({ said });
    lines.unshift(warning("dataset.ready", text, wait(input, context)));
    return { lines, size: sizeOf(listed) };
  }
  const seen = await look(input, listed, context);
  lines.push(...seen.lines);
  return { lines, size: seen.size, hub: seen.hub ?? [] };
}

function unknown(dataset: DatasetConfig, catalog: Catalog, context: CheckContext): CheckLine {
  const { path } = context.config;
  const names = catalog.datasets.map(({ name }) => name);
  const meant = nearest(dataset.name, names);
  if (meant === undefined) {
    const remedy = CHECK.correct_its_name({ path, names: namesText(names) || "nothing" });
    return failure("dataset.known", CHECK.not_on_hub(), remedy);
  }
  const remedy = CHECK.write_name({ meant: JSON.stringify(meant), path });
  return failure("dataset.known", CHECK.not_on_hub_meant({ meant }), remedy);
}

function wait({ dataset }: DatasetInput, context: CheckContext): string {
  return command(context, `sync --wait 30m -d ${shellWord(dataset.name)}`);
}

/** Whether what the hub has, and what we have of it, is too old. */
function ages(input: DatasetInput, listed: ListedDataset, context: CheckContext): CheckLine[] {
  const { dataset, recorded } = input;
  const { timezone } = context.config.hub;
  const about = { maxAge: dataset.maxAge, now: context.clock(), timezone };
  const theirs = staleness({ ...about, instant: listed.instant });
  const lines: CheckLine[] = [];
  const text = CHECK.whose_version_old({
    whose: whose(dataset),
    version: listed.version ?? CHECK.a_version_without_a_name(),
    age: theirs.text,
  });
  if (theirs.stale) {
    lines.push(warning("dataset.age", text, CHECK.tell_those({ whose: whose(dataset) })));
  } else lines.push(fine("dataset.age", text));
  if (recorded === undefined || theirs.stale) return lines;
  const ours = staleness({ ...about, instant: parseInstant(recorded, timezone) });
  if (ours.stale) {
    const sync = command(context, `sync -d ${shellWord(dataset.name)}`);
    lines.push(failure("dataset.stale", CHECK.local_copy_is({ text: ours.text }), sync));
  }
  return lines;
}

/** Reads the package's directory. */
async function look(
  input: DatasetInput,
  listed: ListedDataset,
  context: CheckContext,
): Promise<DatasetFindings> {
  const { path, hub } = context.config;
  try {
    const remote = input.client.package(listed);
    const view = await viewPackage({
      remote,
      traits: new HubTraits(),
      retry: { retries: 1, random: () => 0, sleep: context.sleep },
      signal: context.signal,
      expected: { total: listed.packageSize, files: listed.fileCount },
      mayAppear: false,
      filenameEncoding: input.dataset.filenameEncoding,
      limits: limitsFor(input.dataset, { files: 0, bytes: 0 }),
    });
    const several = await answersSeveralRanges(remote, view.directory.total, context.signal);
    const { stampText: stamp, lastModified } = view.head;
    const times = { stamp, lastModified, timezone: hub.timezone, configPath: path };
    return {
      lines: [
        ...behind(view, input, listed, context),
        honoured(view, several, input, listed),
      ],
      size: sizeIn(view),
      hub: listed.version === null ? [] : checkZone({ version: listed.version, ...times }),
    };
  } catch (error) {
    return { lines: [unseen(error, input, listed, context)], size: sizeOf(listed) };
  }
}

/** Where the catalog says that the package is; `""` = where every hub has it. */
function placeOf({ client }: DatasetInput, listed: ListedDataset): string {
  return listed.packageUrl === undefined
    ? ""
    : CHECK.at_url({ url: redactUrl(client.package(listed).url) });
}

function behind(
  { head }: PackageView,
  input: DatasetInput,
  listed: ListedDataset,
  context: CheckContext,
): CheckLine[] {
  if (!versionToRecord(listed, head).behind) return [];
  const [stampText, version] = [String(head.stampText), String(listed.version)];
  const text = CHECK.package_older({ stampText, version });
  return [warning("dataset.ready", text, wait(input, context))];
}

/** What changes cost there. */
function honoured(
  { directory }: PackageView,
  several: boolean,
  input: DatasetInput,
  listed: ListedDataset,
): CheckLine {
  const { contentSize, files } = sizeOfEntries(directory.entries);
  const packed = bytesText(directory.total);
  const has = CHECK.package_has({
    place: placeOf(input, listed),
    files: grouped(files),
    packed,
    contentSize: bytesText(contentSize),
  });
  if (several) return fine("dataset.ranges", CHECK.ranges_several({ has }));
  if (listed.patches !== undefined) return fine("dataset.ranges", CHECK.patches_there({ has }));
  const text = CHECK.ranges_single({ has, who: whose(input.dataset), packed });
  return warning("dataset.ranges", text, CHECK.serve_several_ranges());
}

function unseen(
  error: unknown,
  input: DatasetInput,
  listed: ListedDataset,
  context: CheckContext,
): CheckLine {
  const isFollowed = !(error instanceof HubError) || error.code !== "redirect";
  const asked = isFollowed ? listed : { name: listed.name };
  const url = shellWord(redactUrl(input.client.package(asked).url));
  const code = error instanceof HubError ? error.code : undefined;
  if (code === "wrong_range") {
    const has = CHECK.ranges_not_honoured();
    if (listed.patches !== undefined) return fine("dataset.ranges", CHECK.patches_there({ has }));
    const curl = `curl -s -o /dev/null -w '%{http_code}\\n' -r 0-0 ${url}`;
    const remedy = CHECK.honour_ranges({ whose: whose(input.dataset), curl });
    return warning("dataset.ranges", CHECK.all_downloaded({ has }), remedy);
  }
  if (code === "not_found") {
    const text = CHECK.no_package_yet({ place: placeOf(input, listed) });
    return warning("dataset.ready", text, wait(input, context));
  }
  return thrown("dataset.package", error, CHECK.tell_those({ whose: whose(input.dataset) }));
}

/** Who has it. */
function whose({ source }: DatasetConfig): string {
  return source === undefined ? CHECK.the_hub() : CHECK.the_server();
}

function sizeIn({ directory }: PackageView): DatasetSize {
  return { packageSize: directory.total, ...sizeOfEntries(directory.entries) };
}

function sizeOfEntries(
  entries: PackageView["directory"]["entries"],
): Omit<DatasetSize, "packageSize"> {
  let contentSize = 0;
  let files = 0;
  for (const { name, size } of entries) {
    if (name.endsWith("/")) continue;
    contentSize += size;
    files++;
  }
  return { contentSize, files };
}

/** What the catalog alone tells. */
function sizeOf(listed: ListedDataset | undefined): DatasetSize {
  return {
    packageSize: listed?.packageSize ?? 0,
    contentSize: listed?.totalSize ?? 0,
    files: listed?.fileCount ?? 0,
  };
}
