import {
  healthDurationFault,
  healthTestFault,
  imagePathFault,
  PORT_HINT,
  portRange,
  stopSignalFault,
  userFault,
  volumeFault,
} from "../spec/config_rules.ts";
import { isObject } from "../spec/check_descriptor.ts";
import type { Healthcheck, ImageConfig } from "../spec/image.ts";
import { checkTexts, shown } from "./check_texts.ts";

/** How consumers, which do not mind case, know what is checked here. */
const MEMBERS: readonly string[] = [
  "ArgsEscaped",
  "Cmd",
  "Entrypoint",
  "Env",
  "ExposedPorts",
  "Healthcheck",
  "Labels",
  "OnBuild",
  "Shell",
  "StopSignal",
  "StopTimeout",
  "User",
  "Volumes",
  "WorkingDir",
];

/**
 * Looks for values in an image configuration that no container could be run
 * with. A text that is empty counts as absent, as it does for Docker.
 *
 * @param refuse Is called with what is wrong; it throws.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties}
 */
export function checkImageConfig(
  config: ImageConfig,
  refuse: (why: string) => void,
): void {
  for (const name of Object.keys(config)) {
    const meant = MEMBERS.find((member) =>
      member !== name && member.toLowerCase() === name.toLowerCase()
    );
    if (meant) refuse(`the member ${shown(name)} is written ${meant}`);
  }
  const { User, WorkingDir, StopSignal, Healthcheck } = config;
  checkText("User", User, userFault, refuse);
  checkText("WorkingDir", WorkingDir, imagePathFault, refuse);
  checkText("StopSignal", StopSignal, stopSignalFault, refuse);
  checkCommands(config, refuse);
  checkVariables(config, refuse);
  checkNames("ExposedPorts", config.ExposedPorts, portFault, refuse);
  checkNames("Volumes", config.Volumes, volumeFault, refuse);
  checkTexts("label", config.Labels, refuse);
  if (Healthcheck !== undefined) checkHealthcheck(Healthcheck, refuse);
  const { ArgsEscaped, StopTimeout } = config;
  if (ArgsEscaped !== undefined && typeof ArgsEscaped !== "boolean") {
    refuse("ArgsEscaped is neither true nor false");
  }
  if (StopTimeout !== undefined && !isWhole(StopTimeout, -1)) {
    refuse(
      "StopTimeout is not a whole number of seconds, nor -1 for no end of them",
    );
  }
}

function portFault(text: string): string | undefined {
  return portRange(text) ? undefined : PORT_HINT;
}

function checkText(
  name: string,
  value: unknown,
  faultOf: (text: string) => string | undefined,
  refuse: (why: string) => void,
): void {
  if (value === undefined || value === "") return;
  if (typeof value !== "string") return refuse(`${name} is no text`);
  const fault = faultOf(value);
  if (fault) refuse(`${name} cannot be ${shown(value)}: ${fault}`);
}

function checkCommands(
  config: ImageConfig,
  refuse: (why: string) => void,
): void {
  for (const name of ["Entrypoint", "Cmd", "OnBuild", "Shell"] as const) {
    const words = config[name];
    if (words !== undefined && !isTexts(words)) {
      refuse(`${name} is not a list of texts without NUL characters`);
    }
  }
  const { Entrypoint = [], Cmd = [] } = config;
  if ([...Entrypoint, ...Cmd][0] === "") {
    refuse("the first word of its command is empty, and names no program");
  }
}

function checkVariables(
  { Env }: ImageConfig,
  refuse: (why: string) => void,
): void {
  if (Env === undefined) return;
  if (!Array.isArray(Env)) return refuse("Env is not a list");
  for (const variable of Env) {
    if (typeof variable !== "string" || !/^[^=\0]+=/.test(variable)) {
      refuse(`the variable ${shown(variable)} is not NAME=value`);
    } else if (variable.includes("\0")) {
      // Its value can be a secret.
      const name = variable.slice(0, variable.indexOf("="));
      refuse(`the variable ${shown(name)} holds a NUL character`);
    }
  }
}

/** Sets are objects whose members have nothing but names. */
function checkNames(
  name: string,
  value: unknown,
  faultOf: (text: string) => string | undefined,
  refuse: (why: string) => void,
): void {
  if (value === undefined) return;
  if (!isObject(value)) return refuse(`${name} is not an object`);
  for (const [member, content] of Object.entries(value)) {
    const fault = faultOf(member);
    if (fault) refuse(`${name} cannot hold ${shown(member)}: ${fault}`);
    if (!isObject(content) || Object.keys(content).length > 0) {
      refuse(`${shown(member)} in ${name} is not an empty object`);
    }
  }
}

function checkHealthcheck(
  healthcheck: Healthcheck,
  refuse: (why: string) => void,
): void {
  if (!isObject(healthcheck)) return refuse("Healthcheck is not an object");
  const { Test = [], Retries = 0 } = healthcheck;
  const fault = Array.isArray(Test) && isTexts(Test)
    ? healthTestFault(Test)
    : "write a list of texts";
  if (fault) refuse(`the Test of Healthcheck cannot be right: ${fault}`);
  const durations = [
    "Interval",
    "Timeout",
    "StartPeriod",
    "StartInterval",
  ] as const;
  for (const name of durations) {
    const { [name]: value = 0 } = healthcheck as Healthcheck;
    const fault = healthDurationFault(value);
    if (fault) {
      refuse(
        `the ${name} of Healthcheck, in nanoseconds, cannot be ` +
          `${shown(value)}: ${fault}`,
      );
    }
  }
  if (!isWhole(Retries, 0)) {
    refuse("the Retries of Healthcheck are not a whole number, 0 or more");
  }
}

function isWhole(value: unknown, minimum: number): boolean {
  return typeof value === "number" && Number.isInteger(value) &&
    value >= minimum && value < 2 ** 31;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string" && !item.includes("\0"));
}
