import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { durationParser } from "../parse/parse_duration.ts";
import {
  parseHealthCommand,
  parseHealthRetries,
} from "../parse/parse_health.ts";

/** The flags that say how Docker finds out whether a container is well. */
export interface HealthFlags {
  /** The test as configurations hold it. */
  readonly "health-cmd"?: readonly string[];
  /** Nanoseconds, as are the other durations. */
  readonly "health-interval"?: number;
  readonly "health-timeout"?: number;
  readonly "health-start-period"?: number;
  readonly "health-start-interval"?: number;
  readonly "health-retries"?: number;
  readonly "no-healthcheck"?: boolean;
}

/** How {@linkcode HealthFlags} are read. */
export const healthFlags: FlagParametersForType<HealthFlags, CliContext> = {
  "health-cmd": {
    kind: "parsed",
    parse: parseHealthCommand,
    optional: true,
    placeholder: "COMMAND",
    brief:
      "Command by which Docker finds out whether a container is well, for " +
      "the shell of the image, or as a JSON array",
  },
  "health-interval": {
    kind: "parsed",
    parse: durationParser("health-interval"),
    optional: true,
    placeholder: "DURATION",
    brief: "Time between two checks: 30s, 1m30s",
  },
  "health-timeout": {
    kind: "parsed",
    parse: durationParser("health-timeout"),
    optional: true,
    placeholder: "DURATION",
    brief: "Time until a check without an end has failed",
  },
  "health-start-period": {
    kind: "parsed",
    parse: durationParser("health-start-period"),
    optional: true,
    placeholder: "DURATION",
    brief: "Time in which a starting container may fail checks",
  },
  "health-start-interval": {
    kind: "parsed",
    parse: durationParser("health-start-interval"),
    optional: true,
    placeholder: "DURATION",
    brief: "Time between two checks in the start period",
  },
  "health-retries": {
    kind: "parsed",
    parse: parseHealthRetries,
    optional: true,
    placeholder: "NUMBER",
    brief: "Failures in a row until a container is unhealthy",
  },
  "no-healthcheck": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Have no health check, whatever --config says",
  },
};
