#!/usr/bin/env node
'use strict';
const { begin } = require('../dist/bundle/begin.cjs');

void begin(process.argv, require.extensions);
