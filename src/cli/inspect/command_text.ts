/** How Docker notes a step that runs nothing: `/bin/sh -c #(nop)  CMD ["a"]`. */
const NOT_RUN = /^(?:\/bin\/sh -c|cmd \/S \/C) #\(nop\)\s*/;

/** A shell with its flags, and the build arguments before it: `|1 A=b`. */
const SHELL =
  /^(?:RUN )?(?:\|\d+ (?:.*? )?)?(?:\/bin\/(?:ba|da|a)?sh (?:-[a-z]+ (?:pipefail )?)*?-[a-z]*c|cmd \/S \/C) /;

/**
 * The command that made a layer as a Dockerfile has it, on one line, without
 * what the programs that build images write around it.
 *
 * @param command `created_by` of the history.
 */
export function commandText(command: string): string {
  const [first = "", ...more] = command.trim()
    .replace(/ # buildkit$/, "")
    .split(/[\r\n]+/);
  const line = first.replace(/[\t ]+/g, " ").trim();
  const plain = NOT_RUN.test(line)
    ? line.replace(NOT_RUN, "")
    : line.replace(SHELL, "RUN ");
  return more.length > 0 ? `${plain.replace(/ ?\\$/, "")} ...` : plain;
}
