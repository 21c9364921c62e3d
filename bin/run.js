'use strict';

let isDone = false;
// A wait that never ends lets Node exit by itself, as if all went well: that is a fault.
process.once('exit', (code) => {
  if (!isDone && code === 0) process.exitCode = 1;
});
import('../dist/start.js')
  .then(({ start }) => start())
  .then(() => {
    isDone = true;
  });
