/** What holds where nothing else was asked for: for the command line, the library and the relay alike. */
export const DEFAULTS: { readonly keep: number; readonly heartbeatMs: number } = {
  /** Finished transfers that are kept for each Room. */
  keep: 10_000,
  /** How often a link is checked, milliseconds. */
  heartbeatMs: 15_000,
};
