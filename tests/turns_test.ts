/** Long work on the main thread lets others have their turn, in order. */
import assert from "node:assert/strict";
import { Turns } from "../src/turns.ts";

/** How many turns after it was posted a worker's answer comes in; `next` may defer what asks for a turn. */
async function turnsUntilAnswer(next: (ask: () => void) => void): Promise<number> {
  const code = `self.onmessage = ({ data }) => {
    self.postMessage("answer");
    Atomics.store(data, 0, 1);
  };`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const posted = new Int32Array(new SharedArrayBuffer(4));
  let answered = false;
  worker.onmessage = () => answered = true;
  let turn = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const turns = new Turns();
  const work = (): void => {
    if (answered) return resolve();
    if (++turn === 5) {
      worker.postMessage(posted);
      // From here on the answer is there, whenever the runtime looks for it.
      while (Atomics.load(posted, 0) === 0);
    }
    next(() => turns.next(work));
  };
  turns.next(work);
  try {
    await promise;
    return turn - 5;
  } finally {
    turns[Symbol.dispose]();
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}

// With setImmediate the answer came after 12 or 24 turns.
Deno.test("Turns let a worker's answer in where work asks for the next turn at once", async () => {
  const turns = await turnsUntilAnswer((ask) => ask());
  assert(turns <= 3, `${turns} turns`);
});

Deno.test("Turns let a worker's answer in where work asks for the next turn later", async () => {
  const turns = await turnsUntilAnswer((ask) => Promise.resolve().then(() => {}).then(ask));
  assert(turns <= 3, `${turns} turns`);
});

Deno.test("Turns keep their order, and end when they are disposed of", async () => {
  const done: number[] = [];
  const turns = new Turns();
  await new Promise<void>((resolve) => {
    for (const number of [1, 2, 3]) turns.next(() => done.push(number));
    turns.next(resolve);
  });
  turns.next(() => done.push(4));
  turns[Symbol.dispose]();
  const others = new Turns();
  await new Promise<void>((resolve) => others.next(resolve));
  others[Symbol.dispose]();
  assert.deepEqual(done, [1, 2, 3]);
});
