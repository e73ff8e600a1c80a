/** `host:path` or `user@host:path`, as `scp` and git take it. */
const SCP =
  /^(?:[^@/:\s]+@)?(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9._-]+):(?!\/\/|:)(.+)$/i;
const SSH = /^(?:ssh|git\+ssh|ssh\+git|git):$/;

/**
 * Where a person or a program finds what a remote of git holds: a URL without
 * user name, password, query and `.git`. What is reached by SSH is taken to be
 * served by HTTPS as well, under the same name, as it is by all forges.
 *
 * @returns `undefined` for what is no URL to anybody else: a directory, a file.
 *
 * @see {@link https://git-scm.com/docs/git-clone#_git_urls}
 */
export function sourceUrl(remote: string): string | undefined {
  const [, host, path = ""] = SCP.exec(remote) ?? [];
  const text = host === undefined ? remote : `ssh://${host}/${path}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname } = url;
  const isWeb = protocol === "https:" || protocol === "http:";
  if (!isWeb && !SSH.test(protocol)) return undefined;
  const place = url.pathname.replace(/\/+$/, "").replace(/\.git$/, "")
    .replace(/^\/*/, "/");
  // A home directory on a server is on no web site. What has an @ there can be
  // half of a password that was not written as URLs have it.
  if (hostname === "" || /^\/(?:~|$)|@/.test(place)) return undefined;
  // The port of SSH is none of HTTPS.
  return isWeb
    ? `${protocol}//${url.host}${place}`
    : `https://${hostname}${place}`;
}
