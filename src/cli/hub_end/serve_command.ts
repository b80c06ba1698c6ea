/**
 * `datahubsync serve`: a web server for a site, for a LAN, a trial or a small team.
 *
 * Guarantees: without `--listen` only this machine can reach it. At a signal it refuses new requests and
 * gives transfers ten seconds to finish.
 *
 * @module
 */
import { given } from "../../given.ts";
import { processEnvironment } from "../../environment.ts";
import { UsageError } from "../../errors.ts";
import { folderGiven } from "../../fs/folder_given.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { ownCommand } from "../../own_command.ts";
import { serveSite } from "../../serve/serve_site.ts";
import { readTls } from "../../serve/tls_files.ts";
import { shellWord } from "../../shell_word.ts";
import { EXIT } from "../command/exit_code.ts";
import { passSiteGate } from "./site_gate.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { LONGEST, messageText } from "../../plain_text.ts";

interface ServeCommandOptions {
  listen?: string;
  token?: boolean;
  tlsCert?: string;
  tlsKey?: string;
  maxClients?: string;
  verbose?: boolean;
}

const DEFAULT_LISTEN = "127.0.0.1:8000";

/** Runs `serve` until a signal ends it; returns the exit code. Throws UsageError, StoreError. */
export async function serveCommand(
  folder: string,
  options: ServeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const site = await folderGiven(folder, {
    expected: "a site, as `datahubsync pack` makes it",
    hint: ownCommand(`pack FOLDER --output ${shellWord(folder)}`),
  });
  passSiteGate([site], { warn: (message) => sayWarning(terminal, message) });
  const { hostname, port } = addressOf(options.listen ?? DEFAULT_LISTEN);
  const token = options.token ? tokenOf(folder) : undefined;
  const maxClients = clientsOf(options.maxClients);
  const tls = tlsOf(options);
  using stop = stopSignals();
  const served = serveSite({
    site,
    hostname,
    port,
    ...given({ token, tls, maxClients }),
    onReopened: () => sayWarning(terminal, HUB_END.reopened()),
    onRequest: ({ client, method, path, status, bytes }) => {
      if (options.verbose) {
        const asked = messageText(`${method} ${path}`, LONGEST.url);
        terminal.out(`${new Date().toISOString()} ${client} ${asked} ${status} ${bytes}\n`);
      }
    },
  });
  terminal.err(`${say(HUB_END.serving, { site, url: served.url })}\n`);
  if (!isLoopback(hostname) && token === undefined) {
    terminal.err(`${say(HUB_END.for_everybody)}\n`);
  }
  if (token !== undefined && tls === undefined && !isLoopback(hostname)) {
    terminal.err(`${say(HUB_END.token_in_clear)}\n`);
  }
  await new Promise<void>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(), { once: true });
    if (stop.signal.aborted) resolve();
  });
  terminal.err(`${say(HUB_END.stopping)}\n`);
  await served.stop();
  return EXIT.ok;
}

/** `host:port`, `[v6]:port`, `:port` or `port`. */
function addressOf(text: string): { hostname: string; port: number } {
  const [, host = "", digits = ""] = /^(?:(\[[^\]]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(text.trim()) ??
    [];
  const port = digits === "" ? NaN : Number(digits);
  if (!(port <= 65_535)) {
    throw new UsageError(
      HUB_END.listen_expected({ example: DEFAULT_LISTEN, text: JSON.stringify(text) }),
    );
  }
  const hostname = host.replace(/^\[|\]$/g, "");
  return { hostname: hostname === "" ? "127.0.0.1" : hostname, port };
}

function clientsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [min, max] = [1, 100_000];
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(HUB_END.whole_expected({ option: "--max-clients", min, max, text }));
}

function tokenOf(folder: string): string {
  const token = processEnvironment("DATAHUBSYNC_TOKEN");
  if (token) return token;
  throw new UsageError(HUB_END.token_not_set({ variable: "DATAHUBSYNC_TOKEN" }), {
    expected: "the token in the environment variable DATAHUBSYNC_TOKEN",
    hint: `DATAHUBSYNC_TOKEN=… ${ownCommand(`serve ${shellWord(folder)} --token`)}`,
  });
}

function tlsOf(
  { tlsCert, tlsKey }: ServeCommandOptions,
): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError(HUB_END.tls_together());
  }
  return readTls({ cert: tlsCert, key: tlsKey });
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}
