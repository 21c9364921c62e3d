import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/protocol/secrets.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { useWatches } from '../support/watch.js';

const { watch, use } = useWatches();
const scripted = useScriptedWebRooms();
const secret = (text: string) => new Secret(text);

describe('signing in', () => {
  it.each([
    ['unsecured', {}, {}],
    ['with a PIN, in any case', { pin: 'ab12' }, { credentials: secret('AB12') }],
    ['with the password', { password: 'geheim' }, { credentials: secret('geheim') }],
    ['as user', {}, { role: 'user' }],
    ['as admin with the password', { password: 'geheim' }, { credentials: secret('geheim'), role: 'admin' }],
  ] as const)('%s', async (_, room, options) => {
    const simulator = await use(RoomSimulator.start(room));
    const watched = watch(simulator.url, options);
    await watched.reached('live');
    expect(simulator.signIns).toBe(1);
    expect(JSON.stringify(watched.entries)).not.toMatch(/geheim|ab12/i);
  });

  it.each([
    ['unsecured', { pin: '1234' }, {}, 'TRUECONF_FILES_CREDENTIALS'],
    ['with a wrong PIN', { pin: '1234' }, { credentials: secret('geheim') }, 'Check the PIN'],
    ['in the wrong mode', { password: 'geheim' }, { credentials: secret('geheim'), role: 'user' }, '--role'],
  ] as const)('%s is refused once and for all', async (_, room, options, hint) => {
    const simulator = await use(RoomSimulator.start(room));
    const watched = watch(simulator.url, { ...options, wait: true });
    const error = await watched.ended;
    expect(error).toMatchObject({ code: 'refused', hint: expect.stringContaining(hint) });
    expect(`${error} ${JSON.stringify(watched.entries)}`).not.toContain('geheim');
    expect(simulator.connections).toBe(1);
  });

  it('an internal error is no refusal: it is tried again', async () => {
    let isStarting = true;
    const room = await scripted({
      answers: {
        auth: () => {
          const answer = isStarting
            ? { result: false, resultCode: 1, error: 'internal error' }
            : { result: true, resultCode: 0 };
          isStarting = false;
          return answer;
        },
      },
    });
    const watched = watch(room.url, { wait: true });
    await watched.reached('live');
    expect(JSON.stringify(watched.entries)).toContain('could not sign us in: internal error (code 1)');
  });

  it('again, begins with the token', async () => {
    const room = await use(RoomSimulator.start({ pin: '1234' }));
    const watched = watch(room.url, { credentials: secret('1234') });
    await watched.reached('live');
    room.dropClients();
    await watched.reached('live', 2);
    const sentences = room.requests.filter(({ method }) => method === 'auth').map(({ text }) => text);
    expect(sentences).toHaveLength(2);
    expect(sentences[1]).not.toContain('1234');
  });

  it.each([
    ['the original credentials', { pin: '1234' }, { credentials: secret('1234') }],
    ['nothing, as before', {}, {}],
  ])('again, where the token is worth nothing, goes on with %s', async (_, room, options) => {
    const simulator = await use(RoomSimulator.start(room));
    const watched = watch(simulator.url, options);
    await watched.reached('live');
    simulator.forgetTokens();
    simulator.dropClients();
    await watched.reached('live', 2);
    expect(simulator.requests.filter(({ method }) => method === 'auth')).toHaveLength(3);
  });

  it('asks a person where the Room refuses the unsecured sign-in, and remembers the answer', async () => {
    const room = await use(RoomSimulator.start({ pin: '1234' }));
    let asked = 0;
    const watched = watch(room.url, {
      askCredentials: async () => {
        asked++;
        return secret('1234');
      },
    });
    await watched.reached('live');
    room.forgetTokens();
    room.dropClients();
    await watched.reached('live', 2);
    expect(asked).toBe(1);
    expect(JSON.stringify(watched.entries)).not.toContain('1234');
  });

  it('is refused where the person gives nothing, or something wrong', async () => {
    const room = await use(RoomSimulator.start({ pin: '1234' }));
    for (const given of [null, secret('9999')]) {
      expect(await watch(room.url, { askCredentials: async () => given }).ended).toMatchObject({
        code: 'refused',
      });
    }
  });
});
