#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later can keep what they have compiled for the next start.
module.enableCompileCache?.();
const { start } = await import('../dist/start.js');
await start();
