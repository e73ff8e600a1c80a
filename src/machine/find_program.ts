import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import process from "node:process";

/**
 * The first file of that name on the PATH that can be run. What is relative
 * there is passed over: it would be a file of whoever owns the directory that
 * the command runs in.
 *
 * @param program Its name, on Windows without `.exe`.
 * @param env The environment variables.
 */
export function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const onWindows = process.platform === "win32";
  const name = onWindows ? `${program}.exe` : program;
  const variable = Object.keys(env).find((key) =>
    (onWindows ? key.toUpperCase() : key) === "PATH"
  );
  const directories = (env[variable ?? "PATH"] ?? "").split(delimiter);
  return directories.filter(isAbsolute).map((dir) => join(dir, name)).find(
    isProgram,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
