import {
  flagAliases,
  type FlagDescription,
  type FlagGroup,
} from "./flags/flag_group.ts";
import { quoted, usageError } from "./parse/usage_error.ts";

/**
 * Brings the arguments of a command into a form that stricli reads as every
 * other command line tool would: a flag that takes a value takes the next
 * argument, whatever it looks like (`--cmd --verbose`, `--env -x=1`), a value
 * may be empty or hold line ends (`--label=a=`), what follows a short flag at
 * once is its value (`-oimage.tar`), and short flags without values may stand
 * together (`-lR`).
 *
 * @param argv The arguments behind the name of the command.
 * @throws {ScratchbuildError} Code `USAGE` for what looks like a flag but
 * stricli would take for an argument.
 */
export function arrangeArguments(
  argv: readonly string[],
  groups: readonly FlagGroup[],
): string[] {
  const flags = new Map<string, FlagDescription>(
    groups.flatMap((group) => Object.entries(group.flags)),
  );
  const takesValue = (name: string) => {
    const kind = flags.get(name)?.kind;
    return kind === "parsed" || kind === "enum";
  };
  const arranged: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument === "--") return [...arranged, ...argv.slice(index)];
    const { name, value } = splitFlag(argument);
    const switches = switchesIn(argument, flags);
    if (name === undefined) {
      arranged.push(argument);
    } else if (switches) {
      arranged.push(...switches);
    } else if (!takesValue(name)) {
      if (!/^(?:--[a-z][a-z-]+|-[a-z])(?:=.+)?$/i.test(argument)) {
        throw noSuchFlag(argument, (name) => flags.has(name));
      }
      arranged.push(argument);
    } else if (value !== undefined) {
      arranged.push(...joined(name, value));
    } else if (index + 1 < argv.length) {
      arranged.push(...joined(name, argv[++index] ?? ""));
    } else {
      arranged.push(`--${name}`);
    }
  }
  return arranged;
}

/** Says what is wrong without the value, which can be a password. */
function noSuchFlag(
  argument: string,
  isFlag: (name: string) => boolean,
): Error {
  const [shown = ""] = argument.split("=");
  const [, dashes = "", name = ""] = /^(--?)(.*)$/s.exec(shown) ?? [];
  if (isFlag(name)) {
    return usageError(
      dashes === "--"
        ? `Cannot use --${name}: it stands alone, without a value`
        : `Cannot use -${name}: no such flag, did you mean --${name}?`,
    );
  }
  return usageError(
    `Cannot use ${quoted(dashes === "--" ? shown : shown.slice(0, 2))}: ` +
      "no such flag; put -- before an argument that begins with -",
  );
}

/** Splits an argument that is a flag into its long name and its value. */
function splitFlag(argument: string): { name?: string; value?: string } {
  if (argument.startsWith("--")) {
    const equals = argument.indexOf("=");
    return equals < 0
      ? { name: argument.slice(2) }
      : { name: argument.slice(2, equals), value: argument.slice(equals + 1) };
  }
  if (!argument.startsWith("-") || argument === "-") return {};
  const letter = argument.charAt(1);
  const rest = argument.slice(2);
  const name = Object.hasOwn(flagAliases, letter)
    ? flagAliases[letter as keyof typeof flagAliases]
    : letter;
  return rest === "" ? { name } : { name, value: rest.replace(/^=/, "") };
}

/** What letters of flags stand for that stand alone: `-l`, `-lR`. */
function switchesIn(
  argument: string,
  flags: ReadonlyMap<string, FlagDescription>,
): string[] | undefined {
  if (!/^-[a-z]+$/i.test(argument)) return undefined;
  const names = [...argument.slice(1)].map((letter) =>
    Object.hasOwn(flagAliases, letter)
      ? flagAliases[letter as keyof typeof flagAliases]
      : ""
  );
  return names.every((name) => flags.get(name)?.kind === "boolean")
    ? names.map((name) => `--${name}`)
    : undefined;
}

/** The two spellings that stricli understands, each where the other fails. */
function joined(name: string, value: string): string[] {
  return /^.+$/.test(value) ? [`--${name}=${value}`] : [`--${name}`, value];
}
