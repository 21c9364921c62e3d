import { describe, expect, it } from 'vitest';
import { NO_CONFIG, parseConfig, roomsNamed } from '../../src/config/config.js';

const parse = (value: unknown) => parseConfig(JSON.stringify(value), '/c.json');
const room = (fields: object) => ({ rooms: { lobby: { address: '10.0.0.5', ...fields } } });

describe('a config', () => {
  it('names Rooms', () => {
    const config = parse({
      $schema: './config.schema.json',
      rooms: {
        lobby: { address: '10.0.0.5', role: 'user', credentialsFile: 'lobby.pin', tags: ['floor1'] },
        'Зал-2': { address: 'ws://10.0.0.6:8765', credentialsCommand: 'pass show room/2', tags: ['floor2'] },
        open: { address: '10.0.0.7' },
      },
      defaults: { heartbeat: '30s', keep: 100, takeover: true, exec: ['failed=./alert.sh'] },
    });
    expect(config.rooms).toEqual([
      {
        name: 'lobby',
        address: '10.0.0.5',
        role: 'user',
        credentials: { file: 'lobby.pin' },
        tags: ['floor1'],
      },
      {
        name: 'Зал-2',
        address: 'ws://10.0.0.6:8765',
        role: null,
        credentials: { command: 'pass show room/2' },
        tags: ['floor2'],
      },
      { name: 'open', address: '10.0.0.7', role: null, credentials: null, tags: [] },
    ]);
    expect(config.defaults).toEqual({
      heartbeat: '30s',
      keep: 100,
      takeover: true,
      exec: ['failed=./alert.sh'],
    });
    const names = (reference: string) => roomsNamed(reference, config).map(({ name }) => name);
    expect(names('@lobby')).toEqual(['lobby']);
    expect(names('@floor2')).toEqual(['Зал-2']);
    expect(names('@all')).toEqual(['lobby', 'Зал-2', 'open']);
    expect(() => names('@attic')).toThrow('No Room is named or tagged "@attic".');
    expect(() => roomsNamed('@all', NO_CONFIG)).toThrow('No Room is named or tagged "@all".');
  });

  it.each([
    [room({ pin: '1234' }), 'rooms.lobby.pin is a secret'],
    [room({ password: 'hunter2' }), 'rooms.lobby.password is a secret'],
    [room({ credentials: 'hunter2' }), 'rooms.lobby.credentials is a secret'],
    [room({ accessToken: 'hunter2' }), 'rooms.lobby.accessToken is a secret'],
    [{ pin: 'hunter2' }, 'pin is a secret'],
    [{ defaults: { token: 'hunter2' } }, 'defaults.token is a secret'],
  ])('%j holds a secret, which is not quoted', (value, message) => {
    expect(() => parse(value)).toThrow(message);
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('credentialsFile') }),
    );
    expect(() => parse(value)).not.toThrow(/1234|hunter2/);
  });

  it.each([
    [[], 'must be an object'],
    [{ room: {} }, 'room is not known'],
    [{ rooms: [] }, 'rooms must be an object'],
    [{ rooms: { lobby: '10.0.0.5' } }, 'rooms.lobby must be an object'],
    [{ rooms: { lobby: {} } }, 'rooms.lobby has no address'],
    [{ rooms: { lobby: { address: 5 } } }, 'rooms.lobby.address must be a text'],
    [{ rooms: { lobby: { address: '@hall' } } }, 'rooms.lobby.address must be an address'],
    [{ rooms: { '-x': { address: 'a' } } }, 'rooms.-x a name has'],
    [{ rooms: { all: { address: 'a' } } }, 'rooms.all "all" is the word for all Rooms'],
    [room({ adress: 'a' }), 'rooms.lobby.adress is not known'],
    [room({ role: 'guest' }), 'rooms.lobby.role must be admin or user'],
    [room({ tags: 'a' }), 'rooms.lobby.tags must be a list'],
    [room({ tags: ['lobby'] }), 'the tag "lobby" is also the name of a Room'],
    [room({ tags: ['all'] }), 'the tag "all" is also the word for all Rooms'],
    [room({ credentialsFile: 'a', credentialsCommand: 'b' }), 'has both'],
    [{ defaults: { keep: null } }, 'defaults.keep must be'],
  ])('%j is refused: %s', (value, message) => {
    expect(() => parse(value)).toThrow(message);
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('that is not JSON says where, and quotes nothing', () => {
    const broken = '{\n  "rooms": {\n    "lobby": { "pin": "hunter2" x }\n  }\n}';
    expect(() => parseConfig(broken, '/c.json')).toThrow(/line 3, column 33/);
    expect(() => parseConfig(broken, '/c.json')).not.toThrow('hunter2');
    expect(() => parseConfig('', '/c.json')).toThrow('is not JSON');
  });
});
