/**
 * A second user who may write to every folder of a run of root's, and exchanges what lies there for
 * pipes, links and folders as fast as Python can, while root runs every command. The owner rule is
 * switched off by trusting those folders, so that what opens, renames and removes stands on its own.
 */
import assert from "node:assert/strict";
import { attackTest, INSTALLED, NAME } from "../support/borders.ts";
import { end, OTHER } from "../support/rootfs.ts";
import { until } from "../support/until.ts";

const DATA = `/srv/data/${NAME}`;
const WORK = `/srv/data/.${NAME}.datahubsync`;
const PREY = "/srv/prey";

/** Exchanges the names given, round after round; says in `/tmp/swapping` that it has begun. */
const SWAPPER = `
import os, sys, itertools
prey, names = sys.argv[1], sys.argv[2:]
def put(make, name):
    fresh = name + '.eve'
    try:
        make(fresh)
        os.rename(fresh, name)
    except OSError:
        try: os.unlink(fresh)
        except OSError: pass
def around(name):
    # The folder itself goes for a moment, and a link to the prey's folder stands in its place.
    try:
        os.rename(name, name + '.away')
        os.symlink(prey, name)
        os.unlink(name)
        os.rename(name + '.away', name)
    except OSError: pass
open('/tmp/swapping', 'w').close()
for _ in itertools.count():
    for name in names:
        for folder, folders, files in os.walk(name):
            for one in files:
                one = os.path.join(folder, one)
                put(lambda fresh: os.mkfifo(fresh), one)
                put(lambda fresh: os.symlink(prey + '/file', fresh), one)
                put(lambda fresh: open(fresh, 'w').close(), one)
            for one in folders: around(os.path.join(folder, one))
        if os.path.isdir(name): around(name)
        else:
            put(lambda fresh: os.mkfifo(fresh), name)
            put(lambda fresh: os.symlink(prey + '/file', fresh), name)
            put(lambda fresh: open(fresh, 'w').close(), name)
`;

for (
  const [what, names] of Object.entries({
    "the work folder and the data": [WORK, DATA, "/srv/data"],
    "the log, the metrics and the history": [
      "/srv/data/log",
      "/srv/data/metrics.prom",
      `${INSTALLED}/.datahubsync`,
    ],
  })
) {
  attackTest(
    `a second user who exchanges ${what} holds nobody up and gains nothing`,
    async (at) => {
      await at.configure({
        more: [
          "logging: { file: /srv/data/log }",
          "metrics: { textfile: /srv/data/metrics.prom }",
          `trusted_folders: [/srv/data, ${INSTALLED}/.datahubsync]`,
        ],
      });
      const sync = ["sync"];
      assert.equal((await at.datahubsync(sync)).code, 0);
      await at.sh(
        `mkdir ${PREY}; printf precious >${PREY}/file; chmod 600 ${PREY}/file; chmod 700 ${PREY}
       chmod -R a+rwX /srv/data ${INSTALLED}/.datahubsync`,
      );
      const look = () =>
        at.sh(`find ${PREY} /etc -printf '%p %y %m %U %s %T@\\n'; cat ${PREY}/file`);
      const before = await look();
      const attack = at.root.spawn([
        ...["sh", "-c", 'exec python3 -c "$0" "$@" 2>/tmp/said'],
        ...[SWAPPER, PREY, ...names],
      ], { asUser: OTHER });
      try {
        await until(() => at.root.has("/tmp/swapping"));
        for (const command of [sync, ["status", "--offline"], ["verify"], sync, ["check"], sync]) {
          at.hub.nextDay();
          const words = ["timeout", "120", `${INSTALLED}/datahubsync`, ...command];
          const { code, stderr } = await at.root.run(words);
          assert.notEqual(code, 124, `${command.join(" ")} was held up`);
          assert.doesNotMatch(stderr, /precious/);
          assert.equal(await look(), before, command.join(" "));
        }
        assert.equal(await at.root.read("/tmp/said"), "", "the attack ended early");
      } finally {
        await end(attack, at.root);
      }
    },
    { programs: ["python3", "timeout"] },
  );
}
