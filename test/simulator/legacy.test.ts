import { describe, expect, it } from 'vitest';
import { OTHER_EVENTS } from '../../src/protocol/other-events.js';
import type { Frame } from './client.js';
import { useRooms } from './rooms.js';

const { room, signedIn } = useRooms();

/** The fields that the official Python client's matchers want, all of them (`consts.py`, `EVENT`). */
const WANTED: Readonly<Record<string, string>> = {
  receivedFileRequest: 'confId fileName id peerDn peerId',
  fileStatus: 'confId directionType id status',
  fileAccepted: 'confId id',
  fileRejected: 'confId id',
  fileSent: 'confId fileId id name peerDn peerId',
  fileConferenceSent: 'confId fileId id name',
  fileDownloadingProgress:
    'confId fileId fileName id peerDisplayName peerId processedSize speed status timestamp totalSize',
  fileUploadingProgress:
    'confId directionType fileId fileName id peerDisplayName peerId processedSize speed status timestamp totalSize',
  fileTransferFileDeleted: 'file',
  fileTransferCleared: '',
  fileTransferAvailable: 'available',
};

function fieldsOf({ method: _method, event: _event, ...rest }: Frame): string {
  return Object.keys(rest).sort().join(' ');
}

describe('the names before 4.1', () => {
  it('every control speaks them, with the fields that the official client matches', async () => {
    const simulated = await room({ legacy: true });
    const someone = await signedIn(simulated);
    const inbound = simulated.receive();
    simulated.accept(inbound.id);
    simulated.progress(inbound.id, 50);
    simulated.reject(simulated.receive().id);
    const outbound = simulated.send();
    simulated.progress(outbound.id, 50);
    simulated.send({ peerId: null });
    simulated.delete(inbound.id);
    simulated.clearHistory();
    simulated.setAvailability(3);
    await someone.until((frame) => frame.event === 'fileTransferAvailable');
    for (const event of someone.events) expect(fieldsOf(event)).toBe(WANTED[String(event.event)]);
    expect(new Set(someone.events.map((event) => event.event))).toEqual(new Set(Object.keys(WANTED)));
    expect(someone.events[0]).toMatchObject({ id: Number(inbound.id), confId: '' });
    expect(someone.events[4]).toMatchObject({ totalSize: 3_200, processedSize: 1_600 });
  });

  it('the traffic speaks them too, with ids that are numbers', async () => {
    const someone = await signedIn(await room({ legacy: true, rate: 200 }));
    const events = (await someone.nextEvents(50)).filter((one) => !OTHER_EVENTS.has(String(one.event)));
    for (const event of events) {
      expect(fieldsOf(event)).toBe(WANTED[String(event.event)]);
      if (event.event !== 'fileTransferFileDeleted') expect(event).toMatchObject({ id: expect.any(Number) });
    }
  });

  it('commands have their names of then', async () => {
    const simulated = await room({ legacy: true, transferMs: 20 });
    const someone = await signedIn(simulated);
    const inbound = Number(simulated.receive().id);
    const { fileId } = simulated.send();
    expect(await someone.ask('getFileRequests')).toMatchObject({ files: [{ id: inbound, status: 1 }] });
    expect(await someone.ask('getFileUploads')).toMatchObject({ files: [{ fileId, directionType: 1 }] });
    expect(await someone.ask('getFileInfo', { id: inbound })).toMatchObject({ id: inbound, result: true });
    expect(await someone.ask('acceptFile', { id: inbound })).toMatchObject({ result: true });
    await someone.until((frame) => frame.event === 'fileStatus' && frame.status === 3);
    expect(await someone.ask('rejectFile', { id: inbound })).toMatchObject({ result: false });
    expect(await someone.ask('sendFile', { fileId, peerId: 'a@b' })).toMatchObject({ result: true });
    expect(await someone.ask('sendConferenceFile', { fileId })).toMatchObject({ result: true });
    expect(await someone.ask('clearFileTransfer')).toMatchObject({ result: true });
    expect(await someone.ask('getFileList')).toMatchObject({ result: true });
  });

  it.each([
    'getIncomingFilesRequests',
    'acceptIncomingFileRequest',
    'sendFileToConference',
    'getFileTransferHistory',
  ])('%s is not known yet', async (method) => {
    const someone = await signedIn(await room({ legacy: true }));
    expect(await someone.ask(method)).toMatchObject({ result: false, error: 'unknown method' });
  });
});
