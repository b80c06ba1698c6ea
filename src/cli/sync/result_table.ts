/**
 * The results and plans as a person reads them.
 *
 * @module
 */
import { grouped } from "../../digits.ts";
import type { PlanSummary } from "../../sync/sync_context.ts";
import type { DatasetResult, Status } from "../../types.ts";
import { type Cell, type Colour, type Column, renderTable } from "../terminal/table.ts";
import type { Message } from "../../messages/catalogue.ts";
import { COMMAND } from "../../messages/command.ts";
import { said, say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText, secondsText } from "../../units.ts";

const COLOURS: Partial<Record<Status, Colour>> = {
  success: "green",
  up_to_date: "dim",
  planned: "green",
  package_not_ready: "yellow",
  locked: "yellow",
  interrupted: "yellow",
};

/** A column of the results, and the least terminal width at which it is shown. */
const COLUMNS: readonly (Omit<Column, "title"> & {
  title: Message;
  from: number;
  cell: (result: DatasetResult) => Cell;
})[] = [
  {
    title: COMMAND.dataset,
    flexible: true,
    from: 0,
    cell: ({ dataset }) => ({ text: dataset, colour: "bold" }),
  },
  {
    title: COMMAND.status,
    from: 0,
    cell: ({ status }) => ({ text: said(status), colour: COLOURS[status] ?? "red" }),
  },
  { title: COMMAND.version, flexible: true, from: 76, cell: ({ version }) => version ?? "-" },
  {
    title: COMMAND.fetched,
    align: "right",
    from: 64,
    cell: ({ entriesFetched, entries }) => `${grouped(entriesFetched)} / ${grouped(entries)}`,
  },
  {
    title: COMMAND.received,
    align: "right",
    from: 50,
    cell: ({ bytesDownloaded }) => bytesText(bytesDownloaded),
  },
  {
    title: COMMAND.time,
    align: "right",
    from: 0,
    cell: ({ durationMs }) => said(secondsText(durationMs)),
  },
];

/** One row per dataset with its result; fewer columns on a narrow terminal. */
export function renderResults(results: readonly DatasetResult[], terminal: Terminal): string {
  const width = terminal.columns();
  const columns = COLUMNS.filter(({ from }) => width >= from);
  const rows = results.map((result) => columns.map(({ cell }) => cell(result)));
  return renderTable(columns.map((column) => ({ ...column, title: say(column.title) })), rows, {
    colours: terminal.colours,
    width,
  });
}

/** Not a failure, but not what was requested either: show the reason. */
const ASIDE: ReadonlySet<Status> = new Set<Status>(["package_not_ready", "locked"]);

/** The plans, one paragraph per dataset. */
export function renderPlans(
  results: readonly DatasetResult[],
  plans: ReadonlyMap<string, PlanSummary>,
): string {
  return results.map((result) => {
    const plan = plans.get(result.dataset);
    if (plan !== undefined) return planText(result.dataset, plan) + foreseenText(result);
    const { dataset, status, error } = result;
    // Failures are reported on stderr.
    const text = error !== undefined && ASIDE.has(status)
      ? say(COMMAND.of, { names: said(status), text: said(error) })
      : said(status);
    return `${say(COMMAND.of, { names: dataset, text })}\n`;
  }).join("");
}

/** What `expect` would report; nothing unless it is configured. */
function foreseenText({ foreseen }: DatasetResult): string {
  if (foreseen === undefined) return "";
  const { faults, rowsUnseen } = foreseen;
  const lines = faults.length > 0
    ? [say(COMMAND.would_be_rejected, { faults: faults.map(said).join("; ") })]
    : [say(COMMAND.as_expected)];
  if (rowsUnseen) lines.push(say(COMMAND.rows_unseen));
  return lines.map((line) => `  ${line}\n`).join("");
}

function planText(dataset: string, plan: PlanSummary): string {
  const { entries, kept, staged, whole, tails, patched = 0, deletes } = plan;
  const parts = [
    [kept, COMMAND.unchanged],
    [patched, COMMAND.changed_by_patch],
    [tails, COMMAND.grown],
    [whole, COMMAND.fetched_whole],
    [staged, COMMAND.verified_before],
  ] as const;
  const fetched = plan.bytesToFetch === 0 ? say(COMMAND.nothing_to_fetch) : say(COMMAND.to_fetch, {
    bytes: bytesText(plan.bytesToFetch),
    total: bytesText(plan.bytesTotal),
    requests: plan.requests,
    strategy: said(plan.strategy),
  });
  const lines = [
    say(COMMAND.of, { names: dataset, text: fetched }),
    `  ${say(COMMAND.in_package, { entries })}`,
    ...parts.filter(([count]) => count > 0).map(([count, what]) =>
      `    ${grouped(count).padStart(7)}  ${say(what)}`
    ),
  ];
  if (deletes > 0) lines.push(`  ${say(COMMAND.to_remove, { deletes })}`);
  if (plan.diskNeeded > 0) {
    lines.push(`  ${say(COMMAND.needs_disk, { bytes: bytesText(plan.diskNeeded) })}`);
  }
  return `${lines.join("\n")}\n`;
}
