import type { Command } from 'commander';
import { contracts } from '#contracts';
import { clientOf } from '#kernel/client.ts';
import type { Output } from '#kernel/operation.ts';
import { httpSend } from './http-send.ts';

type Decision = Output<typeof contracts.releases.getGate>['decision'];

/** What a CI step tells apart; 1 to 9 are failures to ask. */
const EXIT: Record<Decision, number> = { allow: 0, needs_approval: 10, deny: 11 };
const WORDS: Record<Decision, string> = { allow: 'allowed', needs_approval: 'needs approval', deny: 'denied' };

interface GateFlags {
  kind: string;
  labels?: string;
  ref?: string;
  at?: string;
}

/** `nines gate <service>`: may it change now, and why. */
export function addGateCommand(program: Command, exitWith: (code: number) => void): void {
  const gate = program.command('gate').description('May this service change now, and approvals of its changes');
  gate
    // `nines gate checkout` asks; its options must not be read out of what stands behind `approve`.
    .command('ask', { isDefault: true })
    .description('May this service change now, and why; exits 0 allow, 10 needs approval, 11 deny')
    .argument('<service>')
    .option('--kind <deploy|config|flag|migration|rollback>', 'what kind of change', 'deploy')
    .option('--labels <labels>', 'labels of the change, separated by commas; `fix` passes at every level')
    .option('--ref <ref>', 'the change, as its commit or version; approvals are given to it')
    .option('--at <time>', 'ask for another moment than now, as 2026-11-20T12:00:00+01:00')
    .action(async (service: string, flags: GateFlags) => {
      const globals = program.opts<{ url: string; apiKey?: string; json?: boolean }>();
      const releases = clientOf(contracts.releases, httpSend(globals.url, globals.apiKey));
      const answer = await releases.getGate({
        params: { slug: service },
        query: flags as Parameters<typeof releases.getGate>[0]['query'] & GateFlags,
      });
      if (globals.json === true) console.log(JSON.stringify(answer));
      else {
        console.log(`${service}: ${WORDS[answer.decision]} (budget ${answer.level})`);
        for (const reason of answer.because) console.log(`  ${reason.code}: ${reason.text}`);
      }
      exitWith(EXIT[answer.decision]);
    });
}
