import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import { afterEach, expect, it } from 'vitest';
import { useFolder } from '../support/folder.js';
import { statusFrame } from '../support/frames.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { newPath } = useFolder();
const startRoom = useScriptedWebRooms();

const devices: SlowDevice[] = [];
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.dispose()));
});

/** A device that takes what its buffer holds, and no more until it is read. */
class SlowDevice {
  readonly path: string;
  text = '';
  readonly #pty: ReturnType<typeof spawn>;
  readonly #ended: Promise<void>;

  static async start(): Promise<SlowDevice> {
    const pty = spawn('sh', ['-c', 'stty raw -echo; tty; exec sleep 1000'], {});
    const path = await new Promise<string>((resolve) => {
      const reading = pty.onData((text) => {
        reading.dispose();
        resolve(text.trim());
      });
    });
    pty.pause();
    const device = new SlowDevice(pty, path);
    devices.push(device);
    return device;
  }

  private constructor(pty: ReturnType<typeof spawn>, path: string) {
    this.path = path;
    this.#pty = pty;
    pty.onData((text) => {
      this.text += text;
    });
    this.#ended = new Promise((resolve) => pty.onExit(() => resolve()));
  }

  read(): void {
    this.#pty.resume();
  }

  async dispose(): Promise<void> {
    this.#pty.resume();
    this.#pty.kill('SIGKILL');
    await this.#ended;
  }
}

const status = (at: number) => statusFrame(`id-${at}`, 3, { fileName: 'x'.repeat(2_000) });
const FRAMES = 20_000;

it('a disk that is slower than the Room holds the Room back, and loses nothing', async () => {
  const device = await SlowDevice.start();
  const room = await startRoom();
  const program = run(['watch', room.webSocketUrl, '--json', '--record', device.path]);
  await program.connected();
  for (let at = 0; at < FRAMES; at++) room.send(status(at));
  await room.untilHeldUp();
  // Memory stays bounded: most of what the Room has sent has not been read.
  expect(program.transfers.length).toBeLessThan(FRAMES / 2);
  device.read();
  await program.until(() => program.transfers[FRAMES - 1]);
  program.kill('SIGTERM');
  expect(await program.ended).toBe(143);
  const lines = device.text.trimEnd().split('\n');
  expect(lines.filter((line) => line.includes('"received"')).length).toBeGreaterThan(FRAMES);
  expect(() => lines.map((line) => JSON.parse(line))).not.toThrow();
});

it.skipIf(process.platform === 'win32')(
  'a pipe that is not read holds up the end for seconds only, and that is said',
  async () => {
    const path = newPath('fifo');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const room = await startRoom();
      const program = run(['watch', room.webSocketUrl, '--json', '--record', path]);
      await program.connected();
      for (let at = 0; at < FRAMES; at++) room.send(status(at));
      await room.untilHeldUp();
      program.kill('SIGTERM');
      expect(await program.ended).toBe(1);
      expect(program.stderr.text).toMatch(
        /The recording ".*fifo" is incomplete: \d+ lines were not written, as its reader took nothing\.\n$/,
      );
    } finally {
      closeSync(reader);
    }
  },
);
