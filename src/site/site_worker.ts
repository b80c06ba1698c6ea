/**
 * The worker: does a site's tasks in its own thread.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { type Task, Work } from "./tasks.ts";

const work = new Work();

self.onmessage = (event: MessageEvent<Task>) => {
  const answer = work.do(event.data);
  self.postMessage(answer, [answer.buffer]);
};
