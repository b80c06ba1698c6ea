/**
 * The worker: a desk in a thread of its own. Nothing big crosses between the threads.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { FromWorker, ToWorker } from "./extract_messages.ts";
import { ExtractionDesk } from "./extraction_desk.ts";

const desk = new ExtractionDesk();

self.onmessage = async (event: MessageEvent<ToWorker>) => {
  const answer = await desk.handle(event.data);
  if (answer !== undefined) self.postMessage(answer);
};

self.postMessage({ kind: "ready" } satisfies FromWorker);
