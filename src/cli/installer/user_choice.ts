/**
 * Who runs the sync, whether that user has to be made, and whose files the script leaves.
 *
 * Guarantees: a user that doesn't exist and can't be created is refused if it was named; otherwise the sync runs as root,
 * and a message says so.
 *
 * @module
 */
import type { InstallPlan } from "./plan.ts";

/** The default user, which is created. */
const SYSTEM_USER = "datahubsync";

/** Sets the facts of the user that the script has in mind; `RUN_UID` is empty where there is none. */
export function planUser(plan: InstallPlan): void {
  const { ASKED, RUN_USER, EARLIER_USER, RUN_UID, RUN_GROUP, DESTDIR, CAN_MAKE } = plan.facts;
  if (ASKED && RUN_USER === "root" && EARLIER_USER !== "root") {
    const said =
      "the sync runs as root, as you asked; without --user it would run as %s, which can change nothing but the data";
    plan.add("warn", plan.t(said, SYSTEM_USER));
  }
  const isMissing = RUN_UID === "";
  const makes = isMissing && RUN_USER === SYSTEM_USER && !DESTDIR && CAN_MAKE !== "";
  if (isMissing && !makes && (RUN_USER === SYSTEM_USER ? ASKED !== "" : DESTDIR === "")) {
    const hint = RUN_USER === SYSTEM_USER
      ? plan.t("make one, or --user root")
      : `useradd --system --no-create-home ${RUN_USER}`;
    plan.add("reject", plan.t("there is no user %s", RUN_USER), hint);
    return;
  }
  const falls = isMissing && !makes && RUN_USER === SYSTEM_USER;
  if (falls) {
    const said = DESTDIR
      ? "no user can be made inside DESTDIR: the sync runs as root; --user NAME takes one that is there"
      : "no user can be made here: the sync runs as root; --user NAME takes one that is there";
    plan.add("warn", plan.t(said));
  } else if (isMissing && !makes) {
    const said = "no user %s on this machine: owners inside DESTDIR are left as they are";
    plan.add("warn", plan.t(said, RUN_USER));
  }
  const user = falls ? "root" : RUN_USER;
  const owns = !isMissing || makes || falls;
  plan.add("set_fact", "RUN_USER", user);
  plan.add("set_fact", "RUN_GROUP", falls ? "root" : RUN_GROUP || RUN_USER);
  plan.add("set_fact", "MAKE_USER", makes ? "yes" : "");
  plan.add("set_fact", "FROM_ROOT", EARLIER_USER === "root" && user !== "root" ? "yes" : "");
  plan.add("set_fact", "CAN_OWN", owns ? "yes" : "");
}
