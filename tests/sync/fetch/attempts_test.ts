/** What follows from wrong guesses and damaged bytes. */
import assert from "node:assert/strict";
import { ArchiveError, HubError } from "../../../src/errors.ts";
import { Attempts } from "../../../src/sync/fetch/fetch_entries.ts";
import type { Guess, Step } from "../../../src/sync/plan/strategy.ts";
import type { Range } from "../../../src/types.ts";

const error = new ArchiveError("wrong_crc", "not what it should be");

function step(guess: Guess, path = "a.csv"): Step {
  const grown = { size: 5000, headBytes: 160, restStart: 4000 };
  const tail = { dataStart: 50, bit: 7, out: 3, ...guess === "ends" ? { grown } : {} };
  return {
    entry: {
      path,
      method: 8,
      flags: 0,
      crc: 1,
      compressedSize: 5000,
      size: 9000,
      headerOffset: 0,
      index: 0,
      nameCrc: 0,
    },
    end: 5050,
    needs: { start: 100, end: 5050 },
    ...guess === "none" ? {} : { tail },
  };
}

/** Judges one bad entry; gives what was forgotten. */
function judge(attempts: Attempts, bad: Step): { verdict: unknown; forgotten: Range[] } {
  const forgotten: Range[] = [];
  const verdict = attempts.judge([{ step: bad, error }], (range) => void forgotten.push(range));
  return { verdict, forgotten };
}

Deno.test("Attempts: of an entry, wrong ends leave its tail, a wrong tail nothing", () => {
  const attempts = new Attempts();
  assert.equal(attempts.guessFor("a.csv"), "ends");
  assert.deepEqual(judge(attempts, step("ends")), { verdict: "plan_again", forgotten: [] });
  assert.equal(attempts.guessFor("a.csv"), "tail");
  assert.equal(attempts.guessFor("b.csv"), "ends", "another entry's guess is its own");
  assert.deepEqual(judge(attempts, step("tail")), { verdict: "plan_again", forgotten: [] });
  assert.equal(attempts.guessFor("a.csv"), "none");
  // What was fetched whole and is wrong has come damaged.
  const { verdict, forgotten } = judge(attempts, step("none"));
  assert(verdict instanceof HubError && verdict.code === "changed");
  assert.deepEqual(forgotten, [step("none").needs]);
  assert.equal(attempts.guessFor("a.csv"), "none");
  assert.equal(attempts.judge([], () => {}), "done");
});

Deno.test("Attempts: an entry that stays damaged ends it, and a new package begins again", () => {
  const attempts = new Attempts();
  for (let time = 0; time < 2; time++) judge(attempts, step("none"));
  assert.throws(() => judge(attempts, step("none")), error);
  attempts.newPackage();
  judge(attempts, step("ends", "b.csv"));
  for (let time = 0; time < 2; time++) judge(attempts, step("none"));
  attempts.newPackage();
  assert.equal(attempts.guessFor("b.csv"), "tail", "but what its history is like stays known");
});

Deno.test("Attempts: eight wrong guesses of a kind, and more wrong than right, end that kind", () => {
  const attempts = new Attempts();
  const wrong = (guess: Guess) => attempts.guessedWrong(step(guess));
  for (let time = 1; time < 8; time++) assert.equal(wrong("ends"), false, `${time}`);
  assert.equal(attempts.guessFor("b.csv"), "ends");
  assert.equal(wrong("ends"), true);
  assert.equal(attempts.guessFor("b.csv"), "tail");
  judge(attempts, step("tail", "c.csv"));
  assert.equal(attempts.guessFor("c.csv"), "none", "an entry's own attempts count as before");
  for (let time = 1; time < 8; time++) assert.equal(wrong("tail"), false, `${time}`);
  assert.equal(attempts.guessFor("b.csv"), "tail", "ends' wrong guesses aren't held against tails");
  assert.equal(wrong("tail"), true);
  assert.equal(attempts.guessFor("b.csv"), "none");
  // Ends that come in late are wrong, too, and make nothing better.
  assert.equal(wrong("ends"), true);
  assert.equal(attempts.guessFor("b.csv"), "none");
  attempts.newPackage();
  assert.equal(attempts.guessFor("b.csv"), "none");
});

Deno.test("Attempts: a kind that is right more often than wrong is gone on with", () => {
  const attempts = new Attempts();
  for (let time = 0; time < 20; time++) attempts.guessedRight(step("ends"));
  for (let time = 0; time < 20; time++) {
    assert.equal(attempts.guessedWrong(step("ends")), false);
  }
  assert.equal(attempts.guessFor("b.csv"), "ends");
  // Right tails are no excuse for wrong ends.
  for (let time = 0; time < 90; time++) attempts.guessedRight(step("tail"));
  assert.equal(attempts.guessedWrong(step("ends")), true);
  assert.equal(attempts.guessFor("b.csv"), "tail");
});

Deno.test("Attempts: wrong guesses and damage in one round: a new look, and each its own way", () => {
  const attempts = new Attempts();
  const bad = [step("ends", "e"), step("none", "w"), step("tail", "t")];
  const forgotten: Range[] = [];
  const verdict = attempts.judge(
    bad.map((step) => ({ step, error })),
    (range) => void forgotten.push(range),
  );
  assert(verdict instanceof HubError);
  assert.equal(forgotten.length, 1, "the bytes of a guess are those of the package");
  assert.deepEqual(["e", "t", "w"].map((path) => attempts.guessFor(path)), [
    "tail",
    "none",
    "ends",
  ]);
});
