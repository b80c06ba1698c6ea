/**
 * All checks, in their order.
 *
 * Guarantees: changes nothing but one hidden file in a folder, made and removed to try writing and
 * locking; asks each hub for its catalog, and one hub for one directory per dataset. A check that
 * crashes is a line of the report, and the others go on.
 *
 * @module
 */
import { asUser } from "../../as_root.ts";
import { openSources } from "../../client/open_sources.ts";
import { readableHubs } from "../../client/secrets.ts";
import { hintOf, messageOf } from "../../errors.ts";
import { orElse } from "../../or_else.ts";
import { redactUrl } from "../../redact.ts";
import { createFetch, type OwnedFetch } from "../../hub/tls/tls.ts";
import { folderLooksFilled } from "../../store/folder_state.ts";
import { type CheckContext, command } from "./check_context.ts";
import { userNameOf } from "../../owners/accounts.ts";
import { aboutDataset, type CheckLine, failure, warning } from "./check_line.ts";
import { checkConfig } from "./config_check.ts";
import { checkDataset, type DatasetSize } from "./hub/dataset_check.ts";
import { checkFolder, type FolderFindings } from "./disk/folder_check.ts";
import { checkHub, type HubFindings } from "./hub/hub_check.ts";
import { checkLog } from "./log_check.ts";
import { checkNetwork } from "./hub/network_check.ts";
import { checkNotify } from "./notify_check.ts";
import { checkOwners } from "./owner_check.ts";
import { checkProgram } from "./program_check.ts";
import { checkRuns } from "./runs_check.ts";
import { checkSchedule } from "./schedule/schedule_check.ts";
import { checkSpace } from "./disk/space_check.ts";
import { checkManifest, checkState } from "./disk/state_check.ts";
import { checkAddresses } from "./hub/url_check.ts";
import { CHECK } from "../../messages/check.ts";

/** Runs every check. */
export async function runChecks(context: CheckContext): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  const guard = guardInto(lines);
  const scheduled: CheckLine[] = [];
  let otherUser: string | undefined;
  let hasSchedule = false;
  await guardInto(scheduled)("schedule.present", async () => {
    const { lines, schedule, ...found } = await checkSchedule(context);
    otherUser = found.otherUser;
    hasSchedule = found.scheduled;
    return [...lines, ...await checkRuns(context, schedule)];
  });
  await guard("program.version", () => checkProgram(context));
  await guard("config.valid", () => checkConfig(context));
  await guard("program.owner", () => checkOwners(context));
  await guard("network.proxy", () => checkNetwork(context));
  const state = await checkState(context);
  const sizes = new Map<string, DatasetSize>();
  await guard("hub.http", () => askHubs(context, { versions: state.versions, sizes }));
  await guard("dataset.url", () => askAddresses(context, { versions: state.versions, sizes }));
  const folders = new Map<string, FolderFindings>();
  for (const dataset of context.datasets) {
    await guard("folder.there", async () => {
      const findings = await checkFolder(dataset, context);
      folders.set(dataset.name, findings);
      const { layout } = findings;
      const size = sizes.get(dataset.name);
      const space = layout === undefined || size === undefined
        ? []
        : await checkSpace(layout, size, folderLooksFilled(layout));
      return aboutDataset(dataset.name, [...findings.lines, ...space]);
    });
  }
  lines.push(...state.lines);
  for (const { name } of context.datasets) {
    const layout = folders.get(name)?.layout;
    if (layout === undefined) continue;
    const recorded = state.versions.get(name);
    await guard(
      "state.manifest",
      async () => aboutDataset(name, await checkManifest({ name, layout, recorded }, context)),
    );
  }
  await guard("log.writable", () => checkLog(context, hasSchedule));
  await guard("notify.targets", () => checkNotify(context));
  lines.push(...scheduled);
  return otherUser === undefined ? lines : seenByAnother(lines, otherUser, context);
}

/** Permissions were checked as this user, so a remedy about them must be seen as the syncing user. */
function seenByAnother(
  lines: readonly CheckLine[],
  user: string,
  context: CheckContext,
): CheckLine[] {
  const { machine } = context;
  const text = CHECK.other_user({ user, me: userNameOf(machine.uid) });
  const first = warning("schedule.user", text, asUser(user, command(context, "check"), machine));
  // Owners are judged for the user of the installation, whoever looks.
  const isJudged = (check: string): boolean => /\.(owner|left)$/.test(check);
  const seen = lines.map(({ remedy, ...line }) =>
    isJudged(line.check) && remedy !== undefined ? { ...line, remedy } : line
  );
  return [{ ...first, first: true }, ...seen];
}

function guardInto(lines: CheckLine[]) {
  return async (
    check: CheckLine["check"],
    run: () => CheckLine[] | Promise<CheckLine[]>,
  ): Promise<void> => {
    try {
      lines.push(...await run());
    } catch (error) {
      lines.push(failure(check, CHECK.not_checked({ error: messageOf(error) }), hintOf(error)));
    }
  };
}

/** Checks the hubs, and the datasets on the first one that answers. */
async function askHubs(
  context: CheckContext,
  about: { versions: ReadonlyMap<string, string>; sizes: Map<string, DatasetSize> },
): Promise<CheckLine[]> {
  using owned = openFetch(context);
  const findings: HubFindings[] = [];
  try {
    for (const url of context.config.hub.urls) {
      findings.push(await checkHub(url, { ...context, fetch: owned.fetch }));
    }
    const reached = findings.find((hub) => hub.reached !== undefined)?.reached;
    const lines = findings.flatMap((hub, index) =>
      hub.lines.map((line) => tell(line, { context, index, replaced: reached !== undefined }))
    );
    for (const dataset of context.datasets) {
      if (reached === undefined || dataset.source !== undefined) continue;
      const recorded = about.versions.get(dataset.name);
      const found = await checkDataset({ dataset, ...reached, recorded }, context);
      about.sizes.set(dataset.name, found.size);
      lines.push(...aboutDataset(dataset.name, found.lines));
      // A shared clock is reported once.
      if (lines.every(({ check }) => check !== "hub.timezone")) lines.push(...found.hub ?? []);
    }
    return lines;
  } finally {
    for (const { reached } of findings) reached?.client[Symbol.dispose]();
  }
}

/** Checks the datasets that have addresses of their own. */
async function askAddresses(
  context: CheckContext,
  about: { versions: ReadonlyMap<string, string>; sizes: Map<string, DatasetSize> },
): Promise<CheckLine[]> {
  const datasets = context.datasets.filter(({ source }) => source !== undefined);
  if (datasets.length === 0) return [];
  using owned = openFetch(context);
  const timeout = (seconds = Infinity): number => Math.min(seconds, context.patienceMs / 1000);
  const { hub } = context.config;
  const impatient = {
    ...context.config,
    hub: { ...hub, urls: [], retries: 1, timeout: timeout(hub.timeout) },
    datasets: datasets.map((dataset) => {
      const source = dataset.source!;
      return { ...dataset, source: { ...source, timeout: timeout(source.timeout ?? hub.timeout) } };
    }),
  };
  using sources = openSources(impatient, { fetch: owned.fetch });
  const lines: CheckLine[] = [];
  for (const dataset of datasets) {
    for (const url of readableHubs(dataset.source!)) {
      const text = CHECK.a_token_over_http({ url: redactUrl(url) });
      const https = redactUrl(url).replace(/^http:/, "https:");
      const remedy = CHECK.try_url_https({ https, path: context.config.path });
      lines.push(...aboutDataset(dataset.name, [warning("dataset.token", text, remedy)]));
    }
    const recorded = about.versions.get(dataset.name);
    const asked = { sources: sources.hubsOf(dataset), recorded };
    const found = await checkAddresses(dataset, asked, context);
    about.sizes.set(dataset.name, found.size);
    lines.push(...aboutDataset(dataset.name, found.lines));
  }
  return lines;
}

/** With several hubs, an error of one is only a warning if another answers. */
function tell(
  line: CheckLine,
  { context, index, replaced }: { context: CheckContext; index: number; replaced: boolean },
): CheckLine {
  const { urls } = context.config.hub;
  if (urls.length === 1) return line;
  const text = `${urls[index]}: ${line.text}`;
  if (line.verdict !== "error" || !replaced) return { ...line, text };
  return warning(line.check, text, line.remedy);
}

/** A file of authorities that can't be used is said already: the rest is seen without it. */
function openFetch({ config }: CheckContext): OwnedFetch {
  const { caFile } = config.hub;
  const own = orElse(() => caFile === undefined ? undefined : createFetch({ caFile }), undefined);
  return own ?? createFetch();
}
