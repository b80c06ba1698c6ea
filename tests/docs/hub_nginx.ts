/**
 * A real nginx with the configurations that the documents give to hub operators.
 *
 * @module
 */
import { type Nginx, runNginx } from "../support/nginx.ts";
import { codeBlock, replaceOnce } from "./code_block.ts";

/** How nginx is set up. */
export interface HubNginxOptions {
  /** A further address to listen on, with the same port. */
  address?: string;
  /** Where requests are logged, as `status bytes path`; default nowhere. */
  accessLog?: string;
}

/** Starts the server of `hub.md` in the frame of `scale.md`; `undefined` when it isn't installed. */
export async function startHubNginx(
  root: string,
  options: HubNginxOptions = {},
): Promise<Nginx | undefined> {
  const { address, accessLog } = options;
  const block = await codeBlock("hub.md", { language: "nginx" });
  const frame = await codeBlock("scale.md", { language: "nginx" });
  return await runNginx(({ temp, port }) => {
    const listen = ["127.0.0.1", ...(address === undefined ? [] : [address])]
      .map((host) => `listen ${host}:${port};`).join("\n  ");
    let server = replaceOnce(block, "listen 80;", listen);
    server = replaceOnce(server, "root /srv/hub;", `root ${root};`);
    for (const name of ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]) {
      server += `${name}_temp_path ${temp}/${name};\n`;
    }
    let whole = replaceOnce(frame, "include /etc/nginx/conf.d/hub.conf;", server);
    if (accessLog !== undefined) {
      const format = "log_format bare '$status $bytes_sent $request_uri';";
      whole = replaceOnce(whole, "access_log off;", `${format}\n  access_log ${accessLog} bare;`);
    }
    // As root its workers would become another user, who can't enter a temporary folder.
    const user = Deno.uid() === 0 ? "user root;\n" : "";
    return `daemon off;\n${user}pid ${temp}/nginx.pid;\n${whole}`;
  });
}
