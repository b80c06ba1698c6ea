/**
 * Carries what was learnt of a hub's ranges and pace from one run to the next, in the dataset's work folder.
 *
 * @module
 */
import { loadLessons, saveLessons } from "../../store/hub_memory.ts";
import type { Layout } from "../../store/layout.ts";
import type { SyncContext } from "../sync_context.ts";

type Context = Pick<SyncContext, "hub" | "pace" | "clock">;

/** Begins with what an earlier run has learnt of the hub. */
export async function recallPace({ hubs }: Layout, { hub, pace, clock }: Context): Promise<void> {
  const lessons = await loadLessons(hubs, hub.url, clock());
  if (lessons !== undefined) pace.recall(lessons);
}

/** Keeps what this run has learnt of the hub. */
export async function rememberPace({ hubs }: Layout, { hub, pace, clock }: Context): Promise<void> {
  await saveLessons(hubs, { url: hub.url, lessons: pace.lessons, now: clock() });
}
