/**
 * What can be made to go wrong, and the queue in which it waits for its request.
 *
 * Guarantees: a request meets every matching fault that lasts (`times: Infinity`), and the first
 * matching one of those that are counted, which is thereby used up once. So a list of counted
 * faults is a script: the first request meets the first, the next one the second.
 *
 * @module
 */
import type { Fault, FaultName } from "./fault.ts";
import { FAULT_TABLE } from "./fault_table.ts";
import type { HubRequest } from "./request_parser.ts";

/** The faults of one hub, in their order. */
export class FaultQueue {
  #waiting: { fault: Fault; left: number }[] = [];

  /** Adds faults behind the others. */
  add(...faults: Fault[]): void {
    for (const fault of faults) {
      const lasts = FAULT_TABLE[fault.name].lasts === true;
      this.#waiting.push({ fault, left: fault.times ?? (lasts ? Infinity : 1) });
    }
  }

  /** Removes all of them, or those of one name. */
  clear(name?: FaultName): void {
    this.#waiting = name === undefined
      ? []
      : this.#waiting.filter(({ fault }) => fault.name !== name);
  }

  /** What still waits. */
  get list(): readonly Fault[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }));
  }

  /** The faults that a request meets; counted ones are used up by it. */
  take(request: HubRequest): Fault[] {
    const met: Fault[] = [];
    let counted = false;
    for (const waiting of this.#waiting) {
      if (counted && waiting.left !== Infinity || !meets(waiting.fault, request)) continue;
      met.push(waiting.fault);
      if (waiting.left === Infinity) continue;
      counted = true;
      waiting.left--;
    }
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return met;
  }
}

function meets(fault: Fault, request: HubRequest): boolean {
  const { path = /\/package\// } = fault;
  const here = typeof path === "string" ? request.path.startsWith(path) : path.test(request.path);
  return here && (FAULT_TABLE[fault.name].applies?.(request) ?? true);
}
