/**
 * Of a name's several addresses the first that answers is taken, without waiting for those that
 * don't.
 */
import assert from "node:assert/strict";
import { type Connect, connectAny } from "../../src/hub/route/connect_any.ts";

/** Addresses as a network has them: what they do, and whether they are closed again. */
function network(does: Record<string, "answers" | "refuses" | "swallows">) {
  const seen = { open: 0, asked: [] as string[], given: 0 };
  const connect: Connect<{ close(): void }> = ({ hostname, signal }) => {
    seen.asked.push(hostname);
    if (does[hostname] === "refuses") {
      return Promise.reject(new Deno.errors.ConnectionRefused("no"));
    }
    if (does[hostname] === "answers") {
      seen.open++;
      return Promise.resolve({ close: () => void seen.open-- });
    }
    return new Promise((_, failed) =>
      signal.addEventListener("abort", () => {
        seen.given++;
        failed(signal.reason);
      })
    );
  };
  return { seen, connect };
}

Deno.test("connectAny() goes on to the next address when one swallows what it is sent", async () => {
  const { seen, connect } = network({ "2001:db8::2": "swallows", "10.0.0.1": "answers" });
  using connecting = connectAny(["2001:db8::2", "10.0.0.1"], 80, connect);
  const { address, silent, connection } = await connecting.first;
  assert.deepEqual([address, silent], ["10.0.0.1", ["2001:db8::2"]]);
  assert.deepEqual([seen.open, seen.given], [1, 1]);
  connection.close();
  assert.equal(seen.open, 0, "nothing else stays open");
});

Deno.test("connectAny() tries no further address than it needs", async () => {
  const { seen, connect } = network({ a: "answers", b: "answers" });
  using connecting = connectAny(["a", "b"], 80, connect);
  assert.deepEqual((await connecting.first).silent, []);
  assert.deepEqual(seen.asked, ["a"]);
});

Deno.test("connectAny() goes on at once when an address refuses, and fails with the first reason", async () => {
  const some = network({ a: "refuses", b: "refuses", c: "answers" });
  using connecting = connectAny(["a", "b", "c"], 80, some.connect);
  const { address, silent } = await connecting.first;
  assert.deepEqual([address, silent], ["c", ["a", "b"]]);
  const none = network({ a: "refuses", b: "refuses" });
  using failing = connectAny(["a", "b"], 80, none.connect);
  await assert.rejects(failing.first, Deno.errors.ConnectionRefused);
});

Deno.test("connectAny() gives up what is under way when nobody wants it any more", async () => {
  const { seen, connect } = network({ a: "swallows", b: "swallows" });
  {
    using _connecting = connectAny(["a", "b"], 80, connect);
    await new Promise((done) => setTimeout(done, 300));
  }
  assert.deepEqual([seen.asked.length, seen.given], [2, 2]);
});
