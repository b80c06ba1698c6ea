/**
 * The targets of `notify`: whether their addresses look as each service's do, and whether a
 * connection to them can be made.
 *
 * Guarantees: sends nothing, and shows no more of an address than its host. Whether a service takes
 * messages only `notify --test` finds out.
 *
 * @module
 */
import type { NotifyTarget } from "../../config/config.ts";
import { messageOf } from "../../errors.ts";
import { nameOf } from "../../monitoring/notify/send.ts";
import { type CheckContext, command } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { proxyFor, targetOf } from "../../hub/proxy.ts";

/** How the services' own addresses look behind the host, and what is missing in another form. */
const SERVICES: Readonly<Record<string, { host: string; form: RegExp; needs: string }>> = {
  slack: {
    host: "hooks.slack.com",
    form: /^\/services\/[^/]+\/[^/]+\/[^/?]+$/,
    needs: "three parts after /services/",
  },
  wecom: {
    host: "qyapi.weixin.qq.com",
    form: /^\/cgi-bin\/webhook\/send\?(?:.*&)?key=[^&]+/,
    needs: "/cgi-bin/webhook/send and a key",
  },
  dingtalk: {
    host: "oapi.dingtalk.com",
    form: /^\/robot\/send\?(?:.*&)?access_token=[^&]+/,
    needs: "/robot/send and an access_token",
  },
  feishu: {
    host: "open.feishu.cn",
    form: /^\/open-apis\/bot\/(?:v2\/)?hook\/[^/?]+$/,
    needs: "/open-apis/bot/v2/hook/ and an id",
  },
};

/** Checks every target. */
export async function checkNotify(context: CheckContext): Promise<CheckLine[]> {
  const { config } = context;
  const { targets, on } = config.notify;
  if (targets.length === 0) return [fine("notify.targets", "nobody is notified of failures")];
  if (on.length === 0) {
    const text = "notify.on is empty: its targets are never told anything";
    return [warning("notify.targets", text, `set notify.on in ${config.path}: on: [failure]`)];
  }
  const seen = await Promise.all(
    targets.map(async (target) => malformed(target, context) ?? await reach(target, context)),
  );
  return seen;
}

/** An address of a service that is known, in a form that it doesn't have. */
function malformed(target: NotifyTarget, { config }: CheckContext): CheckLine | undefined {
  if (target.type === "email") return undefined;
  const { hostname, pathname, search } = new URL(target.url);
  const [type, known] = Object.entries(SERVICES).find(([, { host }]) => host === hostname) ?? [];
  if (type === undefined || known === undefined) return undefined;
  if (type !== target.type) {
    const text = `${nameOf(target)}: ${hostname} is ${type}'s, but its type is ${target.type}`;
    return failure("notify.form", text, `set type: ${type} for it in ${config.path}`);
  }
  if (known.form.test(pathname + search)) return undefined;
  const text = `${nameOf(target)}: its address isn't whole: ${type}'s have ${known.needs}`;
  return failure("notify.form", text, `copy it again from ${type} into ${config.path}`);
}

/** Connects, and closes. */
async function reach(target: NotifyTarget, context: CheckContext): Promise<CheckLine> {
  const { hostname, port } = target.type === "email"
    ? { hostname: target.host, port: target.port }
    : targetOf(target.url, proxyFor(target.url, context.machine.env));
  const place = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const patience = AbortSignal.timeout(
    Math.min(context.patienceMs, context.config.notify.timeout * 1000),
  );
  try {
    const signal = AbortSignal.any([patience, context.signal]);
    const connection = await Deno.connect({ hostname, port, signal });
    connection.close();
    return fine("notify.reach", `${nameOf(target)}: ${place} takes connections`);
  } catch (error) {
    context.signal.throwIfAborted();
    const why = patience.aborted ? "no answer" : messageOf(error);
    const text = `${nameOf(target)}: ${place} can't be connected to: ${why}`;
    return warning("notify.reach", text, command(context, "notify --test"));
  }
}
