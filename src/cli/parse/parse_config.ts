import {
  imagePathFault,
  PORT_HINT,
  portRange,
  stopSignalFault,
  userFault,
  volumeFault,
} from "../../spec/config_rules.ts";
import { quoted, usageError } from "./usage_error.ts";

/** Parses `--user`: a name or number, with `:group` where wanted. */
export function parseUser(text: string): string {
  return checked("user", text, userFault(text));
}

/**
 * Makes the parser of a flag that takes a path in the image.
 *
 * @param flag Name of the flag, for messages.
 */
export function imagePathParser(flag: string): (text: string) => string {
  const faultOf = flag === "workdir" ? imagePathFault : volumeFault;
  return (text) => checked(flag, text, faultOf(text));
}

/**
 * Parses `--expose`: a port or a range of ports, with `/tcp`, `/udp` or `/sctp`
 * where wanted.
 *
 * @returns The port with its protocol; `tcp` is the default.
 */
export function parsePort(text: string): string {
  const range = portRange(text);
  if (!range) throw refuse("expose", text, PORT_HINT);
  const { first, last, protocol = "tcp" } = range;
  return `${first === last ? first : `${first}-${last}`}/${protocol}`;
}

/** Parses `--stop-signal`: a name like `SIGTERM` or `SIGRTMIN+3`, or a number. */
export function parseStopSignal(text: string): string {
  return checked("stop-signal", text, stopSignalFault(text));
}

/**
 * Makes the parser of a flag that takes any text but an empty one.
 *
 * @param flag Name of the flag, for messages.
 */
export function textParser(flag: string): (text: string) => string {
  return (text) => {
    const isRight = text.trim() !== "" && !text.includes("\0");
    return checked(flag, text, isRight ? undefined : "it says nothing");
  };
}

function checked(flag: string, text: string, fault?: string): string {
  if (fault) throw refuse(flag, text, fault);
  return text;
}

function refuse(flag: string, text: string, fault: string): Error {
  return usageError(`Cannot use --${flag} ${quoted(text)}: ${fault}`);
}
