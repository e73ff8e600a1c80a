import type { Healthcheck } from "../spec/image.ts";
import type { HealthFlags } from "./flags/health_flags.ts";
import { usageError } from "./parse/usage_error.ts";

const NUMBERS = {
  "health-interval": "Interval",
  "health-timeout": "Timeout",
  "health-start-period": "StartPeriod",
  "health-start-interval": "StartInterval",
  "health-retries": "Retries",
} as const;

/**
 * What the flags say about the health check.
 *
 * @throws {ScratchbuildError} Code `USAGE` for flags that contradict each other.
 */
export function healthcheck(flags: HealthFlags): Healthcheck | undefined {
  const test = flags["health-cmd"];
  const numbers = Object.entries(NUMBERS).flatMap(([flag, member]) => {
    const value = flags[flag as keyof typeof NUMBERS];
    return value === undefined ? [] : [{ flag, member, value }];
  });
  const [first = test && { flag: "health-cmd" }] = numbers;
  if (flags["no-healthcheck"]) {
    if (!first) return { Test: ["NONE"] };
    throw usageError(
      `Cannot use --${first.flag} with --no-healthcheck; leave one of them out`,
    );
  }
  if (!test) {
    if (!first) return undefined;
    throw usageError(
      `Cannot use --${first.flag} without --health-cmd, the check itself`,
    );
  }
  return {
    Test: [...test],
    ...Object.fromEntries(numbers.map(({ member, value }) => [member, value])),
  };
}
