/**
 * The first line of a status: the verdict in one sentence.
 *
 * Guarantees: pure. The worst note decides its colour.
 *
 * @module
 */
import { STATUS } from "../../messages/status.ts";
import { said, say } from "../terminal/language.ts";
import { type Colour, paint } from "../terminal/table.ts";
import { type StatusNote, troubledRows, whoIsAsked } from "./status_notes.ts";
import type { StatusView } from "./status_view.ts";

/** The first line. */
export function verdictLine(
  view: StatusView,
  notes: readonly StatusNote[],
  colours: boolean,
): string {
  const { rows, hub } = view;
  const count = rows.length;
  const one = (colour: Colour, mark: string, text: string): string =>
    colours ? `${paint(mark, colour)} ${paint(text, "bold")}` : `${mark} ${text}`;
  const troubled = troubledRows(view);
  if (troubled > 0) {
    const text = count === 1
      ? say(STATUS.one_needs_attention)
      : say(STATUS.need_attention, { troubled, count });
    const bad = notes.some((note) => note.bad);
    return one(bad ? "red" : "yellow", bad ? "✗" : "!", text);
  }
  const who = said(whoIsAsked(view));
  if (hub.kind === "failed") {
    const unasked = view.urlsOnly ? STATUS.server_cant_be_asked() : STATUS.hub_cant_be_asked();
    return one("red", "✗", said(unasked));
  }
  const which = count === 1 ? say(STATUS.the_dataset_is) : say(STATUS.all_are, { count });
  if (hub.kind === "asking") return one("green", "✓", say(STATUS.good_asking, { which, who }));
  if (hub.kind === "not_asked") {
    return one("green", "✓", say(STATUS.good_not_asked, { which, who }));
  }
  const behind = rows.filter(({ step }) => step !== "up_to_date").length;
  if (behind > 0) {
    const text = count === 1
      ? say(STATUS.one_behind, { who })
      : say(STATUS.are_behind, { behind, count, who });
    return one("yellow", "!", text);
  }
  return one("green", "✓", say(STATUS.up_to_date, { which, who }));
}
