import { describe, expect, it } from 'vitest';
import { Census } from '../../src/conform/census.js';
import { report } from '../../src/conform/report.js';
import { PLAIN } from '../../src/conform/share.js';
import { WIRE } from '../../src/protocol/wire.js';
import type { TestClient } from '../simulator/client.js';
import { useRooms } from '../simulator/rooms.js';

const { room, client } = useRooms();

function reportOf(someone: TestClient) {
  const census = new Census();
  for (const frame of someone.frames) census.takeMessage(JSON.stringify(frame));
  return report(census, PLAIN);
}

/** What the vendor's own client asks as soon as it is connected. */
const FIRST_CALLS = [
  'getHttpServerSettings',
  'getAppState',
  'getSettings',
  'getSystemInfo',
  'getMonitorsInfo',
  'getConferences',
];

describe.each([
  ['since 4.1', false],
  ['before 4.1', true],
])('a simulated Room with the names %s', (_, legacy) => {
  it("answers the official client's first calls, as documented", async () => {
    const someone = await client(await room({ legacy }));
    expect(await someone.ask('setUsedApiVersion', { version: '1' })).toMatchObject({ result: true });
    expect(await someone.ask('auth', { type: 'unsecured' })).toMatchObject({ result: true });
    for (const method of FIRST_CALLS) expect(await someone.ask(method)).toMatchObject({ result: true });
    const { messages, findings } = reportOf(someone);
    expect(findings).toEqual([]);
    expect(messages.map(({ name }) => name)).toEqual(['setUsedApiVersion', 'auth', ...FIRST_CALLS]);
  });

  it('sends and answers nothing that is not documented, whatever is done', async () => {
    const simulated = await room({ legacy, transferMs: 20 });
    const someone = await client(simulated);
    await someone.ask('auth', { type: 'unsecured' });
    const inbound = simulated.receive({ conferenceId: 'c' });
    const { fileId } = simulated.send();
    simulated.send({ peerId: null });
    const id = legacy ? { id: Number(inbound.id) } : { fileRequestId: inbound.id };
    await someone.ask(legacy ? 'acceptFile' : 'acceptIncomingFileRequest', id);
    await someone.until(({ event, status }) => /status/i.test(String(event)) && status === 3);
    const rejected = simulated.receive().id;
    await someone.ask(legacy ? 'rejectFile' : 'rejectIncomingFileRequest', {
      id: Number(rejected),
      fileRequestId: rejected,
    });
    for (const availability of [0, 1, 2, 3]) simulated.setAvailability(availability);
    for (const state of [0, 1, 2, 3, 4, 5, 6]) {
      simulated.setAppState(state);
      await someone.ask('getConnected');
    }
    const methods = [...WIRE.answers.keys()].filter((method) => !/auth|clear|delete/i.test(method));
    const arguments_ = { ...id, fileId, callId: 'a@b', peerId: 'a@b' };
    for (const method of methods) await someone.ask(method, arguments_);
    await someone.ask('deleteFileTransferFile', { fileId });
    simulated.delete(inbound.id, true);
    await someone.ask(legacy ? 'clearFileTransfer' : 'clearFileTransferHistory', {
      deleteFilesFromDisk: false,
    });
    simulated.endSessions(7);
    await someone.until(({ event }) => event === 'authorizationNeeded');
    const { messages, findings } = reportOf(someone);
    expect(findings).toEqual([]);
    expect(messages.filter(({ kind }) => kind === 'event').length).toBeGreaterThan(9);
  });

  it('and its traffic neither, with all that a Room in use sends', async () => {
    const someone = await client(await room({ legacy, rate: 2_000 }));
    await someone.ask('auth', { type: 'unsecured' });
    await someone.nextEvents(1_000);
    const { messages, findings } = reportOf(someone);
    expect(findings).toEqual([]);
    expect(messages.length).toBeGreaterThan(25);
  });
});
