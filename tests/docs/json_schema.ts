/**
 * As much of JSON Schema as our own schemas use.
 *
 * Guarantees: a keyword that it doesn't know is an error, so nothing in a schema is silently ignored.
 *
 * @module
 */

type Schema = Record<string, unknown>;

/** Read by people only. */
const WORDS = new Set(["$schema", "$defs", "title", "description"]);

/** What of `value` a schema doesn't accept, a line each; none = accepted. */
export function violations(schema: Schema, value: unknown, root = schema, at = "$"): string[] {
  const found: string[] = [];
  const inner = (part: unknown, of: unknown, where: string): string[] =>
    violations(part as Schema, of, root, where);
  const object = isObject(value) ? value : undefined;
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (WORDS.has(keyword)) continue;
    const fail = (): unknown => found.push(`${at}: ${keyword} ${JSON.stringify(wanted)}`);
    switch (keyword) {
      case "$ref": {
        const path = String(wanted).split("/").slice(1);
        let part: unknown = root;
        for (const key of path) part = (part as Schema)[key];
        found.push(...inner(part, value, at));
        break;
      }
      case "anyOf":
        if (!(wanted as Schema[]).some((one) => inner(one, value, at).length === 0)) fail();
        break;
      case "type":
        if (!isOfType(value, String(wanted))) fail();
        break;
      case "enum":
        if (!(wanted as unknown[]).includes(value)) fail();
        break;
      case "additionalProperties": {
        const known = Object.keys((schema.properties ?? {}) as Schema);
        for (const key of Object.keys(object ?? {})) if (!known.includes(key)) fail();
        break;
      }
      case "required":
        for (const key of wanted as string[]) if (object && !Object.hasOwn(object, key)) fail();
        break;
      case "properties":
        for (const [key, part] of Object.entries(wanted as Schema)) {
          if (object && Object.hasOwn(object, key)) {
            found.push(...inner(part, object[key], `${at}.${key}`));
          }
        }
        break;
      case "items":
        if (Array.isArray(value)) {
          value.forEach((item, index) => found.push(...inner(wanted, item, `${at}[${index}]`)));
        }
        break;
      case "pattern":
        if (typeof value === "string" && !new RegExp(String(wanted), "u").test(value)) fail();
        break;
      case "minimum":
        if (typeof value === "number" && value < Number(wanted)) fail();
        break;
      case "maximum":
        if (typeof value === "number" && value > Number(wanted)) fail();
        break;
      default:
        throw new Error(`unknown keyword ${keyword} at ${at}`);
    }
  }
  return found;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "number":
      return typeof value === "number";
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
