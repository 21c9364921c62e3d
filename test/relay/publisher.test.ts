import { jetstreamManager } from '@nats-io/jetstream';
import { InvalidArgumentError } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { describeNatsFault, isTooLarge } from '../../src/relay/faults.js';
import { NatsLink } from '../../src/relay/nats-link.js';
import type { Outgoing } from '../../src/relay/outbox.js';
import { Publisher } from '../../src/relay/publisher.js';
import { parseServerAddress } from '../../src/relay/server-address.js';
import { hasNatsServer, JETSTREAM, type NatsServer, useNatsServers } from '../support/nats-server.js';

const item = (messageId: string, given: Partial<Outgoing> = {}): Outgoing => ({
  subject: `trueconf.files.r.transfer.${messageId}`,
  messageId,
  body: '{}',
  stands: null,
  ...given,
});

/** What comes twice: old servers answer with the first, new ones refuse it as they would a stranger's. */
const TWICE = [2, 'another relay has stored a newer record'];

describe.skipIf(!hasNatsServer)('the publisher', () => {
  const { natsServer } = useNatsServers();
  const links: NatsLink[] = [];
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
  });

  async function open(nats: NatsServer, timeoutMs = 60_000) {
    const { signal } = new AbortController();
    const address = parseServerAddress(nats.url);
    const link = await NatsLink.open({ address, auth: {}, name: 'test', retries: () => false, signal });
    links.push(link);
    const { streams } = await jetstreamManager(link.connection);
    const make = (name = 'TCFILES') => streams.add({ name, subjects: ['trueconf.files.>'] });
    return { make, streams, publisher: new Publisher(link, 'TCFILES', timeoutMs) };
  }

  const fault = (publishing: Promise<number>) =>
    publishing.then(
      () => expect.unreachable('it was stored'),
      (error: unknown) => error,
    );

  it('gives the sequence number of each record, and of the first where one comes twice', async () => {
    const { make, publisher } = await open(await natsServer());
    await make();
    const publishing = ['1', '2', '3'].map((id) => publisher.publish(item(id), 0));
    expect(await Promise.all(publishing)).toEqual([1, 2, 3]);
    expect(TWICE).toContain(await publisher.publish(item('2'), 0).catch(describeNatsFault));
  });

  it('says that no stream takes it, or that it is another', async () => {
    const { make, publisher } = await open(await natsServer());
    expect(describeNatsFault(await fault(publisher.publish(item('1'), 0)))).toContain('no stream takes it');
    await make('OTHER');
    expect(describeNatsFault(await fault(publisher.publish(item('2'), 0)))).toBe(
      'expected stream does not match',
    );
  });

  it('stores nothing behind what another relay has stored', async () => {
    const { make, publisher } = await open(await natsServer());
    await make();
    const one = (id: string) => item(id, { subject: 'trueconf.files.r.transfer.a' });
    expect(await publisher.publish(one('1'), 0)).toBe(1);
    expect(await publisher.publish(one('2'), 1)).toBe(2);
    expect(describeNatsFault(await fault(publisher.publish(one('old'), 1)))).toContain('another relay');
    expect(describeNatsFault(await fault(publisher.publish(one('old'), 0)))).toContain('another relay');
    // What was stored without an answer is no other's.
    expect(TWICE).toContain(await publisher.publish(one('2'), 1).catch(describeNatsFault));
    expect(await publisher.publish(one('3'), 2)).toBe(3);
  });

  it('says what can never be stored', async () => {
    const { make, publisher } = await open(await natsServer());
    await make();
    const error = await fault(publisher.publish(item('1', { body: 'x'.repeat(2 ** 21) }), 0));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(isTooLarge(error)).toBe(true);
    expect(await publisher.publish(item('2'), 0)).toBe(1);
  });

  it('says what the account may not, and nothing of the rest', async () => {
    const permissions = 'permissions { publish { deny: "trueconf.files.secret.>" } }';
    const users = `no_auth_user: one\nauthorization { users: [ { user: one, password: x, ${permissions} } ] }\n`;
    const { make, publisher } = await open(await natsServer(() => `${JETSTREAM}${users}`));
    await make();
    const refused = fault(publisher.publish(item('1', { subject: 'trueconf.files.secret.link' }), 0));
    expect(await publisher.publish(item('2'), 0)).toBe(1);
    expect(describeNatsFault(await refused)).toContain(
      'this NATS user may not publish to "trueconf.files.secret',
    );
  });

  it('gives up what is not answered in time, and takes no late answer for another', async () => {
    const nats = await natsServer();
    const { make, streams, publisher } = await open(nats, 200);
    await make();
    nats.freeze();
    const late = 'it did not answer in time';
    // It may have answered once more before it stopped.
    await expect.poll(() => publisher.publish(item('0'), 0).catch(describeNatsFault)).toBe(late);
    const errors = await Promise.all(['1', '2'].map((id) => fault(publisher.publish(item(id), 0))));
    expect(errors.map(describeNatsFault)).toEqual([late, late]);
    nats.thaw();
    const stored = async () => {
      await Promise.allSettled(['0', '1', '2', '3'].map((id) => publisher.publish(item(id), 0)));
      return (await streams.info('TCFILES')).state.messages;
    };
    await expect.poll(stored).toBe(4);
  });
});
