/**
 * Remedies that hold something to type: each is in the table below, with the test that types it or
 * with the reason why it is a sentence. A new one that isn't in the table fails here.
 *
 * Found are the catalogue's messages with a command, an option or a key of the configuration, what
 * stands so in a `hint` or `remedy` outside the catalogue, and texts that begin as a shell's command.
 * It knows no remedy that is words alone, and trusts the tests named here to type what they say. It is
 * longer than 250 lines because it holds one line per remedy.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AREAS } from "../../src/messages/areas.ts";
import { ROOT, sources } from "../support/sources.ts";

/** An option, a key, a command, or a parameter that is one. */
const TYPED = new RegExp([
  "`",
  String.raw`(?:^|[\s('])--[a-z]`,
  String.raw`\bdatahubsync [a-z]`,
  String.raw`\b(?:hub|sync|datasets|logging|notify)(?:\[\])?\.[a-z]`,
  String.raw`\b(?:publish|adopt|exclude|include): `,
  String
    .raw`\b(?:local_dir|ca_file|public_key|max_files|filename_encoding|trusted_folders|keep_age)\b`,
  String.raw`\{(?:accept|again|ask|chattr|command|copy|curl|edit|startOver|sync|tellTale)\}`,
  String.raw`: (?:crontab|curl|df|export|fuser|getent|grep|journalctl|openssl|ps|stat|su|sudo) `,
  String.raw`\bunset |\.sh --`,
].join("|"));
const SHELL =
  /^(?:apt-get|dnf|chmod|chown|cp|crontab|curl|find|install|ls|mount|mv|openssl|printf|rm|runuser|service|su|sudo|systemctl|tar|timedatectl) (?=\S)/;

/** Rooms whose texts are no remedies: translations for the installer, which says its own. */
const ELSEWHERE = /^src\/cli\/installer\//;

interface Node {
  type: string;
  parent?: Node;
  key?: { type: string; name?: string };
  callee?: { name?: string };
  value?: unknown;
  quasis?: { cooked: string }[];
}

/** What a source holds to type: `file text`, with `…` for what is filled in. */
function typedIn(path: string, source: string): string[] {
  const found: string[] = [];
  const see = (node: Node, text: string): void => {
    let [isHint, isOwn] = [false, false];
    for (let at: Node | undefined = node; at; at = at.parent) {
      if (at.type === "ImportDeclaration") return;
      if (at.type === "CallExpression" && at.callee?.name === "ownCommand") isOwn = true;
      if (at.type === "Property" && /^(?:hint|remedy)$/.test(at.key?.name ?? "")) isHint = true;
    }
    if (isOwn || SHELL.test(text) || isHint && TYPED.test(text)) {
      found.push(`${path.slice("src/".length)}: ${text.slice(0, 40).trim()}`);
    }
  };
  const plugin: Deno.lint.Plugin = {
    name: "typed",
    rules: {
      remedy: {
        create: () => ({
          Literal: (node) => typeof node.value === "string" && see(node as Node, node.value),
          TemplateLiteral: (node) =>
            see(node as Node, node.quasis.map(({ cooked }) => cooked).join("…")),
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, path, source);
  return found;
}

/** Areas that say what is, and what a key has to hold: `tests/config/chinese_test.ts` types their examples. */
const NO_REMEDIES = ["expected", "state", "yaml"];

/** Everything that has to be in the table. */
async function remedies(): Promise<string[]> {
  const messages = Object.entries(AREAS).filter(([area]) => !NO_REMEDIES.includes(area))
    .flatMap(([area, messages]) =>
      Object.entries(messages).filter(([, { en }]) => TYPED.test(en))
        .map(([key]) => `${area.toUpperCase()}.${key}`)
    );
  const texts = (await sources()).filter(({ path }) => !ELSEWHERE.test(path))
    .flatMap(({ path, text }) => typedIn(path, text));
  return [...new Set([...messages, ...texts])].sort();
}
/** `file: test` → the remedies that it types. */
const TYPED_BY: Record<string, string[]> = {
  "e2e/remedies_test.ts: no configuration": [
    "CONFIG.make_config",
    "CONFIG.make_config_here",
    "config/load_config.ts: init",
    "config/locate_config.ts: init",
  ],
  "cli/cut_off_repair_test.ts: says that the files are in place": ["CLIENT.publish_unfinished"],
  "e2e/packages_test.ts: the .deb": ["CONFIG.make_config_for_machine"],
  "e2e/remedies_test.ts: an unknown command": ["COMMAND.did_you_mean_command"],
  "e2e/remedies_test.ts: a command that comes too late": ["cli/run_program.ts: … …"],
  "e2e/remedies_test.ts: a file in init's place": ["INIT.other_output"],
  "e2e/limits_test.ts: each command says at once that too few files can be opened": [
    "DISK.few_more_files",
    "DISK.raise_ulimit",
  ],
  "e2e/changes_test.ts: what `changes` asks for begins a list": ["COMMAND.changes_not_kept"],
  "e2e/remedies_test.ts: publish that the configuration contradicts": ["COMMAND.set_publish"],
  "e2e/remedies_test.ts: another file in the report's place": ["COMMAND.other_output"],
  "e2e/remedies_test.ts: a number that confirms no changes": [
    "COMMAND.prints_it",
    "cli/data/changes_command.ts: changes --last",
  ],
  "e2e/remedies_test.ts: files that get would replace": ["CLIENT.adopt"],
  "e2e/remedies_test.ts: a header without a name": [
    "cli/data/get_command.ts: --header 'X-Api-Key: …'",
  ],
  "e2e/remedies_test.ts: no manifest to verify with": ["SYNC.sync_first"],
  "e2e/remedies_test.ts: a file in the data's place": ["DISK.correct_local_dir"],
  "e2e/rights_test.ts: a data folder that its owner can't list": [
    "DISK.permit_folder",
    "store/folder_state.ts: chmod u+rwx …",
  ],
  "e2e/remedies_test.ts: serve without a site": [
    "cli/hub_end/serve_command.ts: pack FOLDER --output …",
  ],
  "e2e/remedies_test.ts: serve without the token": [
    "cli/hub_end/serve_command.ts: serve … --token",
  ],
  "e2e/remedies_test.ts: pack without a folder": [
    "cli/hub_end/pack_command.ts: pack FOLDER --output SITE",
  ],
  "e2e/remedies_test.ts: a hub's address for get": [
    "HUB.use_hub_url",
    "hub/answer/not_a_zip.ts: init --hub-url …",
  ],
  "e2e/remedies_test.ts: pack without a site": [
    "cli/hub_end/pack_command.ts: pack … --output SITE",
  ],
  "e2e/remedies_test.ts: pack of what is no file": [
    "PACK.leave_out",
  ],
  "fs/odd_names_test.ts: packFolder() leaves out names that aren't UTF-8 where they are excluded as it proposes":
    [
      "PACK.rename_in_utf8",
    ],
  "e2e/remedies_test.ts: pack into its own folder": [
    "PACK.site_elsewhere",
  ],
  "e2e/remedies_test.ts: pack of a folder that lost most files": [
    "PACK.say_so_once",
  ],
  "e2e/remedies_test.ts: a package that would replace the configuration": [
    "SYNC.folder_of_its_own",
  ],
  "e2e/remedies_test.ts: a file system that is mounted inside, and files": [
    "DISK.unmount_or_files",
  ],
  "e2e/remedies_test.ts: a relative link that leads out": ["DISK.link_would_break"],
  "e2e/remedies_test.ts: names in another encoding": ["ZIP.set_encoding"],
  "e2e/remedies_test.ts: names that could be of two encodings": ["ZIP.names_may_be"],
  "e2e/remedies_test.ts: names that are unusual in every encoding": ["ZIP.names_unusual"],
  "e2e/remedies_test.ts: a snapshot at a mount point": ["DISK.point_below"],
  "e2e/remedies_test.ts: a snapshot at a mount point, by --check": ["CHECK.set_local_dir"],
  "e2e/remedies_test.ts: a snapshot on a disk without links": ["DISK.set_files_or_move"],
  "e2e/remedies_test.ts: pack of a name that clients read as a path": [
    "PACK.rename_or_leave_out",
  ],
  "e2e/remedies_test.ts: a log with a second name, by --check": ["fs/own_file.ts: mv … …"],
  "plain_file_test.ts: a pipe where data should be is named with the command that moves it away": [
    "fs/disk_error.ts: mv … …",
  ],
  "e2e/remedies_test.ts: a subfolder of another user": [
    "store/publish/replaceable.ts: chown … …",
  ],
  "e2e/remedies_test.ts: a key that isn't there": ["TRUST.make_one", "trust/keys.ts: key …"],
  "e2e/remedies_test.ts: a key that is none": ["TRUST.make_other", "trust/keys.ts: ….new"],
  "e2e/remedies_test.ts: a key that others may read": ["trust/keys.ts: chmod 600 …"],
  "e2e/remedies_test.ts: a key in a new key's place": [
    "TRUST.never_over",
  ],
  "e2e/remedies_test.ts: a signature of nothing that is renewed": [
    "PACK.sign_first",
    "site/sign_site.ts: pack FOLDER --output … --sign KEY",
  ],
  "e2e/remedies_test.ts: a new key, and how to sign with it": [
    "HUB_END.sign_with",
    "cli/hub_end/key_command.ts: pack FOLDER --output SITE --sign …",
  ],
  "e2e/remedies_test.ts: a key without a file's name": [
    "cli/hub_end/key_command.ts: key /root/hub.key",
  ],
  "e2e/remedies_test.ts: an address that isn't the hub's root": ["HUB.check_root"],
  "e2e/remedies_test.ts: versions of plain files": [
    "DISK.versions_kept",
    "store/snapshot/rollback.ts: convert NAME",
  ],
  "e2e/remedies_test.ts: a snapshot where a folder with files is": [
    "DISK.turn_into_snapshot",
    "store/snapshot/versions.ts: convert NAME",
  ],
  "e2e/remedies_test.ts: a local_dir that is a loop of links": ["DISK.look_with_ls"],
  "e2e/remedies_test.ts: a link below local_dir": ["DISK.no_links_below"],
  "e2e/remedies_test.ts: a variable that gives keys away": ["HUB.unset_sslkeylogfile"],
  "e2e/remedies_test.ts: a package of more files than allowed": ["SYNC.raise_limits"],
  "e2e/remedies_test.ts: a disk that isn't mounted today": [
    "DISK.mount_disk",
    "sync/sync_all.ts: sync --force -d …",
  ],
  "e2e/remedies_test.ts: a name that the disk refuses": ["SYNC.other_disk"],
  "e2e/remedies_test.ts: a port that is taken": [
    "PACK.choose_another",
  ],
  "e2e/own_command_test.ts: its proposals can be typed as they stand": [
    "VERIFY.to_fetch",
    "COMMAND.try_help",
    "cli/run.ts: --help",
    "cli/run.ts: … --help",
  ],
  "e2e/rollback_kill_test.ts: a rollback that is killed": [
    "SYNC.to_finish",
    "sync/sync_all.ts: pin … …",
  ],
  "e2e/versions_test.ts: pin --off goes on": [
    "SYNC.to_go_on",
    "cli/data/versions_command.ts: pin … --off",
    "sync/sync_all.ts: pin … --off",
  ],
  "e2e/config_keys_test.ts: sync (--accept .*)$": [
    "SYNC.look_at_data",
    "sync/expect/expect_gate.ts: sync --accept …",
  ],
  "store/take_back_test.ts: before the journal, with a command that helps": ["DISK.lsattr"],
  "store/snapshot_ground_test.ts: what the hint types makes it possible": [
    "DISK.copy_can_move",
    "store/snapshot/snapshot_ability.ts: cp -a … … && rm -r … && mv … …",
  ],
  "e2e/strangers_link_test.ts: a stranger's in local_dir's place": [
    "fs/strangers_links.ts: mv … …",
  ],
  "store/private_folder_test.ts: refuses somebody else's folder where everybody may make one": [
    "store/private_folder.ts: mv … …",
  ],
  "hub/certificates_test.ts: has its own remedy": [
    "HUB.make_certificate",
    "hub/tls/tls_error.ts: openssl req -x509 -newkey rsa:2048 -node",
  ],
  "hub/certificates_test.ts: and its command fixes it": [
    "hub/tls/authorities_file.ts: openssl pkcs12 -in … -nokeys -out …",
    "hub/tls/authorities_file.ts: openssl pkcs7 -print_certs -in … -out …",
    "hub/tls/authorities_file.ts: openssl x509 -in … -out …",
  ],
  "cli/check/hub_faults_test.ts: of an unknown authority; hub.ca_file fixes it": [
    "HUB.name_ca_file",
  ],
  "cli/check/hub_answer_faults_test.ts: a hub that wants a token, and one that refuses ours": [
    "CHECK.set_token",
  ],
  "cli/check/dataset_faults_test.ts: times are in another zone than hub.timezone": [
    "CHECK.set_timezone",
  ],
  "cli/check/machine_faults_test.ts: a secret that every user may read": [
    "cli/check/config_check.ts: chmod 640 …",
  ],
  "cli/check/machine_faults_test.ts: a file where the folder should be": [
    "cli/check/disk/folder_check.ts: mv … …",
  ],
  "cli/check/log_faults_test.ts: the log should be; the remedy moves it away": [
    "cli/check/check_context.ts: mv … …",
  ],
  "cli/check/log_faults_test.ts: nobody rotates; the remedy has logrotate do it": [
    `cli/check/log_check.ts: printf '"%s" {…}\\n' … > …`,
  ],
  "cli/check/schedule_faults_test.ts: can't be executed; the remedy makes it executable": [
    "cli/check/schedule/schedule_check.ts: chmod 755 …",
  ],
  "cli/check/schedule_times_test.ts: isn't root's either; the remedy gives it back": [
    "cli/check/schedule/schedule_check.ts: chown root: …",
  ],
  "e2e/check_schedule_test.ts: for a file that cron passes by, typed, fix it": [
    "cli/check/schedule/schedule_check.ts: chmod 644 …",
  ],
  "e2e/check_schedule_test.ts: command for a cron daemon, typed, starts one": [
    "cli/check/schedule/schedule_check.ts: service cron start",
  ],
  "e2e/check_schedule_test.ts: one's own crontab; typed, that shows it": [
    "cli/check/schedule/schedule_check.ts: crontab -l | grep datahubsync",
  ],
  "e2e/check_binary_test.ts: the binary's --check, without root, tells": [
    "cli/check/check_context.ts: chown …: …",
    "as_root.ts: su -c …",
    "as_root.ts: sudo …",
    "cli/check/disk/folder_check.ts: install -d -m 700 -o … …",
    "cli/check/disk/folder_check.ts: install -d -o … …",
    "cli/check/disk/state_check.ts: install -d -o … …",
  ],
  "e2e/owner_rule_test.ts: root is refused where others may touch": [
    "owners/rule.ts: chmod … …",
    "owners/rule.ts: chown -h … …",
  ],
  "e2e/owner_rule_test.ts: is refused a program, configuration or work folder of others": [
    "owners/rule.ts: mv … …",
  ],
  "e2e/owner_rule_test.ts: trusting it is one command": [
    "COMMAND.add_trusted",
    "cli/command/owner_gate.ts: printf '%s\\n' … >> …",
  ],
  "e2e/whose_installation_test.ts: the refusal names both": ["COMMAND.name_either_config"],
  "e2e/owner_rule_test.ts: a configuration that others placed in the current folder": [
    "COMMAND.name_the_config",
  ],
  "e2e/owner_rule_test.ts: makes nothing and says what to type": [
    "as_root.ts: runuser -u … -- …",
    "as_root.ts: sudo -u … …",
  ],
  "e2e/owner_rule_test.ts: is given back by one command of --check": [
    "cli/check/owner_check.ts: find … -xdev -user root '(' -type d -o -",
  ],
  // These name a key to set; what each key does, its own test shows.
  "e2e/config_keys_test.ts: every key of the configuration has a test of its effect": [
    "CHECK.compare_and_set_key",
    "CHECK.set_log_file",
    "CHECK.set_max_size",
    "CHECK.set_notify_on",
    "HUB.allow_other_origin",
    "HUB.least_speed",
    "HUB.name_allow_host",
    "HUB.timeout_four_times",
    "HUB.timeout_silence",
    "INIT.compare_key",
    "SYNC.digest_unchecked",
    "SYNC.finder_include",
    "SYNC.longest_run",
    "TRUST.behind",
  ],
};

/** Why a text with something to type is typed by no test → the texts. */
const SENTENCES: Record<string, string[]> = {
  "says what is, not what to do": words(`
    CHECK.counts_verbose CHECK.notify_on_empty CHECK.refuses_token CHECK.signed_unknown
    CHECK.times_off CLIENT.the_authorities_of_a_dataset_s CLIENT.the_authorities_of_hub_ca_file
    COMMAND.accept_left_out COMMAND.accept_not_with COMMAND.changes_not_with
    COMMAND.changes_version COMMAND.days_expected COMMAND.done_not_with COMMAND.done_number
    COMMAND.keys_keep COMMAND.off_without_version CONFIG.beside CONFIG.body_needs_post
    CONFIG.calendar_which CONFIG.example_in_docs CONFIG.expected_found_meant
    CONFIG.file_after_config CONFIG.header_name CONFIG.holds_config CONFIG.key_or_file
    CONFIG.login_all CONFIG.login_token_headers CONFIG.login_url_headers CONFIG.login_url_token
    CONFIG.missing CONFIG.name_readable CONFIG.none_at_config CONFIG.of_key CONFIG.open_variable
    CONFIG.placeholder_meant CONFIG.unencrypted CONFIG.meant_key CONFIG.meant_two
    CONFIG.meant_three CONFIG.meant_four CONFIG.unknown_in CONFIG.url_beside
    CONFIG.variable_name_meant CONFIG.variable_unset CONFIG.zip_not_signed
    COMMAND.done_up_to COMMAND.every_least COMMAND.every_not_with COMMAND.exclude_each_other
    COMMAND.header_expected COMMAND.json_has_calendar COMMAND.no_targets COMMAND.publish_differs
    COMMAND.refuses_from COMMAND.trusted_needs_root HUB_END.config_says HUB_END.expires_expected
    HUB_END.expires_needs_sign HUB_END.for_everybody HUB_END.for_one_folder HUB_END.keep_expected
    HUB_END.keys_at_most HUB_END.listen_expected HUB_END.needs_output HUB_END.not_renewed
    HUB_END.part_expected HUB_END.plain_differs HUB_END.resign_needs HUB_END.resign_packs_nothing
    HUB_END.tls_together HUB_END.token_in_clear HUB_END.token_not_set STATUS.watch_needs_terminal DISK.find_the_folder_above_local_dir
    DISK.local_dir_is_file DISK.local_dir_loop DISK.local_dir_no_folder DISK.look_at_local_dir
    DISK.needs_work_folder DISK.os_file_size DISK.snapshot_needs HUB.ca_file_unusable
    HUB.without_public_key INIT.about_file INIT.about_schema INIT.both_addresses INIT.one_name
    INIT.token_from SCHEDULE.a_case SCHEDULE.jenkins_hash SCHEDULE.quartz_any SCHEDULE.quartz_last
    SCHEDULE.quartz_nth SCHEDULE.quartz_working_day SCHEDULE.random_value SCHEDULE.shell_of_sudo
    PACK.cant_encrypt PACK.key_encrypted
    PACK.no_certificate PACK.no_private_key PACK.other_key SCHEDULE.what_program_does SYNC.beside_reserve`),
  "its command only looks; what to do follows from what is seen": [
    ...words(`CHECK.correct_hub_url CHECK.correct_or_dns CHECK.firewall CHECK.hint_certificate
      CHECK.honour_ranges CHECK.if_this_answers CHECK.one_machine CHECK.see_cron CHECK.see_it
      CHECK.see_systemd CHECK.see_whose CHECK.start_or_correct CHECK.takes_but_silent
      COMMAND.more_see_check DISK.find_out_who DISK.fuser DISK.fuser_program DISK.give_permission
      DISK.look_at_dmesg DISK.look_at_owner DISK.nothing_led_there NOTIFY.run_status STATUS.no_schedule VERIFY.more`),
    "cli/check/hub/dataset_check.ts: curl -s -o /dev/null -w '%{http_code}\\n'",
    "cli/check/disk/folder_check.ts: ls -ld …",
    "cli/check/hub/hub_check.ts: curl -v …",
    "cli/check/hub/url_check.ts: curl -v …",
    "cli/check/hub/hub_refusal.ts: curl -sS -i … | head",
    "cli/check/disk/write_probe.ts: ls -ld …",
    "cli/check/runs_check.ts: ls -l …",
    "cli/check/disk/state_check.ts: ls -l …",
    "cli/check/disk/state_check.ts: ls -ld …",
  ],
  "the right value, place or secret is known to a person alone": [
    ...words(`CHECK.free_room CHECK.put_pem CHECK.remove_files CHECK.try_https
      COMMAND.leave_dataset_out COMMAND.write_days CONFIG.make_pack_config DEMO.name_another DEMO.name_folder
      DEMO.name_folder_for_it
      DISK.allows_more DISK.free_space DISK.raise_file_max DISK.run_it_again DISK.raise_memory
      DISK.raise_processes DISK.share_with_locks DISK.keep_together DISK.larger_quota DISK.mount_utf8
      DISK.mount_writing DISK.move_or_correct DISK.move_out
      DISK.shorter_path DISK.without_limit DISK.leave_out
      HUB.ask_for_token HUB.check_name HUB.check_network HUB.host_of_certificate
      HUB.may_be_http HUB.maybe_proxys_page HUB.no_dns HUB.no_hub_has_many HUB.port_or_proxy HUB.speaks_https HUB.unknown_login
      INIT.answers_as_options INIT.give_token INIT.login_into_headers INIT.login_into_url
      INIT.name_output SYNC.free_room SYNC.look_at_public_key SYNC.remove_files`),
    "cli/init/init_questions.ts: init --help",
    "cli/init/init_questions.ts: init --hub-url http://hub.example.com:80",
    ...words("HUB_END.called_as_folder HUB_END.into_config HUB_END.one_command_each"),
    ...words("STATUS.without_watch DEMO.left_hub"),
    ...words("PACK.another_name PACK.leave_file_out PACK.sign_with_both PACK.wait_for_it"),
  ],
  "for those who run the hub, on another machine": [
    ...words("CHECK.serve_several_ranges SYNC.pack_signed_again"),
    ...words("TRUST.compare_key TRUST.hub_signs_with TRUST.renew"),
  ],
  "it changes the machine: its clock, systemd's services, an editor of a crontab": [
    ...words("CHECK.crontab_add CHECK.install_again CHECK.systemd_add"),
    "cli/check/hub/hub_answer.ts: timedatectl set-ntp true",
    "cli/check/schedule/job_environment.ts: systemctl edit datahubsync.service",
    "cli/check/schedule/schedule_check.ts: systemctl …enable --now datahubsync.time",
    "cli/check/schedule/schedule_check.ts: systemctl enable --now crond",
    "cli/check/schedule/schedule_check.ts: apt-get install cron",
    "cli/check/schedule/schedule_check.ts: dnf install cronie",
  ],
  "it is made of another remedy, or a part of one": [
    ...words("CHECK.hint_then HUB.without_one"),
    "cli/demo/demo_command.ts: report",
    "cli/demo/demo_command.ts: status",
    "hub/answer/not_a_zip.ts: tar -xJf",
    "hub/answer/not_a_zip.ts: tar -xf",
    "hub/answer/not_a_zip.ts: tar -xjf",
    "hub/answer/not_a_zip.ts: tar -xzf",
  ],
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

Deno.test("a remedy that can be typed is typed by a test, or in the table says why not", async () => {
  const listed = [TYPED_BY, SENTENCES].flatMap((table) => Object.values(table).flat());
  assert.deepEqual(listed.filter((one, at) => listed.indexOf(one) !== at), [], "listed twice");
  const found = await remedies();
  assert(found.length > 200, `only ${found.length} were found`);
  assert.deepEqual(found.filter((one) => !listed.includes(one)), [], "add it, with its test");
  const known = new Set([
    ...found,
    ...Object.entries(AREAS).flatMap(([area, messages]) =>
      Object.keys(messages).map((key) => `${area.toUpperCase()}.${key}`)
    ),
  ]);
  assert.deepEqual(listed.filter((one) => !known.has(one)), [], "it is printed no more");
});

Deno.test("the tests that type remedies are there", async () => {
  for (const place of Object.keys(TYPED_BY)) {
    const [file = "", title = ""] = place.split(/: (.*)/);
    const text = await Deno.readTextFile(join(ROOT, "tests", file));
    assert(text.includes(title), place);
  }
});

Deno.test("typedIn() finds commands, and hints with an option or a key", () => {
  const source = 'throw new UsageError("leave --x out", { hint: `name ${it} with --output` });\n' +
    'const lines = [`chmod 600 ${path}`, "look there", ownCommand("sync")];\n';
  assert.deepEqual(typedIn("src/a.ts", source), [
    "a.ts: name … with --output",
    "a.ts: chmod 600 …",
    "a.ts: sync",
  ]);
});
