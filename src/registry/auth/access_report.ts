/** How a registry asks who we are, and what it was answered. */
export interface LoginReport {
  /** How we are known to it. */
  readonly credential: "none" | "password" | "token" | "identity token";
  /** Where the credential was found, for people; nothing of it is secret. */
  readonly source?: string;
  /** What the registry asks for: `bearer`, `basic`; absent where it asks nothing. */
  readonly scheme?: string;
  /** The token server, without its query. */
  readonly realm?: string;
  /** The service that tokens are for. */
  readonly service?: string;
  /** The scopes that were asked for. */
  readonly scopesAsked: readonly string[];
  /** The scopes that the token server says it granted, where it says so. */
  readonly scopesGranted?: readonly string[];
  /** Seconds that the token is good for, where there is one. */
  readonly expiresIn?: number;
}

/** What a registry makes of our credential. */
export interface AccessReport extends LoginReport {
  /** Whether the registry lets us read the repository; absent where unknown. */
  readonly mayPull?: boolean;
  /** Whether it lets us push to it; absent where unknown. */
  readonly mayPush?: boolean;
  /** Why not, in one line with what to do, where something is refused. */
  readonly refusal?: string;
}
