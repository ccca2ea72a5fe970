'use strict';
var childProcess = require('child_process');
var path = require('path');
var url = require('url');

function isRecent(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  return major > 22 || (major === 22 && Number(parts[1]) >= 18);
}

function packagedNode() {
  try {
    var manifest = require.resolve('node-' + process.platform + '-' + process.arch + '/package.json');
    return path.join(path.dirname(manifest), 'bin', 'node');
  } catch (missing) {
    return undefined;
  }
}

function handOver(binary, script, args) {
  var child = childProcess.spawn(binary, [script].concat(args), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('exit', function (code, signal) {
    if (signal) process.exitCode = 1;
    else process.exitCode = code;
  });
}

exports.run = function run(script, args) {
  var binary = packagedNode();
  if (isRecent(process.versions.node)) {
    process.argv = [process.argv[0], script].concat(args);
    // Hidden from old parsers, which refuse the word import() at load time.
    new Function('target', 'return import(target)')(url.pathToFileURL(script).href);
  } else if (binary) {
    handOver(binary, script, args);
  } else {
    console.error(
      'Nines needs Node 22.18 or newer; this is ' + process.versions.node + '. Install a newer Node and run the command again.',
    );
    process.exitCode = 1;
  }
};
