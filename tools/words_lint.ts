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

/** Where it holds: rooms (with their slash) and files. Whatever is converted comes here. */
const HELD = [
  "src/cli/check/",
  "src/client/",
  "src/config/",
  "src/fs/",
  "src/hub/",
  "src/monitoring/calendar_end.ts",
  "src/monitoring/notify/",
  "src/monitoring/ping.ts",
  "src/owners/",
  "src/schedule/",
  "src/store/",
  "src/sync/",
  "src/trust/catalog_trust.ts",
  "src/cli/changes_command.ts",
  "src/cli/config_command.ts",
  "src/cli/sync/every.ts",
  "src/cli/init/init_command.ts",
  "src/cli/init/init_questions.ts",
  "src/cli/list_command.ts",
  "src/cli/sync/progress.ts",
  "src/cli/sync/progress_line.ts",
  "src/cli/sync/result_table.ts",
  "src/cli/run.ts",
  "src/cli/run_program.ts",
  "src/cli/status/status_notes.ts",
  "src/cli/status/status_table.ts",
  "src/cli/stop_signals.ts",
  "src/cli/sync/sync_words.ts",
  "src/cli/verify_command.ts",
  "src/cli/versions_command.ts",
  "src/cli/sync/wait.ts",
];

/** What is typed, not read: it is the same in every language. */
const COMMAND =
  /^\s*(?:\(|sudo|ls|mv|cp|chmod|chown|install|find|df|sync|get|verify|convert|check|init|notify|echo|crontab|systemctl|service|openssl|runuser|curl|printf|timedatectl|unset|mount|tar|enable|unrar|-)/;

/** Two words of letters, one after the other. */
const WORDS = /\p{L}{2,}[,:;]? \p{L}{2,}/u;

/** A header, what names a target in JSON, too, and what editors show of a schema. */
const PROGRAMS =
  /charset=utf-8|^(?:email|ping) at |^datahubsync found that|^ *While this file|^DataHubSync configuration$|^Made from the loader/;

/** Evidence of an error, which its message already holds. */
const EVIDENCE = new Set(["expected", "found"]);

function isHeld(path: string): boolean {
  return HELD.some((held) =>
    held.endsWith("/") ? path.includes(`/${held}`) : path.endsWith(`/${held}`)
  );
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
    if (at.type === "NewExpression" && at.callee.type === "Identifier") {
      return /^(?:Range|Type)?Error$/.test(at.callee.name);
    }
    if (at.type === "CallExpression" && at.callee.type === "MemberExpression") {
      const { property } = at.callee;
      // `split`: a list of words, written as one text.
      if (property.type === "Identifier" && /^(?:debug|split)$/.test(property.name)) return true;
    }
  }
  return false;
}

function check(context: Deno.lint.RuleContext, node: Deno.lint.Node, text: string): void {
  if (!WORDS.test(text) || COMMAND.test(text) || PROGRAMS.test(text) || isExempt(node)) return;
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
            check(context, node, node.cooked);
          },
        };
      },
    },
  },
};
export default plugin;
