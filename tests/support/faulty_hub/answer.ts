/**
 * One answer of the hub before it is written: status, headers, body.
 *
 * @module
 */
import { type Body, textBody } from "./body.ts";

/** One answer; faults change it before it is written. */
export interface Answer {
  status: number;
  /** In the order in which they are written; the length and framing are added by the writer. */
  headers: [name: string, value: string][];
  body: Body;
  /** The `Content-Length` that is said: the truth by default, a lie, or none at all. */
  length?: number | "none";
}

const REASONS: Record<number, string> = {
  200: "OK",
  206: "Partial Content",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  416: "Requested Range Not Satisfiable",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Unsupported method",
  503: "Service Unavailable",
};

/** The words that go with a status. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? "Unknown";
}

/** An answer in JSON. */
export function jsonAnswer(status: number, value: unknown): Answer {
  const headers: Answer["headers"] = [["Content-Type", "application/json"]];
  return { status, headers, body: textBody(JSON.stringify(value)) };
}

/** An answer that only says its status. */
export function statusAnswer(status: number, headers: Answer["headers"] = []): Answer {
  const answer = jsonAnswer(status, { error: reasonOf(status) });
  return { ...answer, headers: [...answer.headers, ...headers] };
}

/** An answer in HTML, as a proxy's error page. */
export function htmlAnswer(status: number, html: string): Answer {
  return { status, headers: [["Content-Type", "text/html; charset=utf-8"]], body: textBody(html) };
}

/** Sets a header, or removes it. */
export function setHeader(answer: Answer, name: string, value: string | undefined): void {
  const others = answer.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  answer.headers = value === undefined ? others : [...others, [name, value]];
}

/** The value of a header. */
export function headerOf(answer: Answer, name: string): string | undefined {
  return answer.headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
}
