/**
 * Reads a Dockerfile, so that its steps can be run where no container engine is.
 *
 * Guarantees: an instruction that it doesn't know is an error, never passed over. It knows those that
 * this project uses, `ARG` with defaults, and both forms of a command.
 *
 * @module
 */

/** What an image is made of. */
export interface Image {
  from: string;
  /** In their order. */
  steps: ({ copy: [from: string, to: string] } | { run: string })[];
  user: string;
  workdir: string;
  volumes: string[];
  healthcheck: string[];
  entrypoint: string[];
  cmd: string[];
}

/** Reads one; `args` take the place of an `ARG`'s default. */
export function readDockerfile(text: string, args: Record<string, string> = {}): Image {
  const image: Image = {
    ...{ from: "", steps: [], user: "root", workdir: "/" },
    ...{ volumes: [], healthcheck: [], entrypoint: [], cmd: [] },
  };
  const values = new Map(Object.entries(args));
  const lines = text.replaceAll(/^\s*#.*\n/gm, "").replaceAll("\\\n", " ").split("\n");
  for (const line of lines.filter((line) => line.trim() !== "")) {
    const [, word = "", raw = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const rest = raw.replaceAll(/\$\{(\w+)\}/g, (all, name) => values.get(name) ?? all);
    const list = (): string[] => JSON.parse(rest);
    if (word === "ARG") {
      const [name = "", value = ""] = rest.split("=");
      if (!values.has(name)) values.set(name, value);
    } else if (word === "FROM") image.from = rest;
    else if (word === "COPY") {
      const [from = "", to = "", more] = rest.split(/\s+/);
      if (more !== undefined) throw new Error(`COPY of several files: ${line}`);
      image.steps.push({ copy: [from, to] });
    } else if (word === "RUN") image.steps.push({ run: rest });
    else if (word === "USER") image.user = rest;
    else if (word === "WORKDIR") image.workdir = rest;
    else if (word === "VOLUME") image.volumes = list();
    else if (word === "HEALTHCHECK") {
      image.healthcheck = JSON.parse(rest.slice(rest.indexOf("CMD") + 3));
    } else if (word === "ENTRYPOINT") image.entrypoint = list();
    else if (word === "CMD") image.cmd = list();
    else if (word !== "STOPSIGNAL") throw new Error(`an instruction that isn't known: ${line}`);
  }
  return image;
}
