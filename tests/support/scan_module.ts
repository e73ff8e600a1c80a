/** An `import` or `export … from` in a module, of any form. */
export interface ModuleReference {
  /** What is imported; `undefined` when it is computed. */
  readonly specifier?: string;
  /** `query` is `typeof import("…")`, which leaves nothing to load. */
  readonly form: "import" | "export" | "export *" | "dynamic" | "query";
}

/** What a module says of itself. */
export interface ScannedModule {
  /** What it refers to. */
  readonly references: ModuleReference[];
  /** Its code, with comments, strings and patterns blanked out. */
  readonly code: string;
}

const token = new RegExp(
  [
    /\/\/.*/, //                                    line comment
    /\/\*[^]*?\*\//, //                             block comment
    /"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'/, // string
    /`|\$?\{|\}/, //                                template, braces
    /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/, // regular expression
    /[\w$]+|\S/, //                                 the rest
  ].map(({ source }) => source).join("|"),
  "g",
);

/** After these, a slash begins a regular expression and does not divide. */
const beforeExpression = /^(?:[=(,:;[!&|?{}+\-*%<>~^]|return|typeof|case)$/;

/** Reads a module's imports and exports, and tells its code from its texts. */
export function scanModule(source: string): ScannedModule {
  const tokens = tokenize(source);
  const references: ModuleReference[] = [];
  tokens.forEach((word, index) => {
    if (word !== "import" && word !== "export") return;
    if (tokens[index - 1] === ".") return;
    const rest = tokens.slice(index + 1);
    if (word === "import" && rest[0] === "(") {
      const form = tokens[index - 1] === "typeof" ? "query" : "dynamic";
      references.push({ specifier: text(rest[1]), form });
    } else if (word === "import" && rest[0] !== ".") {
      const at = rest.findIndex((word) => text(word) !== undefined);
      references.push({ specifier: text(rest[at]), form: "import" });
    } else if (word === "export") {
      const clause = rest[0] === "type" ? rest.slice(1) : rest;
      const from = exportedFrom(clause);
      const form = clause[0] === "*" ? "export *" : "export";
      if (from) references.push({ specifier: from, form });
    }
  });
  const code = tokens.map((word) => text(word) === undefined ? word : '""');
  return { references, code: code.join(" ") };
}

function exportedFrom(clause: readonly string[]): string | undefined {
  if (clause[0] !== "*" && clause[0] !== "{") return undefined;
  const end = clause[0] === "*" ? clause.indexOf("from") : clause.indexOf("}");
  const from = clause[0] === "*" ? end : end + 1;
  return clause[from] === "from" ? text(clause[from + 1]) : undefined;
}

/** The value of a string token. */
function text(word: string | undefined): string | undefined {
  return word && /^["']/.test(word) ? word.slice(1, -1) : undefined;
}

function tokenize(source: string): string[] {
  const tokens: string[] = [];
  // What each open brace closes into: code, or the text of a template.
  const braces: ("code" | "template")[] = [];
  token.lastIndex = 0;
  for (let found = token.exec(source); found; found = token.exec(source)) {
    const [word] = found;
    if (/^\/[/*]/.test(word)) continue;
    if (/^\/./.test(word) && !beforeExpression.test(tokens.at(-1) ?? ";")) {
      token.lastIndex = found.index + 1;
      tokens.push("/");
    } else if (/^\/./.test(word)) tokens.push("//");
    else if (word === "`") skipTemplate(source, braces);
    else if (word === "}" && braces.pop() === "template") {
      skipTemplate(source, braces);
    } else {
      if (word.endsWith("{")) braces.push("code");
      tokens.push(word);
    }
  }
  return tokens;
}

/** Goes on behind a template's text: its end, or the next `${`. */
function skipTemplate(source: string, braces: ("code" | "template")[]): void {
  const end = /(?:\\[^]|[^\\`$]|\$(?!\{))*(`|\$\{|$)/y;
  end.lastIndex = token.lastIndex;
  if (end.exec(source)?.[1] === "${") braces.push("template");
  token.lastIndex = end.lastIndex;
}
