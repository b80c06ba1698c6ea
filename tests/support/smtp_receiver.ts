/**
 * A tiny SMTP server on loopback that keeps what it is sent, or refuses who it is for.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** One e-mail as it came. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** The decoded AUTH PLAIN text. */
  auth: string;
  /** Headers and body as sent. */
  data: string;
  /** The decoded body. */
  text: string;
}

/** Listens until disposed; `refusal` is the answer to each recipient. */
export function receiveMail(
  refusal?: string,
): AsyncDisposable & { port: number; received: ReceivedMail[] } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: ReceivedMail[] = [];
  const serving = (async () => {
    for await (const connection of listener) await converse(connection, received, refusal);
  })();
  return {
    port: listener.addr.port,
    received,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving.catch(() => {});
    },
  };
}

async function converse(
  connection: Deno.Conn,
  received: ReceivedMail[],
  refusal: string | undefined,
): Promise<void> {
  using open = connection;
  const say = (line: string) => open.write(new TextEncoder().encode(line + "\r\n"));
  const mail: ReceivedMail = { from: "", to: [], auth: "", data: "", text: "" };
  let inData = false;
  let rest = "";
  await say("220 test ESMTP");
  const chunk = new Uint8Array(65536);
  while (true) {
    const read = await open.read(chunk).catch(() => null);
    if (read === null) return;
    rest += new TextDecoder().decode(chunk.subarray(0, read));
    for (let end; (end = rest.indexOf("\r\n")) >= 0;) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (inData) {
        if (line !== ".") {
          mail.data += line + "\n";
          continue;
        }
        inData = false;
        received.push({ ...mail, text: decodeBody(mail.data) });
        await say("250 kept");
      } else if (/^EHLO/i.test(line)) await say("250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME");
      else if (/^AUTH PLAIN /i.test(line)) {
        mail.auth = Buffer.from(line.slice(11), "base64").toString();
        await say("235 welcome");
      } else if (/^MAIL FROM:/i.test(line)) {
        mail.from = /<(.*?)>/.exec(line)?.[1] ?? "";
        await say("250 ok");
      } else if (/^RCPT TO:/i.test(line)) {
        mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? "");
        await say(refusal ?? "250 ok");
      } else if (/^DATA/i.test(line)) {
        inData = true;
        await say("354 go on");
      } else if (/^QUIT/i.test(line)) {
        await say("221 bye");
        return;
      } else await say("500 what?");
    }
  }
}

function decodeBody(data: string): string {
  const split = data.indexOf("\n\n");
  const [head, body] = [data.slice(0, split), data.slice(split + 2)];
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, "base64").toString();
  if (!/transfer-encoding: quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\n/g, "").replace(
    /=([0-9A-F]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString();
}
