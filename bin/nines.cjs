#!/usr/bin/env node
// ES5-safe on purpose: whatever Node a machine has must be able to run this far. It finds the Node that npm
// installed beside Nines and hands over to it.
'use strict';
require('./runtime.cjs').run(require('path').join(__dirname, '..', 'src', 'main.ts'), process.argv.slice(2));
