#!/usr/bin/env node
// Written so that Node.js 4 can still parse it: an old Node should say what it lacks, not fail over syntax.
'use strict';

var OLDEST = 20;
var version = process.versions.node;

if (parseInt(version, 10) < OLDEST) {
  process.stderr.write(`trueconf-files: needs Node.js ${OLDEST} or newer, this is ${version}.\n`);
  process.exitCode = 2;
} else {
  require('./run.js');
}
