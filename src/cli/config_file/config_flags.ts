import { isObject, type JsonObject } from "../../spec/check_descriptor.ts";
import { healthTestFault } from "../../spec/config_rules.ts";
import type { Refuse } from "../../spec/parse_json.ts";
import type { BuildFlags } from "../commands/build_flags.ts";
import { imageFlags } from "../flags/image_flags.ts";
import { layerFlags } from "../flags/layer_flags.ts";
import { quoted } from "../parse/usage_error.ts";
import { type Member, memberValue, type ReadableFlag } from "./member_value.ts";
import { nearestName } from "./nearest_name.ts";

/** Every flag that is about an image, whoever builds it. */
const FLAGS: ReadonlyMap<string, ReadableFlag> = new Map(
  Object.entries({ ...layerFlags, ...imageFlags } as Record<
    string,
    ReadableFlag
  >).filter(([name]) => name !== "config"),
);

/**
 * Reads settings of a file as the flags that they are named like. Names may be
 * written `stop-signal` or `stopSignal`.
 *
 * @param refuse Makes an error of what is wrong.
 * @throws What `refuse` makes.
 */
export function configFlags(settings: JsonObject, refuse: Refuse): BuildFlags {
  const flags = new Map<string, unknown>();
  for (const member of membersOf(settings, refuse)) {
    const { name, where } = member;
    if (flags.has(name)) throw refuse(`it has ${where} twice`);
    flags.set(name, memberValue(member, refuse));
  }
  const names = [...flags.keys()];
  if (
    flags.get("no-healthcheck") &&
    names.some((name) => name.startsWith("health-"))
  ) {
    throw refuse(
      "it has a health check, and says that there is none; leave one of them out",
    );
  }
  return Object.fromEntries(
    [...flags].filter(([, value]) => value !== undefined),
  );
}

function membersOf(settings: JsonObject, refuse: Refuse): Member[] {
  return Object.entries(settings).flatMap(([where, value]): Member[] => {
    if (where === "$schema") return [];
    if (where === "healthcheck") return healthMembers(value, refuse);
    return [memberOf(where, dashed(where), value, refuse)];
  });
}

function memberOf(
  where: string,
  name: string,
  value: unknown,
  refuse: Refuse,
): Member {
  const flag = FLAGS.get(name);
  if (flag) return { where, name, flag, value };
  const near = nearestName(name, [...FLAGS.keys(), "healthcheck"]);
  throw refuse(
    `it has ${quoted(where)}, and there is no such setting` +
      (near === undefined ? "" : `; did you mean ${quoted(near)}?`),
  );
}

/** A health check in one object, as Docker and Compose have it. */
function healthMembers(value: unknown, refuse: Refuse): Member[] {
  if (value === false) return [noHealthcheck()];
  if (!isObject(value)) {
    throw refuse("healthcheck is neither an object nor false");
  }
  return Object.entries(value).map(([member, content]) => {
    const where = `healthcheck.${member}`;
    if (member !== "test") {
      return memberOf(where, `health-${dashed(member)}`, content, refuse);
    }
    if (!Array.isArray(content)) {
      return memberOf(where, "health-cmd", content, refuse);
    }
    return testMember(where, content, refuse);
  });
}

function testMember(
  where: string,
  test: readonly unknown[],
  refuse: Refuse,
): Member {
  const isTexts = test.length > 0 &&
    test.every((word) => typeof word === "string");
  const fault = isTexts ? healthTestFault(test) : "write a list of texts";
  if (fault) throw refuse(`${where} cannot be right: ${fault}`);
  if (test[0] === "NONE") return noHealthcheck();
  const flag: ReadableFlag = { kind: "parsed", parse: () => test };
  return { where, name: "health-cmd", flag, value: "" };
}

function noHealthcheck(): Member {
  const where = "healthcheck";
  const flag: ReadableFlag = { kind: "boolean" };
  return { where, name: "no-healthcheck", flag, value: true };
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
