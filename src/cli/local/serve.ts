import { type Installation, startInstallation } from '#app/start.ts';
import type { Settings } from '#platform/config.ts';

/** Runs Nines until it is told to stop. The number is the exit code. */
export async function serve(settings: Settings): Promise<number> {
  const installation = await startInstallation(settings, (line) => console.log(line));
  const stopped = untilToldToStop();
  greet(installation, settings);
  await stopped;
  console.log('Stopping …');
  await installation.stop();
  // The channel to the launcher would keep the process alive for ever.
  if (process.connected) process.disconnect();
  return 0;
}

function greet({ url, setupNeeded, demo }: Installation, settings: Settings): void {
  console.log(`Nines is ready at ${url}`);
  if (demo !== undefined) greetDemo(demo.login);
  if (setupNeeded) console.log('Open it in a browser to create the administrator.');
  if (settings.smtpUrl === undefined) console.log('No mail server is set (NINES_SMTP_URL): notices go by webhook and in the browser only.');
}

function greetDemo(login: { email: string; password: string } | null): void {
  if (login === null) console.log('The sample company is loading. Sign in with your own account.');
  else console.log(`Sign in to the sample company as ${login.email} with the password ${login.password}`);
  console.log('In the browser: Now, Simulate an outage. The page comes within two minutes.');
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    // Started through the launcher under another Node: the launcher is gone, so nobody could stop us.
    process.once('disconnect', () => resolve());
  });
}
