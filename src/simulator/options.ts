/** Everything is optional: without options it is an empty Room without protection, on ports of the system's choice. */
export interface SimulatorOptions {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Of the web page; 0, the default, lets the system choose, as for the other ports. */
  readonly port?: number | undefined;
  /** Of the WebSocket; clients learn it from the web page. */
  readonly webSocketPort?: number | undefined;
  /** Of the built-in HTTP server, which takes uploads. */
  readonly httpPort?: number | undefined;
  /** Protects the Room; see `Seats` for which seat it opens. */
  readonly pin?: string | undefined;
  /** The administrator's. */
  readonly password?: string | undefined;
  /** Of ids and of the traffic; default 1. The same seed gives the same traffic. */
  readonly seed?: number | undefined;
  /** Traffic of its own, events a second; 0, the default, is none. `DEMO_RATE` looks alive. */
  readonly rate?: number | undefined;
  /** How many transfers the traffic keeps; default 40. */
  readonly maxTransfers?: number | undefined;
  /** From acceptance to completion of what a client accepts or sends, milliseconds; default 4,000. */
  readonly transferMs?: number | undefined;
  /** The conference that the Room is in; `null` for none. */
  readonly conferenceId?: string | null | undefined;
  /** Of `getAppState` at the start, 0 to 6; default 5 in a conference, else 3. */
  readonly appState?: number | undefined;
  /** Speak with the names before 4.1 only. */
  readonly legacy?: boolean | undefined;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Aborting it closes the Room. */
  readonly signal?: AbortSignal | undefined;
}

/** Events a second at which some five to ten transfers are active, and a person can follow. */
export const DEMO_RATE = 4;

export const DEFAULT_MAX_TRANSFERS = 40;
export const DEFAULT_TRANSFER_MS = 4_000;

/** `appState` by default. */
export const APP_STATE = { idle: 3, conference: 5 } as const;
