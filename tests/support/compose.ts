/**
 * Reads a compose file, so that its services can be run where no container engine is.
 *
 * Guarantees: a key that this project doesn't use, a value of another kind than the compose
 * specification has for it, a volume that nobody declares and a service that isn't there are errors,
 * never passed over. It knows the short forms only, and no variables.
 *
 * @module
 */
import { parse } from "yaml";

/** What is mounted into a service. */
export interface ServiceMount {
  /** A path beside the compose file, or the name of a volume. */
  from: string;
  named: boolean;
  to: string;
  readOnly: boolean;
}

/** What one service is made of. */
export interface Service {
  image: string;
  /** In the place of the image's; `undefined` = the image's. */
  command?: string[];
  /** In the place of the image's; `undefined` = the image's. */
  healthcheck?: string[];
  /** Services that are started before it. */
  after: string[];
  mounts: ServiceMount[];
  /** The ports inside that are reached from outside. */
  ports: number[];
}

const KEYS = ["image", "command", "healthcheck", "depends_on", "volumes", "ports", "restart"];
const HEALTH_KEYS = ["test", "interval", "timeout", "retries", "start_period"];
const DURATION = /^(?:\d+(?:us|ms|s|m|h))+$/;
const RESTART = ["no", "always", "on-failure", "unless-stopped"];

/** Reads one; the services by their names. */
export function readCompose(text: string): Map<string, Service> {
  const file = mapOf(parse(text), "the file", ["services", "volumes"]);
  const volumes = Object.keys(mapOf(file["volumes"] ?? {}, "volumes"));
  for (const name of volumes) expect((file["volumes"] as Json)[name] === null, `volumes.${name}`);
  const sections = mapOf(file["services"], "services");
  const services = new Map(
    Object.entries(sections).map(([name, section]) => [name, serviceOf(name, section, volumes)]),
  );
  for (const [name, { after }] of services) {
    for (const other of after) expect(services.has(other), `${name}.depends_on: ${other}`);
  }
  const used = [...services.values()].flatMap(({ mounts }) => mounts.map(({ from }) => from));
  for (const name of volumes) expect(used.includes(name), `volumes.${name} is nobody's`);
  return services;
}

type Json = Record<string, unknown>;

function serviceOf(name: string, value: unknown, volumes: readonly string[]): Service {
  const section = mapOf(value, name, KEYS);
  const { image, command, healthcheck, restart = "no" } = section;
  expect(typeof image === "string" && /^[a-z0-9][\w./:-]*$/.test(image), `${name}.image`);
  expect(RESTART.includes(String(restart)), `${name}.restart`);
  const ports = textsOf(section["ports"] ?? [], `${name}.ports`).map((text) => {
    const [, inside] = /^\d{1,5}:(\d{1,5})$/.exec(text) ?? [];
    expect(inside !== undefined, `${name}.ports: ${text}`);
    return Number(inside);
  });
  const mounts = textsOf(section["volumes"] ?? [], `${name}.volumes`).map((text) => {
    const [, from, to, mode] = /^([^:]+):(\/[^:]*)(?::(ro|rw))?$/.exec(text) ?? [];
    expect(from !== undefined && to !== undefined, `${name}.volumes: ${text}`);
    const named = !/^[./~]/.test(from!);
    expect(!named || volumes.includes(from!), `${name}.volumes: ${from} isn't declared`);
    return { from: from!, named, to: to!, readOnly: mode === "ro" };
  });
  return {
    image: image as string,
    after: textsOf(section["depends_on"] ?? [], `${name}.depends_on`),
    ports,
    mounts,
    ...(command !== undefined && { command: textsOf(command, `${name}.command`) }),
    ...(healthcheck !== undefined && { healthcheck: healthOf(healthcheck, name) }),
  };
}

function healthOf(value: unknown, name: string): string[] {
  const section = mapOf(value, `${name}.healthcheck`, HEALTH_KEYS);
  for (const key of ["interval", "timeout", "start_period"]) {
    const time = section[key];
    expect(time === undefined || DURATION.test(String(time)), `${name}.healthcheck.${key}`);
  }
  const [kind, ...words] = textsOf(section["test"], `${name}.healthcheck.test`);
  expect(kind === "CMD" && words.length > 0, `${name}.healthcheck.test`);
  return words;
}

function mapOf(value: unknown, where: string, keys?: readonly string[]): Json {
  expect(typeof value === "object" && value !== null && !Array.isArray(value), where);
  for (const key of Object.keys(value as Json)) {
    expect(keys === undefined || keys.includes(key), `${where}: ${key}`);
  }
  return value as Json;
}

function textsOf(value: unknown, where: string): string[] {
  expect(Array.isArray(value) && value.every((one) => typeof one === "string"), where);
  return value as string[];
}

function expect(fits: boolean, where: string): void {
  if (!fits) throw new Error(`what isn't known, or isn't as compose has it: ${where}`);
}
