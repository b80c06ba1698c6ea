/**
 * Sends a message by e-mail, over SMTP with nodemailer.
 *
 * Guarantees: done or failed within the time given; with `starttls` nothing is sent unencrypted.
 * The library is loaded only when an e-mail is sent.
 *
 * @module
 */

import type { NotifyTarget } from "../../config/config.ts";
import type { Message } from "./message.ts";

/** A target that is told by e-mail. */
export type EmailTarget = Extract<NotifyTarget, { type: "email" }>;

/** Sends one e-mail within `timeoutMs`. */
export type SendMail = (target: EmailTarget, message: Message, timeoutMs: number) => Promise<void>;

/** Sends one e-mail over SMTP. Throws what the library throws, or a timeout. */
export async function sendMail(
  target: EmailTarget,
  message: Message,
  timeoutMs: number,
): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: target.host,
    port: target.port,
    secure: target.security === "tls",
    requireTLS: target.security === "starttls",
    ignoreTLS: target.security === "none",
    ...(target.username === undefined
      ? {}
      : { auth: { user: target.username, pass: target.password ?? "" } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // A message never reads files or URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    // The library's limits are one a step; together they could take several times as long.
    timer = setTimeout(
      () => reject(new Error(`no success within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
  });
  try {
    await Promise.race([
      transport.sendMail({
        from: target.from,
        to: target.to,
        subject: message.title,
        text: `${message.text}\n`,
        date: new Date(message.at),
      }),
      late,
    ]);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}
