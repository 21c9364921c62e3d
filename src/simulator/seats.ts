import { hasField, type ParsedRequest, stringField } from './request.js';

export type Mode = 'admin' | 'user';

export interface Credentials {
  /** Opens the user's seat; compared without regard to case. `null`: none is set. */
  readonly pin: string | null;
  /** The administrator's. `null`: none is set. */
  readonly password: string | null;
}

export interface SignedIn<Client> {
  readonly mode: Mode;
  readonly token: string;
  readonly tokenForHttpServer: string;
  /** Who held the seat until now, and must get the event. */
  readonly displaced: Client | null;
}

/** `token`: 30 days for unsecured and password sign-ins, 24 h for a PIN. A token's successor inherits its end. */
const TOKEN_LIFE_MS = { unsecured: 30 * 86_400_000, password: 30 * 86_400_000, pin: 86_400_000 };

/** `tokenForHttpServer`: 5 minutes; with a PIN, until the Room restarts. */
const HTTP_TOKEN_LIFE_MS = 5 * 60_000;

type Proof = keyof typeof TOKEN_LIFE_MS;

interface Grant {
  readonly mode: Mode;
  readonly proof: Proof;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface HttpGrant<Client> {
  readonly holder: Client;
  readonly proof: Proof;
  readonly expiresAt: number;
}

/**
 * Who sits where: one seat per mode, by `commands/auth`. What the pages leave open is decided so:
 *
 * - Nothing set: an unsecured sign-in takes the administrator's seat, or the user's where `role` is `user`.
 * - Something set: an unsecured sign-in is refused, in both modes.
 * - The password takes the administrator's seat and the PIN the user's; with a PIN alone, the PIN protects both, and
 *   takes the administrator's seat where `role` is `admin`.
 * - A sign-in whose mode is not the `role` asked for is refused and disconnects no client.
 * - A client has one seat: taking the other leaves the first. A seat left by closing the socket is free.
 * - Who is displaced keeps the token, and may sign in again with it; its HTTP tokens end, those of a PIN apart.
 */
export class Seats<Client extends object> {
  readonly #credentials: Credentials;
  readonly #newSecret: () => string;
  readonly #holders = new Map<Mode, { readonly client: Client; readonly proof: Proof }>();
  readonly #tokens = new Map<string, Grant>();
  readonly #httpTokens = new Map<string, HttpGrant<Client>>();

  /** @param newSecret makes a string that can't be guessed and is new each time */
  constructor(credentials: Credentials, newSecret: () => string) {
    this.#credentials = credentials;
    this.#newSecret = newSecret;
  }

  /** Everyone signed in: two at most. */
  get holders(): readonly Client[] {
    return [...this.#holders.values()].map((holder) => holder.client);
  }

  isSeated(client: Client): boolean {
    return this.#modeOf(client) !== null;
  }

  /**
   * Handles an `auth` request.
   * @param now milliseconds since 1970
   * @returns `null` where it is refused
   */
  signIn(client: Client, request: ParsedRequest, now: number): SignedIn<Client> | null {
    const grant = hasField(request, 'type')
      ? this.#grantFor(request, now)
      : this.#stepDown(client, request, now);
    const role = stringField(request, 'role');
    if (grant === null || (hasField(request, 'role') && role !== grant.mode)) return null;

    const before = this.#holders.get(grant.mode)?.client ?? null;
    const displaced = before === client ? null : before;
    if (displaced !== null) this.unseat(displaced);
    this.leave(client);
    this.#holders.set(grant.mode, { client, proof: grant.proof });
    this.#forgetExpired(now);
    const token = `1*${this.#newSecret()}`;
    this.#tokens.set(token, grant);
    return { mode: grant.mode, token, tokenForHttpServer: this.newHttpToken(client, now), displaced };
  }

  /** @throws Error where the client is not signed in */
  newHttpToken(client: Client, now: number): string {
    const proof = [...this.#holders.values()].find((holder) => holder.client === client)?.proof;
    if (proof === undefined) throw new Error('Only who is signed in gets a token');
    const token = `4*${this.#newSecret()}`;
    const expiresAt = proof === 'pin' ? Number.POSITIVE_INFINITY : now + HTTP_TOKEN_LIFE_MS;
    this.#httpTokens.set(token, { holder: client, proof, expiresAt });
    return token;
  }

  acceptsHttpToken(token: string, now: number): boolean {
    const grant = this.#httpTokens.get(token);
    return grant !== undefined && grant.expiresAt > now;
  }

  /** Gives up the client's seat, as when its socket closes. Its tokens stay valid. */
  leave(client: Client): void {
    const mode = this.#modeOf(client);
    if (mode !== null) this.#holders.delete(mode);
  }

  /** Takes the seat away: what an `authorizationNeeded` tells. */
  unseat(client: Client): void {
    this.leave(client);
    for (const [token, grant] of this.#httpTokens) {
      if (grant.holder === client && grant.proof !== 'pin') this.#httpTokens.delete(token);
    }
  }

  /** Ends every token, as a restart of the Room or `clearTokens` does. */
  forgetTokens(): void {
    this.#tokens.clear();
    this.#httpTokens.clear();
  }

  #modeOf(client: Client): Mode | null {
    for (const [mode, holder] of this.#holders) if (holder.client === client) return mode;
    return null;
  }

  #grantFor(request: ParsedRequest, now: number): Grant | null {
    const type = stringField(request, 'type');
    const role = stringField(request, 'role');
    const { pin, password } = this.#credentials;
    if (type === 'unsecured') {
      if (pin !== null || password !== null) return null;
      return newGrant(role === 'user' ? 'user' : 'admin', 'unsecured', now);
    }
    const given = stringField(request, 'credentials');
    if (type !== 'secured' || given === null) return null;
    const token = this.#tokens.get(given);
    if (token !== undefined) return token.expiresAt > now ? token : null;
    if (password !== null && given === password) return newGrant('admin', 'password', now);
    if (pin === null || given.toUpperCase() !== pin.toUpperCase()) return null;
    return newGrant(password === null && role === 'admin' ? 'admin' : 'user', 'pin', now);
  }

  /** `{"method":"auth","role":"user"}` alone; from the user's seat there is nothing to step down from. */
  #stepDown(client: Client, request: ParsedRequest, now: number): Grant | null {
    const holder = this.#holders.get('admin');
    if (holder?.client !== client || stringField(request, 'role') !== 'user') return null;
    return newGrant('user', holder.proof, now);
  }

  #forgetExpired(now: number): void {
    for (const tokens of [this.#tokens, this.#httpTokens]) {
      for (const [token, grant] of tokens) if (grant.expiresAt <= now) tokens.delete(token);
    }
  }
}

function newGrant(mode: Mode, proof: Proof, now: number): Grant {
  return { mode, proof, expiresAt: now + TOKEN_LIFE_MS[proof] };
}
