import { SERVER } from './methods.js';
import { CONFERENCE_ID, createRandom, PEERS, type Random } from './names.js';
import type { WireObject } from './wire.js';

/**
 * What else a Room in use tells its clients: its server, conferences, chat, devices, settings. Fields as public clients
 * list them, values made up. The same seed gives the same events; it is a source of its own, so that the transfers of a
 * seed stay the same.
 * @returns after each step of the traffic, now and then an event
 */
export function meetingEvents(seed: number): (now: number) => readonly WireObject[] {
  const random = createRandom(seed);
  return (now) => {
    if (!random.chance(SHARE)) return [];
    const [event, fields] = random.pick(EVENTS);
    return [{ method: 'event', event, ...fields(random, now) }];
  };
}

/** Steps of the traffic that bring such an event. */
const SHARE = 0.3;

type Fields = (random: Random, now: number) => WireObject;

const peer = (random: Random) => {
  const { id, name } = random.pick(PEERS);
  return { peerId: id, peerDn: name };
};

/** The list of a kind of devices, and which of them is used. */
function devices(kind: string, name: string): WireObject {
  const description = `Simulated ${name}`;
  const current = `current${kind[0]?.toUpperCase()}${kind.slice(1)}`;
  return {
    [`${kind}s`]: [{ name, description, type: 0 }],
    [`${current}Name`]: name,
    [`${current}Description`]: description,
    [`${current}Type`]: 0,
  };
}

const EVENTS: readonly [readonly [string, Fields], ...(readonly [string, Fields])[]] = [
  ['serverConnected', () => SERVER],
  ['login', () => ({ result: 0, peerId: 'room@some.server', peerDn: 'Simulated Room' })],
  [
    'usersStatusesChanged',
    (random) => ({ usersStatuses: [{ peerId: peer(random).peerId, status: random.int(0, 5) }] }),
  ],
  ['inviteReceived', (random) => ({ ...peer(random), type: 1, confId: CONFERENCE_ID })],
  [
    'conferenceCreated',
    (random) => ({
      confId: CONFERENCE_ID,
      confTitle: 'Simulated conference',
      confType: 1,
      conferenceOwner: peer(random).peerId,
      joinUrl: 'https://some.server/c/simulated',
      realTimeConferenceManagmentUrl: 'https://some.server/manage?key=simulated',
    }),
  ],
  ['newParticipantInConference', (random) => ({ ...peer(random), confId: CONFERENCE_ID })],
  ['participantLeftConference', (random) => ({ peerId: peer(random).peerId })],
  [
    'incomingChatMessage',
    (random, now) => ({ peerId: peer(random).peerId, message: 'Can you see my file?', time: now }),
  ],
  [
    'incomingGroupChatMessage',
    (random, now) => ({ ...peer(random), message: 'Hello', time: now, confId: CONFERENCE_ID }),
  ],
  ['chatMessageSent', (random) => ({ peerId: peer(random).peerId, message: 'Yes, thank you.' })],
  [
    'hardwareChanged',
    () => ({
      ...devices('audioCapturer', 'microphone'),
      ...devices('audioRenderer', 'speakers'),
      ...devices('videoCapturer', 'camera'),
      DSCaptureList: [],
    }),
  ],
  ['appSndDevChanged', () => ({ name: 'speakers', description: 'Simulated speakers' })],
  ['audioCapturerMute', (random) => ({ mute: random.chance(0.5) })],
  ['videoCapturerMute', (random) => ({ mute: random.chance(0.5) })],
  ['settingsChanged', (random) => ({ name: 'audioPlayLevel', value: random.int(0, 100) / 100 })],
  ['updateAvatar', (random) => ({ peerId: peer(random).peerId })],
  ['slideAdded', (random) => ({ name: 'slide.png', fileId: random.int(1, 1_000), idx: 0 })],
];
