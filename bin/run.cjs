// Runs a repository tool under the Node that npm installed beside Nines: node bin/run.cjs tools/check.ts
'use strict';
require('./runtime.cjs').run(require('path').resolve(process.argv[2]), process.argv.slice(3));
