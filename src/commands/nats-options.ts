import type { Command } from 'commander';

/** How to sign in to NATS and to encrypt. */
export interface NatsOptions {
  readonly natsCreds?: string;
  readonly natsNkey?: string;
  readonly natsUser?: string;
  readonly natsPasswordFile?: string;
  readonly natsCa?: string;
  readonly natsCert?: string;
  readonly natsKey?: string;
  readonly stream: string;
}

export function addNatsOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'JetStream stream of the records', 'TCFILES')
    .option('--nats-creds <file>', 'NATS credentials file (.creds)')
    .option('--nats-nkey <file>', 'file with a NATS nkey seed')
    .option('--nats-user <name>', 'NATS user; the password comes from $TRUECONF_FILES_NATS_PASSWORD')
    .option('--nats-password-file <file>', 'file with the NATS password')
    .option('--nats-ca <file>', 'certificates that NATS servers are checked with (PEM)')
    .option('--nats-cert <file>', 'certificate of this client (PEM)')
    .option('--nats-key <file>', 'key of this client (PEM)');
}
