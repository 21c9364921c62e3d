import { describe, expect, it } from 'vitest';
import { useRooms } from './rooms.js';

const { room, client, signedIn } = useRooms();

describe('signing in over the socket', () => {
  it('answers as the page has it, administrator 2 and user 1', async () => {
    const simulated = await room();
    const someone = await client(simulated);
    expect(await someone.ask('auth', { type: 'unsecured', requestId: '1' })).toEqual({
      method: 'auth',
      requestId: '1',
      previleges: 2,
      token: expect.stringMatching(/^1\*/),
      tokenForHttpServer: expect.stringMatching(/^4\*/),
      result: true,
      resultCode: 0,
    });
    expect(await someone.ask('auth', { type: 'unsecured', role: 'user' })).toMatchObject({ previleges: 1 });
    expect(simulated.signIns).toBe(2);
  });

  it('is refused with a number and words, and the socket stays open', async () => {
    const someone = await client(await room({ pin: 'ABC123' }));
    expect(await someone.ask('auth', { type: 'unsecured', requestId: '1' })).toEqual({
      method: 'auth',
      requestId: '1',
      result: false,
      resultCode: 3,
      error: 'access denied',
    });
    expect(await someone.ask('auth', { type: 'secured', credentials: 'abc123' })).toMatchObject({
      result: true,
    });
  });

  it('comes before commands, and before events', async () => {
    const simulated = await room();
    const stranger = await client(simulated);
    const operator = await signedIn(simulated);
    expect(await stranger.ask('getIncomingFilesRequests')).toMatchObject({
      result: false,
      error: 'access denied',
    });
    simulated.receive();
    await operator.nextEvents(2);
    await stranger.ask('getAppState');
    expect(stranger.events).toEqual([]);
  });

  it('takes the seat from who had it, until that one signs in again', async () => {
    const simulated = await room();
    const first = await signedIn(simulated);
    const second = await signedIn(simulated);
    expect(await first.nextEvent()).toEqual({ method: 'event', event: 'authorizationNeeded', cause: 1 });
    simulated.receive();
    await second.nextEvents(2);
    expect(await first.ask('getAppState')).toMatchObject({ method: 'getAppState', result: false });
    expect(first.events).toHaveLength(1);

    await first.ask('auth', { type: 'unsecured' });
    expect(await second.until((frame) => frame.event === 'authorizationNeeded')).toMatchObject({ cause: 1 });
    simulated.receive();
    expect(await first.nextEvents(2)).toMatchObject([{ event: 'receivedFileRequest' }, {}]);
  });

  it('leaves the other mode’s client where it is', async () => {
    const simulated = await room();
    const operator = await signedIn(simulated);
    const user = await signedIn(simulated, { type: 'unsecured', role: 'user' });
    simulated.receive();
    await user.nextEvents(2);
    expect(await operator.nextEvents(2)).toMatchObject([{ event: 'receivedFileRequest' }, {}]);
    expect(await operator.ask('auth', { role: 'user' })).toMatchObject({ result: true, previleges: 1 });
    expect(await user.nextEvent()).toMatchObject({ event: 'authorizationNeeded' });
  });

  it('works again with the token, until the tokens are forgotten', async () => {
    const simulated = await room({ password: 'p' });
    const first = await client(simulated);
    const { token } = await first.ask('auth', { type: 'secured', credentials: 'p' });
    first.close();
    const again = await signedIn(simulated, { type: 'secured', credentials: token });
    simulated.forgetTokens();
    expect(await again.ask('auth', { type: 'secured', credentials: token })).toMatchObject({ result: false });
  });

  it('a seat is free again when its socket closes', async () => {
    const simulated = await room();
    const first = await signedIn(simulated);
    first.close();
    await first.closed();
    const second = await signedIn(simulated);
    simulated.receive();
    expect(await second.nextEvents(2)).toHaveLength(2);
  });

  it('can be ended by the Room for any cause', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    simulated.endSessions(8);
    expect(await someone.nextEvent()).toEqual({ method: 'event', event: 'authorizationNeeded', cause: 8 });
    expect(await someone.ask('getAppState')).toMatchObject({ result: false });
  });
});
