import { describe, expect, it } from 'vitest';
import { NOTIFY_INTERVAL_MS, Notifier, notification } from '../../src/screen/notify.js';
import { changeOf, inStatus, NOW } from './sample.js';

const failed = (name: string, origin: 'event' | 'snapshot' | 'resync' = 'event') =>
  changeOf(inStatus('failed', 0, { name }), { origin });

describe('what a person is notified of', () => {
  it('is a change to one of the statuses, at most once a second, and how many more', () => {
    const notifier = new Notifier(['failed', 'waiting']);
    expect(notifier.take(NOW)).toBeNull();
    notifier.add(failed('a.pdf'));
    expect(notifier.take(NOW)).toBe('failed: a.pdf, Anna');
    expect(notifier.take(NOW + NOTIFY_INTERVAL_MS)).toBeNull();
    notifier.add(failed('b.pdf'));
    notifier.add(changeOf(inStatus('waiting', 0, { name: 'c.pdf' })));
    notifier.add(failed('d.pdf', 'resync'));
    expect(notifier.take(NOW + NOTIFY_INTERVAL_MS - 1)).toBeNull();
    expect(notifier.take(NOW + NOTIFY_INTERVAL_MS)).toBe('failed: b.pdf, Anna, and 2 more');
  });

  it('is neither another status nor what was there before', () => {
    const notifier = new Notifier(['failed']);
    notifier.add(failed('old.pdf', 'snapshot'));
    notifier.add(changeOf(inStatus('complete', 0)));
    expect(notifier.take(NOW)).toBeNull();
  });

  it('is safe text of bounded length', () => {
    const notifier = new Notifier(['failed']);
    notifier.add(failed(`\x1b]0;x\x07${'long'.repeat(99)}`));
    const text = notifier.take(NOW) ?? '';
    expect(text).toMatch(/^failed: \\x1b\]0;x\\x07long/);
    expect(text.length).toBeLessThan(200);
  });
});

describe('a notification', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['kitty', { TERM: 'xterm-kitty' }, '\x1b]99;;failed: a,b\x1b\\\x07'],
    ['iTerm2', { TERM_PROGRAM: 'iTerm.app' }, '\x1b]9;failed: a,b\x07\x07'],
    ['foot', { TERM: 'foot-extra' }, '\x1b]777;notify;trueconf-files;failed: a,b\x07\x07'],
    ['GNOME Terminal', { VTE_VERSION: '7200' }, '\x1b]777;notify;trueconf-files;failed: a,b\x07\x07'],
    ['tmux within one of them', { TERM_PROGRAM: 'iTerm.app', TMUX: '/tmp/x' }, '\x07'],
    ['GNU screen within one of them', { VTE_VERSION: '7200', STY: '1.x' }, '\x07'],
    ['any other', { TERM: 'xterm' }, '\x07'],
  ])('in %s', (_, env, sequence) => {
    expect(notification('failed: a;b', env)).toBe(sequence);
  });
});
