'use strict';

// A wait that never ends lets Node exit by itself: until the program says otherwise, that is a fault.
process.exitCode = 1;
import('../dist/start.js').then(({ start }) => start());
