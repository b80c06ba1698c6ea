/**
 * The targets of `notify`: whether their addresses look as each service's do, and whether a
 * connection to them can be made.
 *
 * Guarantees: sends nothing, and shows no more of an address than its host. Whether a service takes
 * messages only `notify --test` finds out.
 *
 * @module
 */
import type { NotifyTarget, PingConfig } from "../../config/notify_config.ts";
import { messageOf } from "../../errors.ts";
import { nameOf } from "../../monitoring/notify/send.ts";
import { type CheckContext, command } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { proxyFor, targetOf } from "../../hub/route/proxy.ts";
import { CHECK } from "../../messages/check.ts";

/** Where the token is the secret, the address says nothing more. */
const ONLY_A_HOST = "";

/** How the services' own addresses look behind the host, and what is missing in another form. */
const SERVICES: Readonly<Record<string, { host: string; form: RegExp; needs: string }>> = {
  slack: {
    host: "hooks.slack.com",
    form: /^\/services\/[^/]+\/[^/]+\/[^/?]+$/,
    needs: CHECK.slack_parts(),
  },
  wecom: {
    host: "qyapi.weixin.qq.com",
    form: /^\/cgi-bin\/webhook\/send\?(?:.*&)?key=[^&]+/,
    needs: CHECK.wecom_parts(),
  },
  dingtalk: {
    host: "oapi.dingtalk.com",
    form: /^\/robot\/send\?(?:.*&)?access_token=[^&]+/,
    needs: CHECK.dingtalk_parts(),
  },
  telegram: { host: "api.telegram.org", form: /^\/?$/, needs: ONLY_A_HOST },
  serverchan: { host: "sctapi.ftqq.com", form: /^\/?$/, needs: ONLY_A_HOST },
  pushplus: { host: "www.pushplus.plus", form: /^\/?$/, needs: ONLY_A_HOST },
  bark: { host: "api.day.app", form: /^\/?$/, needs: ONLY_A_HOST },
  feishu: {
    host: "open.feishu.cn",
    form: /^\/open-apis\/bot\/(?:v2\/)?hook\/[^/?]+$/,
    needs: CHECK.feishu_parts(),
  },
};

/** Checks every target. */
export async function checkNotify(context: CheckContext): Promise<CheckLine[]> {
  const { config } = context;
  const { targets, on } = config.notify;
  const pinged = config.ping === undefined ? [] : [await reachPing(config.ping, context)];
  if (targets.length === 0) return [fine("notify.targets", CHECK.nobody_notified()), ...pinged];
  if (on.length === 0) {
    const text = CHECK.notify_on_empty();
    const line = warning("notify.targets", text, CHECK.set_notify_on({ path: config.path }));
    return [line, ...pinged];
  }
  const seen = await Promise.all(
    targets.map(async (target) => malformed(target, context) ?? await reach(target, context)),
  );
  return [...seen, ...pinged];
}

/** The monitor that runs ping; it isn't pinged, since that would tell it of a run. */
async function reachPing({ url }: PingConfig, context: CheckContext): Promise<CheckLine> {
  const { hostname, port } = targetOf(url, proxyFor(url, context.machine.env));
  const target = `ping at ${new URL(url).host}`;
  const why = await whyUnreachable({ hostname, port }, context);
  const place = placeText({ hostname, port });
  if (why === undefined) return fine("notify.ping", CHECK.target_connects({ target, place }));
  const text = CHECK.target_silent({ target, place, why });
  return warning("notify.ping", text, CHECK.correct_ping({ path: context.config.path }));
}

/** An address of a service that is known, in a form that it doesn't have. */
function malformed(target: NotifyTarget, { config }: CheckContext): CheckLine | undefined {
  // A template may well be for a service that has a type of its own.
  if (target.type === "email" || target.type === "template") return undefined;
  const { hostname, pathname, search } = new URL(target.url);
  const [type, known] = Object.entries(SERVICES).find(([, { host }]) => host === hostname) ?? [];
  if (type === undefined || known === undefined) return undefined;
  if (type !== target.type) {
    const text = CHECK.other_type({
      target: nameOf(target),
      hostname,
      type,
      configured: target.type,
    });
    return failure("notify.form", text, CHECK.set_type({ type, path: config.path }));
  }
  if (known.form.test(pathname + search)) return undefined;
  if (known.needs === ONLY_A_HOST) {
    const text = CHECK.address_has_path({ target: nameOf(target), type });
    return failure("notify.form", text, CHECK.leave_url_out({ path: config.path }));
  }
  const text = CHECK.address_not_whole({ target: nameOf(target), type, needs: known.needs });
  return failure("notify.form", text, CHECK.copy_address({ type, path: config.path }));
}

async function reach(target: NotifyTarget, context: CheckContext): Promise<CheckLine> {
  const where = target.type === "email"
    ? { hostname: target.host, port: target.port }
    : targetOf(target.url, proxyFor(target.url, context.machine.env));
  const about = { target: nameOf(target), place: placeText(where) };
  const why = await whyUnreachable(where, context);
  if (why === undefined) return fine("notify.reach", CHECK.target_connects(about));
  const text = CHECK.target_silent({ ...about, why });
  return warning("notify.reach", text, command(context, "notify --test"));
}

interface Where {
  hostname: string;
  port: number;
}

function placeText({ hostname, port }: Where): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Connects, and closes; why that wasn't possible. */
async function whyUnreachable(
  { hostname, port }: Where,
  context: CheckContext,
): Promise<string | undefined> {
  const patience = AbortSignal.timeout(
    Math.min(context.patienceMs, context.config.notify.timeout * 1000),
  );
  try {
    const signal = AbortSignal.any([patience, context.signal]);
    const connection = await Deno.connect({ hostname, port, signal });
    connection.close();
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return patience.aborted ? CHECK.no_answer() : messageOf(error);
  }
}
