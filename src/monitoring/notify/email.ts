/**
 * Sends a message by e-mail, over SMTP with nodemailer.
 *
 * Guarantees: succeeds or fails within the time limit, and fails at once on a signal; with
 * `starttls` nothing is sent unencrypted. The library is loaded only when an e-mail is sent.
 *
 * @module
 */
import type { NotifyTarget } from "../../config/notify_config.ts";
import { NOTIFY } from "../../messages/notify.ts";
import type { NotifyMessage } from "./message.ts";

/** A target notified by e-mail. */
type EmailTarget = Extract<NotifyTarget, { type: "email" }>;

/** Sends one e-mail. Throws the library's error, a timeout, or the signal's reason. */
export async function sendMail(
  target: EmailTarget,
  message: NotifyMessage,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
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
    // Never let a message read files or URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const late = Promise.withResolvers<never>();
  // The library's limits are per step; together they could take several times as long.
  const timer = setTimeout(
    () => late.reject(new Error(NOTIFY.no_success({ seconds: timeoutMs / 1000 }))),
    timeoutMs,
  );
  const stopped = () => late.reject(signal?.reason);
  signal?.addEventListener("abort", stopped);
  if (signal?.aborted) stopped();
  try {
    await Promise.race([
      transport.sendMail({
        from: target.from,
        to: target.to,
        subject: message.title,
        text: `${message.text}\n`,
        date: new Date(message.at),
      }),
      late.promise,
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stopped);
    transport.close();
  }
}
