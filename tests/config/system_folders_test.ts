/** Which folders are the machine's own. */
import assert from "node:assert/strict";
import { isSharedFolder, isSystemFolder } from "../../src/config/system_folders.ts";

Deno.test("isSharedFolder() knows the folders that are everybody's", () => {
  const shared = ["/", "/etc", "/etc/x", "/usr/local", "/home", "/home/bob", "/var", "/var/lib"];
  for (const path of [...shared, "/srv", "/opt", "/tmp", "/lib64", "/mnt", "/usr/local/bin"]) {
    assert(isSharedFolder(path), path);
  }
  const others = ["/data", "/srv/x", "/opt/x", "/var/lib/x", "/home/bob/x", "/tmp/x", "/homes"];
  for (const path of others) assert(!isSharedFolder(path), path);
});

Deno.test("isSystemFolder() leaves to an administrator what lies beside the system's", () => {
  for (const path of ["/", "/etc", "/usr/local/bin", "/var/lib", "/home"]) {
    assert(isSystemFolder(path), path);
  }
  for (const path of ["/home/bob", "/etc/x", "/var/x", "/srv", "/mnt", "/etcetera"]) {
    assert(!isSystemFolder(path), path);
  }
});
