/**
 * A program of its own, for which the kernel grants every lock: whom `acquireLock()` lets in then.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LockedError } from "../../src/errors.ts";
import { acquireLock, readHolder } from "../../src/store/lock.ts";
import { TempFolder } from "../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 6);
using temp = new TempFolder();
const acquire = (name: string, pid: number, now = NOW) =>
  acquireLock(temp.at(name), { clock: () => now, hostname: "here", pid });

// On this machine the holder's process decides.
using first = await acquire("alive", Deno.pid);
assert.equal(first.honoured, false);
await assert.rejects(acquire("alive", 1), LockedError);
const ended = new Deno.Command("true").spawn();
await ended.status;
using _ended = await acquire("dead", ended.pid);
using second = await acquire("dead", 1);
assert.equal(second.honoured, false);
assert.equal(readHolder(temp.at("dead"))?.pid, 1);

// Of another machine's holder the age does: a day.
const there = JSON.stringify({ format: 1, host: "there", pid: 1, startedAt: NOW });
Deno.writeTextFileSync(temp.at("there"), there);
const hoursLater = (hours: number) => acquire("there", 1, NOW + hours * 3600_000);
await assert.rejects(hoursLater(23), /process 1 on there/);
using _late = await hoursLater(25);
