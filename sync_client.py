"""DataHubSync from Python, under the names of the Python client v2.0. Needs the datahubsync binary.

    from sync_client import DataSyncClient

    client = DataSyncClient(config, ".last_sync.json")
    result = client.sync_dataset("stock-trading-data-pro")
    results = client.sync_all()

``config`` is what v2.0 took, the content of a config.yaml as a dict, or the path of such a file. In
a dict, relative paths count from the current folder, as in v2.0; in a file, from the file's folder.
Standard library only, Python 3.6 or newer. The binary does the work (`sync --json`). It is looked
for in DATAHUBSYNC_BINARY, beside this file, one folder above, and on the PATH.
"""

import copy
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from urllib.parse import urlsplit

__all__ = ["DataSyncClient", "SyncResult"]

# Keys of the configuration whose values are paths, by section.
_PATHS = {
    "hub": ("ca_file",),
    "logging": ("file",),
    "metrics": ("textfile",),
    "mirror": ("dir",),
}
_DATASET_PATHS = ("local_dir", "ca_file")
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}


class SyncResult(object):
    """How the sync of one dataset ended.

    ``success`` is true for the statuses ``success`` and ``up_to_date``; docs/cli.md lists them all.
    ``details`` has everything that the binary says of the dataset, such as ``entries_fetched``.
    """

    def __init__(self, dataset_name, success, status, error=None, details=None):
        self.dataset_name = dataset_name
        self.success = success
        self.status = status
        self.error = error
        self.timestamp = datetime.now(timezone.utc).isoformat()
        self.details = {} if details is None else details

    def __repr__(self):
        error = "" if self.error is None else ", error={!r}".format(self.error)
        return "SyncResult({!r}, success={!r}, status={!r}{})".format(
            self.dataset_name, self.success, self.status, error
        )


class DataSyncClient(object):
    """Syncs the datasets of a configuration; ``sync_state_file`` is as v2.0 left it."""

    def __init__(self, config, sync_state_file=".last_sync.json"):
        self.config = config
        self.sync_state_file = os.path.abspath(os.fspath(sync_state_file))
        self.logger = logging.getLogger("DataSyncClient")
        self._config_path = None
        self.datasets = []
        self.timeout = 300
        self.hub_url = self.hub_host = self.hub_port = None
        if isinstance(config, dict):
            self._read(config)
            self._resolved = _with_absolute_paths(config)
        else:
            self._config_path = os.path.abspath(os.fspath(config))

    def _read(self, config):
        self.datasets = config.get("datasets") or []
        needs_hub = not self.datasets or any("url" not in one for one in self.datasets)
        if needs_hub or "hub" in config:
            hub = config["hub"]
            urls = hub["url"]
            self.hub_url = (urls[0] if isinstance(urls, list) else urls).rstrip("/")
            self.timeout = hub.get("timeout", 300)
            parts = urlsplit(self.hub_url)
            self.hub_host = parts.hostname
            self.hub_port = parts.port or (443 if parts.scheme == "https" else 80)
        level = str((config.get("logging") or {}).get("level", "INFO")).upper()
        self.logger.setLevel(_LEVELS.get(level, logging.INFO))

    def sync_dataset(self, dataset_name):
        """Brings one dataset up to date and returns its SyncResult; a failure raises nothing."""
        return self._sync([dataset_name])[0]

    def sync_all(self):
        """Brings all datasets up to date, in the configuration's order; returns a list."""
        if self._config_path is None and not self.datasets:
            return []
        return self._sync(None)

    def check_updates(self):
        """What a sync would fetch: a dict of dataset name to the plan; changes nothing."""
        document = self._run(["sync", "--dry-run", "--json"])
        return {
            one["dataset"]: one.get("plan", {})
            for one in document["results"]
            if one["status"] == "planned"
        }

    def _load_sync_state(self):
        try:
            with open(self.sync_state_file, encoding="utf-8") as file:
                text = file.read().strip()
        except FileNotFoundError:
            return {}
        return json.loads(text) if text else {}

    def _sync(self, names):
        words = ["sync", "--json"]
        for name in names or []:
            words += ["-d", name]
        document = self._run(words)
        found = {one["dataset"]: one for one in document["results"]}
        if names is None:
            names = list(found) or [one.get("name", "") for one in self.datasets]
        results = [self._result(name, found.get(name), document) for name in names]
        for result in results:
            if result.success:
                self.logger.info("%s: %s", result.dataset_name, result.status)
            else:
                name = result.dataset_name
                shown = name if _first_not_utf8(name) is None else ascii(name)
                self.logger.error("%s: %s: %s", shown, result.status, result.error)
        return results

    @staticmethod
    def _result(name, one, document):
        if one is None:
            return SyncResult(name, False, "config_error", document.get("error", "no result"))
        return SyncResult(name, one["success"], one["status"], one.get("error"), one)

    def _run(self, words):
        """Runs the binary with this configuration; returns the document that it prints."""
        path = self._config_path
        bad = _first_not_utf8([words, self.sync_state_file, self._resolved if path is None else path])
        if bad is not None:
            return {"results": [], "error": _NOT_UTF8.format(ascii(bad))}
        if path is not None:
            return self._call(words, path)
        # Beside the state, where a config lies, too: the history lies beside both.
        folder = os.path.dirname(self.sync_state_file)
        os.makedirs(folder, exist_ok=True)
        handle, path = tempfile.mkstemp(".yaml", ".sync_client.", folder)
        try:
            # JSON is YAML.
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._resolved, file, ensure_ascii=False, default=str)
            return self._call(words, path)
        finally:
            os.remove(path)

    def _call(self, words, config_path):
        command = [find_binary()] + words + ["-c", config_path, "-s", self.sync_state_file]
        ended = subprocess.run(
            command,
            # All paths are absolute; the binary can't start in a folder whose name isn't UTF-8.
            cwd=None if _first_not_utf8(os.getcwd()) is None else "/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        try:
            return json.loads(ended.stdout)
        except ValueError:
            said = ended.stderr.strip() or "exit code {}".format(ended.returncode)
            raise RuntimeError("{} failed: {}".format(command[0], said))


_NOT_UTF8 = "expected names and paths in UTF-8, found {}: rename it, or name another one"


def _first_not_utf8(value):
    """The first text in a value that can't be written as UTF-8: a name that Python couldn't decode."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return value
        return None
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    if not isinstance(value, (list, tuple)):
        return None
    found = (_first_not_utf8(part) for part in value)
    return next((one for one in found if one is not None), None)


def find_binary():
    """The path of the datahubsync binary; raises RuntimeError if there is none."""
    named = os.environ.get("DATAHUBSYNC_BINARY")
    here = os.path.dirname(os.path.realpath(__file__))
    beside = [os.path.join(folder, "datahubsync") for folder in (here, os.path.dirname(here))]
    for path in [named] if named else beside:
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    found = None if named else shutil.which("datahubsync")
    if found is None:
        raise RuntimeError(
            "the datahubsync binary wasn't found ({}): install it, or name it in "
            "DATAHUBSYNC_BINARY".format(named or "looked in {} and the PATH".format(beside[0]))
        )
    return found


def _with_absolute_paths(config):
    """A copy whose paths count from the current folder, wherever the file with it will lie."""
    resolved = copy.deepcopy(config)

    def resolve(section, keys):
        for key in keys:
            value = section.get(key) if isinstance(section, dict) else None
            if isinstance(value, os.PathLike):
                value = os.fspath(value)
            if isinstance(value, str) and value and not value.startswith(("~", "$")):
                section[key] = os.path.abspath(value)

    for name, keys in _PATHS.items():
        resolve(resolved.get(name), keys)
    for dataset in resolved.get("datasets") or []:
        resolve(dataset, _DATASET_PATHS)
    return resolved


def main(arguments):
    """Syncs once: `python3 sync_client.py FILE`, or with the options of `datahubsync sync`."""
    binary = find_binary()
    bad = _first_not_utf8(arguments)
    if bad is not None:
        sys.stderr.write("error: {}\n".format(_NOT_UTF8.format(ascii(bad))))
        sys.exit(2)
    alone = len(arguments) == 1 and not arguments[0].startswith("-")
    os.execv(binary, [binary, "sync"] + (["-c"] if alone else []) + arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
