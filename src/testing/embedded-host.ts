// A process that owns an embedded database, for tests that kill it: node embedded-host.ts <data folder> [mode].
// Says one line of JSON when the database answers, and stops in good order when its input ends.
import { AppError } from '#kernel/errors.ts';
import { claimDataFolder } from '#platform/data-folder.ts';
import type { PrivilegeMode } from '#platform/db/embedded/privileges.ts';
import { startEmbedded } from '#platform/db/embedded.ts';

const [, , folder = '', mode] = process.argv;
try {
  const claim = claimDataFolder(folder);
  const forced: { mode?: PrivilegeMode } = mode === 'plain' || mode === 'userns' || mode === 'nobody' ? { mode } : {};
  const server = await startEmbedded(claim.path, forced);
  console.log(JSON.stringify({ connection: server.connection, mode: server.mode, reused: server.reused }));
  process.stdin.resume().on('end', () => {
    void server.stop().then(() => {
      claim.release();
      process.exit(0);
    });
  });
} catch (cause) {
  console.log(JSON.stringify({ error: cause instanceof AppError ? `${cause.code}: ${cause.message}` : String(cause) }));
  process.exitCode = 1;
}
