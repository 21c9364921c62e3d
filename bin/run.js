'use strict';

/** What keeps Node from loading a part of the program, which is done as late as possible. */
const WORDS = {
  EMFILE:
    'The program can not go on: this process may open no more files.\nAllow it more before it starts: ulimit -n 256',
  ENFILE: 'The program can not go on: this machine has no room for more open files.\nTry again later.',
  ERR_MODULE_NOT_FOUND: 'A part of the program is missing.\nInstall it again.',
};

let isDone = false;
// A wait that never ends lets Node exit by itself, as if all went well: that is a fault.
process.once('exit', (code) => {
  if (!isDone && code === 0) process.exitCode = 1;
});
import('../dist/start.js')
  .then(({ start }) => start())
  .then(() => {
    isDone = true;
  })
  .catch((error) => {
    const words = WORDS[error?.code];
    if (words === undefined) throw error;
    process.stderr.write(`trueconf-files: ${words}\n`);
    process.exit(1);
  });
