#!/usr/bin/env node
'use strict';
const { main } = require('../dist/bundle/main.cjs');

void run();

async function run() {
  process.exitCode = await main(process.argv);
}
