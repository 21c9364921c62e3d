import { expect, it } from 'vitest';
import { Flow } from '../../src/watch/feed.js';

it('holds back from the first output that is full to the last that has room again', () => {
  const told: string[] = [];
  const flow = new Flow({ pause: () => told.push('pause'), resume: () => told.push('resume') });
  const stdout = flow.gate();
  const file = flow.gate();
  stdout.onFull();
  file.onFull();
  stdout.onDrain();
  expect(told).toEqual(['pause']);
  file.onDrain();
  expect(told).toEqual(['pause', 'resume']);
  file.onDrain();
  file.onFull();
  expect(told).toEqual(['pause', 'resume', 'pause']);
});
