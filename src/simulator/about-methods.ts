import type { Handler } from './methods.js';

/**
 * Commands about the Room itself that clients ask right after signing in, files apart; shapes from their pages, values
 * made up. The lists are shortened: a Room has some forty settings.
 */
export const ABOUT_METHODS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'getAppState',
    (_, { httpPort, conferenceId }) => ({
      fields: {
        embeddedHttpPort: httpPort,
        appState: conferenceId === null ? APP_STATE_NORMAL : APP_STATE_CONFERENCE,
      },
    }),
  ],
  ['getTokenForHttpServer', (_, { newHttpToken }) => ({ fields: { token: newHttpToken() } })],
  ['getSettings', () => ({ fields: { settings: SETTINGS } })],
  ['getSystemInfo', () => ({ fields: SYSTEM_INFO })],
  ['getMonitorsInfo', () => ({ fields: { monitors: [MONITOR], currentMonitor: 0 } })],
  [
    'getConferences',
    (_, { conferenceId }) =>
      conferenceId === null ? { error: 'no conference' } : { fields: conference(conferenceId) },
  ],
]);

const APP_STATE_NORMAL = 3;
const APP_STATE_CONFERENCE = 5;

const SETTINGS = [
  { name: 'audioPlayLevel', value: 1 },
  { name: 'autoAccept', value: false },
  { name: 'enableAutologin', value: true },
  { name: 'language', value: 'en' },
  { name: 'selfViewMirror', value: true },
];

const VERSION = { major: 4, minor: 3, revision: 0, build: 0 };

const SYSTEM_INFO = {
  authInfo: { peerId: 'room@some.server', peerDn: 'Simulated Room' },
  fileInfo: VERSION,
  productInfo: VERSION,
  permissionsInfo: { tariffName: '', p2p: true, createMulti: true, symMaxNumber: 10 },
  bitrateLimits: { max: 20_480, min: 32 },
};

const SCREEN = { x: 0, y: 0, width: 1_920, height: 1_080 };

const MONITOR = {
  name: 'Simulated Monitor',
  primary: true,
  index: 0,
  ignored: false,
  geomMonitor: SCREEN,
  geomWork: SCREEN,
};

function conference(confId: string) {
  return {
    confId,
    confType: 1,
    isSmartMeeting: false,
    slideShowPresent: false,
    duration: 60,
    joinUrl: '',
    autoJoin: false,
    confTitle: 'Simulated conference',
    conferenceOwner: 'room@some.server',
    confState: 1,
    maxParticipants: 36,
  };
}
