/**
 * The results and plans as a person reads them.
 *
 * @module
 */
import type { PlanSummary } from "../sync/reporter.ts";
import type { Status, SyncResult } from "../types.ts";
import { type Cell, type Colour, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText, countText, secondsText } from "../units.ts";

const COLOURS: Partial<Record<Status, Colour>> = {
  success: "green",
  up_to_date: "dim",
  planned: "green",
  package_not_ready: "yellow",
  locked: "yellow",
  interrupted: "yellow",
};

/** A column of the results, and the terminal's width from which on it is worth its room. */
const COLUMNS: readonly (Column & { from: number; cell: (result: SyncResult) => Cell })[] = [
  {
    title: "dataset",
    flexible: true,
    from: 0,
    cell: ({ dataset }) => ({ text: dataset, colour: "bold" }),
  },
  {
    title: "status",
    from: 0,
    cell: ({ status }) => ({ text: status, colour: COLOURS[status] ?? "red" }),
  },
  { title: "version", flexible: true, from: 76, cell: ({ version }) => version ?? "-" },
  {
    title: "fetched / entries",
    align: "right",
    from: 64,
    cell: ({ entriesFetched, entries }) =>
      `${entriesFetched.toLocaleString("en-US")} / ${entries.toLocaleString("en-US")}`,
  },
  {
    title: "received",
    align: "right",
    from: 50,
    cell: ({ bytesDownloaded }) => bytesText(bytesDownloaded),
  },
  { title: "time", align: "right", from: 0, cell: ({ durationMs }) => secondsText(durationMs) },
];

/** One row per dataset with its result; fewer columns on a narrow terminal. */
export function renderResults(results: readonly SyncResult[], terminal: Terminal): string {
  const width = terminal.columns();
  const columns = COLUMNS.filter(({ from }) => width >= from);
  const rows = results.map((result) => columns.map(({ cell }) => cell(result)));
  return renderTable(columns, rows, { colours: terminal.colours, width });
}

/** Not a failure, but not what was requested either: show the reason. */
const ASIDE: ReadonlySet<Status> = new Set<Status>(["package_not_ready", "locked"]);

/** The plans, one paragraph per dataset. */
export function renderPlans(
  results: readonly SyncResult[],
  plans: ReadonlyMap<string, PlanSummary>,
): string {
  return results.map((result) => {
    const plan = plans.get(result.dataset);
    if (plan !== undefined) return planText(result.dataset, plan);
    const { dataset, status, error } = result;
    // Failures are reported on stderr.
    const why = error !== undefined && ASIDE.has(status) ? `: ${error}` : "";
    return `${dataset}: ${status}${why}\n`;
  }).join("");
}

function planText(dataset: string, plan: PlanSummary): string {
  const { entries, kept, staged, whole, tails, patched = 0, deletes } = plan;
  const parts = [
    [kept, "unchanged"],
    [patched, "changed: by patch"],
    [tails, "grown: only what is new"],
    [whole, "new or changed: fetched whole"],
    [staged, "verified by an interrupted run"],
  ] as const;
  const fetched = plan.bytesToFetch === 0
    ? "nothing would be fetched"
    : `${bytesText(plan.bytesToFetch)} of ${bytesText(plan.bytesTotal)} would be fetched, in ` +
      `${countText(plan.requests, "request")} (${plan.strategy})`;
  const lines = [
    `${dataset}: ${fetched}`,
    `  ${countText(entries, "file")} in the package:`,
    ...parts.filter(([count]) => count > 0).map(([count, what]) =>
      `    ${count.toLocaleString("en-US").padStart(7)}  ${what}`
    ),
  ];
  if (deletes > 0) lines.push(`  ${countText(deletes, "file")} would be removed (delete_removed)`);
  if (plan.diskNeeded > 0) lines.push(`  needs ${bytesText(plan.diskNeeded)} of disk meanwhile`);
  return `${lines.join("\n")}\n`;
}
