/**
 * The answer to one request, after the faults that it meets have had their say.
 *
 * Guarantees: faults act in their order, stage by stage: instead, package, answer, wire. An answer
 * that stands instead of the usual one is only touched on the wire.
 *
 * @module
 */
import { type Answer, statusAnswer } from "./answer.ts";
import { FAULT_TABLE, type FaultContext } from "./fault_table.ts";
import type { Fault } from "./fault.ts";
import type { Offering, PackageChange } from "./offering.ts";
import type { HubRequest } from "./request_parser.ts";
import type { Wire } from "./response_writer.ts";
import type { SignedLinks } from "./signed_links.ts";

/** What answers are made of. */
export interface AnswerSources {
  offering: Offering;
  links: SignedLinks;
  random(): number;
}

/** Answers a request. */
export async function answerWithFaults(
  request: HubRequest,
  faults: readonly Fault[],
  { offering, links, random }: AnswerSources,
): Promise<{ answer: Answer; wire: Wire }> {
  // The deployed hub takes a query for a part of the path; Offering knows no such path.
  const usual = offering.kind === "deployed" ? request.target : request.path;
  const contexts = faults.map((fault): FaultContext => ({
    fault,
    request,
    random,
    sign: (path, validMs, uses) => links.sign(path, validMs, uses),
    replace: (fault) => offering.replace(request.path, fault),
  }));
  const wire: Wire = {};
  let answer: Answer | undefined;
  for (const context of contexts) answer ??= FAULT_TABLE[context.fault.name].instead?.(context);
  const path = answer === undefined ? links.open(request.path) ?? usual : usual;
  if (path === "expired") answer = statusAnswer(403);
  const undisturbed = answer === undefined;
  const changes = contexts.flatMap((context): PackageChange[] => {
    const change = FAULT_TABLE[context.fault.name].package;
    return change ? [(served) => change(served, context)] : [];
  });
  const stale = faults.find(({ name }) => name === "stale_package");
  const usualAnswer = (request: HubRequest) => offering.answer(request, path, { stale, changes });
  answer ??= await usualAnswer(request);
  for (const context of contexts) {
    const behaviour = FAULT_TABLE[context.fault.name];
    if (undisturbed && behaviour.answer) {
      await behaviour.answer(answer, context, await usualAnswer(withoutRange(request)));
    }
    behaviour.wire?.(wire, answer, context);
  }
  return { answer, wire };
}

function withoutRange(request: HubRequest): HubRequest {
  const headers = new Map(request.headers);
  headers.delete("range");
  return { ...request, headers };
}
