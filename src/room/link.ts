/** The state of the link to one Room. Exactly one holds at any time. */
export type Link =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'signing-in'; readonly attempt: number }
  | { readonly state: 'listing'; readonly attempt: number }
  | { readonly state: 'live'; readonly attempt: number }
  | {
      readonly state: 'waiting';
      /** The try that just failed, or 0 where a live link was lost. */
      readonly attempt: number;
      readonly retryInMs: number;
      /** A sentence; may quote the Room. */
      readonly reason: string;
      /** Whether a live link was lost, rather than a try that failed. */
      readonly wasLive: boolean;
    }
  | { readonly state: 'closed'; readonly reason: string };
