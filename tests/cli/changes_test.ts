/** What an upgrade prints: the changelog's sections since the version that was installed. */
import assert from "node:assert/strict";
import { changelog, changesSince } from "../../src/cli/setup/version_command.ts";
import { UsageError } from "../../src/errors.ts";
import { VERSION } from "../../src/version.ts";

const TEXT = [
  "# Changelog\n\nHead.\n\n",
  "## [Unreleased] – 3.10.0\n\n- c\n\n",
  "## [3.9.1] – 2026-11-26\n\n- b\n\n",
  "## 2.0.0\n\n- a\n",
].join("");

Deno.test("changesSince() has the sections of newer versions, compared by number", () => {
  assert.equal(changesSince(TEXT, "3.9.1"), "## [Unreleased] – 3.10.0\n\n- c\n\n");
  assert.match(changesSince(TEXT, "3.9"), /- c\n[^]*- b\n/);
  assert.doesNotMatch(changesSince(TEXT, "3.9"), /- a/);
  assert.equal(changesSince(TEXT, "3.10.0"), "");
  assert.match(changesSince(TEXT), /- c\n[^]*- b\n[^]*- a\n/);
  assert.throws(() => changesSince(TEXT, "yesterday"), UsageError);
});

Deno.test("the changelog has a section about this version, newer than v2.0", () => {
  assert.match(changesSince(changelog(), "2.0.0"), new RegExp(`^## .*${VERSION}`));
  assert.equal(changesSince(changelog(), VERSION), "");
});
