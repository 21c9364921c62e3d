import { describeNatsFault } from './faults.js';
import type { NatsLink } from './nats-link.js';

export interface PlainMessagesOptions {
  readonly link: NatsLink;
  /** Whether there is more important work. */
  readonly isBusy: () => boolean;
  readonly note: (text: string) => void;
}

/** Publishes what is never stored and may be lost: progress. The client would hold it without bound while NATS is away. */
export class PlainMessages {
  readonly #options: PlainMessagesOptions;
  #isRefused = false;

  constructor(options: PlainMessagesOptions) {
    this.#options = options;
    options.link.listen({
      onDown: () => {},
      onUp: () => {
        this.#isRefused = false;
      },
      onViolation: (violation) => {
        if (this.#isRefused || !violation.subject.startsWith(PROGRESS)) return;
        this.#isRefused = true;
        options.note(`NATS: nobody can see progress: ${describeNatsFault(violation)}`);
      },
    });
  }

  publish(subject: string, body: string): void {
    const { link, isBusy } = this.#options;
    if (!this.#isRefused && link.isUp && !isBusy()) link.connection.publish(subject, body);
  }
}

const PROGRESS = 'trueconf.progress.';
