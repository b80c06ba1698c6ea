/**
 * The worker: an executor in its own thread. No bulk data is sent between the threads.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { FromWorker, ToWorker } from "./extract_messages.ts";
import { ExtractionExecutor } from "./extraction_executor.ts";

const executor = new ExtractionExecutor();

self.onmessage = async (event: MessageEvent<ToWorker>) => {
  const answer = await executor.handle(event.data);
  if (answer !== undefined) self.postMessage(answer);
};

self.postMessage({ kind: "ready" } satisfies FromWorker);
