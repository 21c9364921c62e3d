import { useNatsServers } from '../support/nats-server.js';
import { type Program, usePrograms } from '../support/program.js';

/** Starts relays and watchers of a NATS server; all of them end with the test. */
export function useRelays() {
  const { run } = usePrograms();
  const { natsServer } = useNatsServers();

  /** A relay that begins to run; its leases are short, so that nothing waits for long. */
  const startRelay = (nats: Served, rooms: readonly string[], given: Given = {}) =>
    run(['relay', ...rooms, '--to', nats.url, '--lease', '1500ms', ...(given.options ?? [])], given);

  return {
    run,
    natsServer,
    startRelay,
    /** A relay that holds all its Rooms. */
    async relay(nats: Served, rooms: readonly string[], given: Given = {}): Promise<Program> {
      const relay = startRelay(nats, rooms, given);
      for (const room of rooms) await relay.stderrHas(`${room}: connected`);
      return relay;
    },
    /** What is there, and no more. */
    async listing(nats: Served, room?: string): Promise<Program> {
      const program = run([
        'watch',
        room === undefined ? nats.url : `${nats.url}/${room}`,
        '--json',
        '--once',
      ]);
      await program.ended;
      return program;
    },
    /** A watcher that has listed, and now sees what is live. */
    async watcher(nats: Served, given: Given = {}): Promise<Program> {
      const url = nats.url + (given.room === undefined ? '' : `/${given.room}`);
      const watcher = run(['watch', url, '--json', ...(given.options ?? [])], given);
      await watcher.until(() => linkOf(watcher, url) === 'connected' || undefined);
      return watcher;
    },
  };
}

/** A server, or a cluster. */
interface Served {
  readonly url: string;
}

/** What a program is given besides the server. */
interface Given {
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The one Room to watch. */
  readonly room?: string;
}

/** Statuses told of a transfer, in order. */
export function statusesOf({ transfers }: Program, id: string): readonly unknown[] {
  return transfers.filter((record) => record.id === id).map(({ status }) => status);
}

/** The last status of each transfer that was not removed. */
export function tableOf({ records }: Program): ReadonlyMap<string, unknown> {
  const table = new Map<string, unknown>();
  for (const { type, room, id, status } of records) {
    if (type === 'transfer') table.set(`${room} ${id}`, status);
    if (type === 'removed') table.delete(`${room} ${id}`);
  }
  return table;
}

/** The last state told of a link. */
export function linkOf({ records }: Program, room: string): unknown {
  return records.findLast((one) => one.type === 'connection' && one['room'] === room)?.state;
}

/** Waits until each transfer has the status beside it. */
export async function settled(program: Program, wanted: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(wanted);
  await program.until(
    () => pairs.every(([id, status]) => statusesOf(program, id).at(-1) === status) || undefined,
  );
}

export async function killed(program: Program, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  program.kill(signal);
  await program.ended;
}
