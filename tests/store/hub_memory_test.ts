/** What was learnt about a hub comes back for a week, or not at all. */
import assert from "node:assert/strict";
import {
  type HubLessons,
  loadLessons,
  REMEMBERED_MS,
  saveLessons,
} from "../../src/store/memory/hub_memory.ts";
import { tempDir } from "../support/temp.ts";

const one = { answers: { most: 1, unlabelled: false } };
const pace = { roundTripMs: 2.5, bytesPerMs: 800 };

Deno.test("loadLessons() gives what was saved of that hub, for a week", async () => {
  await using dir = await tempDir();
  const path = dir.at("hubs");
  await saveLessons(path, { url: "http://a", lessons: one, now: 1000 });
  await saveLessons(path, {
    url: "http://b",
    lessons: { answers: { most: 0, unlabelled: true } },
    now: 2000,
  });
  const get = async (url: string, now: number) =>
    (await loadLessons(path, url, now))?.answers?.most;
  assert.equal(await get("http://a", 5000), 1);
  assert.equal(await get("http://b", 5000), 0);
  assert.equal(await get("http://c", 5000), undefined);
  assert.equal(await get("http://a", 1000 + REMEMBERED_MS), undefined, "it may have learnt ranges");
  assert.equal(await get("http://b", 1000 + REMEMBERED_MS), 0);
});

Deno.test("saveLessons() keeps the day of what is known already, and forgets what isn't so any more", async () => {
  await using dir = await tempDir();
  const path = dir.at("hubs");
  const save = (now: number, lessons: HubLessons) =>
    saveLessons(path, { url: "http://a", lessons, now });
  await save(1000, one);
  await save(REMEMBERED_MS / 2, one);
  assert.equal(await loadLessons(path, "http://a", 1000 + REMEMBERED_MS), undefined);
  await save(5000, {});
  assert.equal(await loadLessons(path, "http://a", 6000), undefined);
});

Deno.test("loadLessons() takes a damaged file, and rows that aren't ours, for nothing", async () => {
  await using dir = await tempDir();
  const path = dir.at("hubs");
  await saveLessons(path, { url: "http://a", lessons: one, now: 1000 });
  const text = await Deno.readTextFile(path);
  for (const broken of ["", text.slice(0, -9), text.replace("1000", "1001"), "{}"]) {
    await Deno.writeTextFile(path, broken);
    assert.equal(await loadLessons(path, "http://a", 1000), undefined);
  }
  await saveLessons(dir.at("no", "folder"), { url: "http://a", lessons: one, now: 1000 });
});

Deno.test("saveLessons() keeps the pace up to date, and it doesn't prolong what else is known", async () => {
  await using dir = await tempDir();
  const path = dir.at("hubs");
  const url = "http://a";
  const load = (now: number) => loadLessons(path, url, now);
  await saveLessons(path, { url, lessons: { ...one, pace }, now: 1000 });
  assert.deepEqual(await load(2000), { ...one, pace });
  const faster = { ...pace, bytesPerMs: 5000 };
  await saveLessons(path, { url, lessons: { ...one, pace: faster }, now: REMEMBERED_MS / 2 });
  assert.deepEqual(await load(REMEMBERED_MS / 2), { ...one, pace: faster });
  assert.equal(await load(1000 + REMEMBERED_MS), undefined, "it may have learnt ranges");
  // A run that measured nothing forgets no pace.
  await saveLessons(path, { url, lessons: { pace }, now: 2000 });
  await saveLessons(path, { url, lessons: {}, now: 3000 });
  assert.deepEqual(await load(4000), { pace });
});

Deno.test("loadLessons() believes no pace that can't be", async () => {
  await using dir = await tempDir();
  const path = dir.at("hubs");
  for (const odd of [{ roundTripMs: 0 }, { bytesPerMs: -1 }, { bytesPerMs: NaN }]) {
    await saveLessons(path, { url: "http://a", lessons: { pace: { ...pace, ...odd } }, now: 1000 });
    assert.equal(await loadLessons(path, "http://a", 1000), undefined);
  }
});
