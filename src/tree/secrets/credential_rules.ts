import type { FileRule } from "./file_rule.ts";

/** Files that hold passwords and tokens. */
export const credentialRules: readonly FileRule[] = [
  {
    what: "an environment file",
    // But not examples, code, and what dotenv-vault has encrypted.
    name:
      /^\.env(?:rc|[._-].+)?(?<![._-](?:example|sample|template|tmpl|dist|defaults?|schema|vault))(?<!\.(?:[cm]?[jt]sx?|md))$/,
  },
  {
    what: "an environment file",
    name: /^\.dev\.vars(?:\..+)?(?<!\.(?:example|sample|template|dist))$/,
  },
  {
    what: "an environment file",
    // One that is called after what it is for, as Docker's documentation does.
    name:
      /^[^.].*\.env$(?<!(?:^|[._-])(?:example|sample|template|tmpl|dist|defaults?)\.env)/,
    holds: (text) =>
      hasValue(
        text,
        /^\s*(?:export\s+)?\w*(?:passw(?:or)?d|secret|token|(?:api|private|access|secret)_?key)(?:_base)?\s*=(.*)/i,
      ) ||
      hasUrlPassword(text),
    isPackaged: true,
  },
  {
    what: "a token for npm",
    name: /^\.?npmrc$/,
    holds: (text) =>
      hasValue(
        text,
        /^\s*(?:[^#;=\s]*:)?_(?:authToken|auth|password)\s*=(.*)/,
      ) ||
      hasUrlPassword(text),
    isSuspect: true,
  },
  {
    what: "a token for npm",
    name: /^\.yarnrc\.yml$/,
    holds: (text) =>
      hasValue(text, /^\s*["']?npmAuth(?:Token|Ident)["']?:(.*)/),
    isSuspect: true,
  },
  {
    what: "a token for npm",
    name: /^\.?bunfig\.toml$/,
    holds: (text) =>
      hasValue(text, /^[^#]*\b(?:token|password)\s*=\s*("[^"]*"|'[^']*')/) ||
      hasUrlPassword(text),
  },
  {
    what: "a password for PyPI",
    name: /^\.pypirc$/,
    holds: (text) => hasValue(text, /^\s*password\s*[=:](.*)/),
    isSuspect: true,
  },
  {
    what: "a password for a package index",
    name: /^pip\.(?:conf|ini)$/,
    holds: hasUrlPassword,
  },
  {
    what: "passwords for hosts",
    name: /^[._]netrc$/,
    holds: (text) => hasValue(text, /^(?:[^#]*\s)?password\s+(\S+)/),
    isSuspect: true,
  },
  {
    what: "passwords for Git",
    name: /^\.git-credentials$/,
    holds: hasUrlPassword,
    isSuspect: true,
  },
  {
    what: "passwords for databases",
    name: /^\.pgpass$/,
  },
  {
    what: "a password for MySQL",
    name: /^\.my\.cnf$/,
    holds: (text) => hasValue(text, /^\s*password\s*=(.*)/),
    isSuspect: true,
  },
  { what: "hashes of passwords", name: /^\.htpasswd$/, isPackaged: true },
  { what: "a token for Vault", name: /^\.vault-token$/ },
  {
    what: "credentials for registries",
    name: /^config\.json$/,
    parent: ".docker",
  },
  { what: "credentials for registries", name: /^\.dockercfg$/ },
  {
    what: "credentials for registries",
    name: /^auth\.json$/,
    holds: (text) =>
      /"(?:auth|identitytoken|password)"\s*:\s*"[^"]/.test(text) ||
      /"(?:github-oauth|gitlab-token|bearer)"\s*:\s*\{\s*"/.test(text),
    isPackaged: true,
  },
  {
    what: "credentials for registries",
    name: /^config\.json$/,
    holds: (text) =>
      /"auths"\s*:\s*\{/.test(text) &&
      /"(?:auth|identitytoken)"\s*:\s*"[^"]/.test(text),
    isPackaged: true,
  },
  {
    what: "credentials for a cluster",
    name: /^config$/,
    parent: ".kube",
  },
  {
    what: "credentials for a cluster",
    name: /(?:^|[._-])kubeconfig(?:\.(?:ya?ml|conf))?$/,
    holds: (text) =>
      /\b(?:client-key-data|token|password)["']?\s*:\s*["']?[^\s"']/.test(text),
  },
  {
    what: "a token for GitHub",
    name: /^hosts\.yml$/,
    parent: ".config/gh",
  },
  {
    what: "a token for Sentry",
    name: /^\.sentryclirc$/,
    holds: (text) => hasValue(text, /^\s*token\s*=(.*)/),
    isSuspect: true,
  },
  {
    what: "a token for crates.io",
    name: /^credentials(?:\.toml)?$/,
    parent: ".cargo",
  },
  {
    what: "the commands that somebody typed",
    name: /^\.(?:bash|zsh|ash|psql|mysql|python|node_repl)_history$/,
  },
  { what: "a token for RubyGems", name: /^credentials$/, parent: ".gem" },
  {
    what: "passwords for Maven",
    name: /^settings\.xml$/,
    parent: ".m2",
    holds: (text) => /<(?:password|passphrase)>\s*[^<\s$]/.test(text),
  },
  {
    what: "credentials for Google Cloud",
    name: /^application_default_credentials\.json$/,
  },
  {
    what: "the state of Terraform",
    name: /\.tfstate(?:\.backup)?$/,
    isPackaged: true,
  },
  {
    what: "a password for Terraform",
    name: /\.tfvars$/,
    holds: (text) =>
      hasValue(
        text,
        /^\s*\w*(?:password|secret|token|api_?key|private_?key)\w*\s*=\s*("[^"]*")/i,
      ),
    isPackaged: true,
  },
  {
    what: "credentials for Terraform",
    name: /^(?:\.terraformrc|terraform\.rc|credentials\.tfrc\.json)$/,
    holds: (text) => /\btoken"?\s*[=:]\s*"[^"]/.test(text),
  },
];

/**
 * Whether a line sets something to more than the names of variables, as
 * `${NPM_TOKEN}` is one.
 *
 * @param setting Matches a line, with the value as its group.
 */
function hasValue(text: string, setting: RegExp): boolean {
  return text.split(/[\r\n]+/).some((line) => {
    // No setting is that long, and a pattern might take long.
    const value = setting.exec(line.slice(0, 8192))?.[1] ?? "";
    return value.replace(/\$\{[^{}]*\}|\$\w+|["'\s]/g, "") !== "";
  });
}

/** Whether an address holds a password, as in `https://user:password@host`. */
function hasUrlPassword(text: string): boolean {
  return hasValue(text, /:\/\/[^\s/:@]{0,256}:([^\s/@]{1,4096})@/);
}
