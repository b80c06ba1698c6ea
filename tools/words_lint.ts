/**
 * A rule for `deno lint`: what a person reads stands in `src/messages/`, in both languages, and
 * nowhere else.
 *
 * Guarantees: in the rooms and files that it holds for, a text of two words or more is a message of
 * the catalogue, a command to type, or evidence for programs. It doesn't know single words, nor
 * whether a text that it lets through is shown to anybody.
 *
 * @module
 */
import { HELP } from "../src/messages/help.ts";

/** Where it holds: rooms (with their slash) and files. Whatever is converted comes here. */
const HELD = [
  "src/cli/",
  "src/client/",
  "src/config/",
  "src/deflate/",
  "src/fs/",
  "src/grown/",
  "src/hub/",
  "src/monitoring/calendar_end.ts",
  "src/monitoring/notify/",
  "src/monitoring/ping.ts",
  "src/monitoring/report/",
  "src/owners/",
  "src/pack/",
  "src/patch/",
  "src/safe_path.ts",
  "src/schedule/",
  "src/serve/",
  "src/site/",
  "src/store/",
  "src/sync/",
  "src/trust/",
  "src/zip/",
];

/**
 * Where it doesn't, though the room is held: scripts for shells and browsers, files for systemd and
 * logrotate, and the catalogue of `install_client.sh`, which is its own.
 */
const NOT_HELD = [
  "src/cli/completions/",
  "src/cli/installer/",
  "src/monitoring/report/page_script.ts",
  "src/monitoring/report/page_style.ts",
  "src/monitoring/report/vendor/",
];

/** What is typed, not read: it is the same in every language. */
const COMMAND =
  /^\s*(?:\(|sudo|apt-get|dnf|ls|mv|cp|chmod|chown|install|find|df|sync|get|verify|convert|check|init|notify|(?:completions|key|list|pack|pin|rollback|serve|versions) (?:-|[A-Z/]|bars|bash|hub)|echo|crontab|systemctl|service|openssl|runuser|curl|printf|timedatectl|unset|mount|tar|enable|unrar|-)/;

/** Two words of letters, one after the other. */
const WORDS = /\p{L}{2,}[,:;]? \p{L}{2,}/u;

/** A header, a line of a configuration, what names a target in JSON, too, what is signed, and a schema. */
const PROGRAMS = new RegExp([
  "charset=utf-8|boundary=$|no-transform$|^GET, HEAD$",
  String.raw`^\s*(?:level|delete_removed): \S+\s*$`,
  "^stopped at $|^(?:email|ping) at |^datahubsync found that|^ *While this file",
  String.raw`^datahubsync (?:key|signed catalog 1)\n$`,
  "^DataHubSync configuration$|^Made from the loader",
].join("|"));

/** Markup of a page: whole tags, and those that hold a value. */
const TAGS = /^[^<>]*>|<[^>]*(?:>|$)/g;

/** Evidence of an error, which its message already holds. */
const EVIDENCE = new Set(["expected", "found"]);

function isHeld(path: string): boolean {
  const isIn = (held: string): boolean =>
    held.endsWith("/") ? path.includes(`/${held}`) : path.endsWith(`/${held}`);
  return HELD.some(isIn) && !NOT_HELD.some(isIn);
}

function parentOf(node: Deno.lint.Node): Deno.lint.Node | undefined {
  return (node as { parent?: Deno.lint.Node | null }).parent ?? undefined;
}

/** Whether a text is for programs, or a defect that no user meets. */
function isExempt(node: Deno.lint.Node): boolean {
  for (let at: Deno.lint.Node | undefined = node; at; at = parentOf(at)) {
    if (at.type === "ImportDeclaration" || at.type === "TSLiteralType") return true;
    if (at.type === "Property" && at.key.type === "Identifier" && EVIDENCE.has(at.key.name)) {
      return true;
    }
    // The text behind an HTTP status.
    if (at.type === "Property" && at.key.type === "Literal" && typeof at.key.value === "number") {
      return true;
    }
    if (at.type === "ObjectExpression" && isDebugEvent(at)) return true;
    if (at.type === "NewExpression" && at.callee.type === "Identifier") {
      return /^(?:Range|Type|InvalidArgument)?Error$/.test(at.callee.name);
    }
    if (at.type === "CallExpression" && at.callee.type === "MemberExpression") {
      const { object, property } = at.callee;
      // What is logged is English. `split`: a list of words, written as one text.
      if (object.type === "Identifier" && object.name === "log") return true;
      if (property.type === "PrivateIdentifier" && property.name === "attempt") return true;
      if (property.type === "Identifier" && property.name === "split") return true;
    }
  }
  return false;
}

function isDebugEvent({ properties }: Deno.lint.ObjectExpression): boolean {
  return properties.some((one) =>
    one.type === "Property" && one.value.type === "Literal" && one.value.value === "debug"
  );
}

function check(context: Deno.lint.RuleContext, node: Deno.lint.Node, text: string): void {
  if (
    text in HELP || !WORDS.test(text) || COMMAND.test(text) || PROGRAMS.test(text) || isExempt(node)
  ) return;
  context.report({ node, message: "a text that a person may read: put it into src/messages/" });
}

const plugin: Deno.lint.Plugin = {
  name: "words",
  rules: {
    "only-in-the-catalogue": {
      create(context): Deno.lint.LintVisitor {
        if (!isHeld(context.filename.replaceAll("\\", "/"))) return {};
        return {
          Literal(node) {
            if (typeof node.value === "string") check(context, node, node.value);
          },
          TemplateElement(node) {
            const tagged = parentOf(parentOf(node)!)?.type === "TaggedTemplateExpression";
            check(context, node, tagged ? node.cooked.replace(TAGS, "") : node.cooked);
          },
        };
      },
    },
  },
};
export default plugin;
