import { burn, percent } from '../../lib/words.ts';
import { BurnBar } from '../../ui/budget.tsx';
import { CrosshairGroup } from '../../ui/chart/crosshair.tsx';
import { LineChart } from '../../ui/chart/line-chart.tsx';
import { BURN_SCALE, percentScale, type Point } from '../../ui/chart/scale.ts';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Panel, Section } from '../../ui/panel.tsx';

const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const FROM = NOW - 49 * MINUTE;
const TO = NOW + 11 * MINUTE;
const BROKE = NOW - 16.5 * MINUTE;

function noise(seed: number): number {
  return Math.abs(Math.sin(seed * 12.9898) * 43_758.5453) % 1;
}

function each(make: (at: number, index: number) => number | null, to = NOW): Point[] {
  return Array.from(
    { length: Math.round((to - FROM) / (MINUTE / 2)) + 1 },
    (_, index) => [FROM + (index * MINUTE) / 2, make(FROM + (index * MINUTE) / 2, index)] as const,
  );
}

const FAILED = each((at, index) => (at < BROKE ? 0.002 : 0.37 + noise(index) * 0.03));
const LEFT = each((at) => (at < BROKE ? 0.58 : 0.58 - ((at - BROKE) / MINUTE) * 0.0088));
const LONG = each((at, index) => (at < BROKE ? 0.4 + noise(index) * 0.1 : 0.5 + ((at - BROKE) / MINUTE) * 6.3));
const SHORT = each((at, index) => (index === 30 ? null : at < BROKE ? 0.3 + noise(index + 7) * 0.5 : 20 + ((at - BROKE) / MINUTE) * 20));
const CHANGES = [
  { at: BROKE - 20_000, label: 'deploy 47.3' },
  { at: NOW - MINUTE, label: 'rollback' },
];
const BANDS = [{ from: BROKE, to: NOW, label: 'INC-214' }];

export function ChartParts() {
  return (
    <Section title="Charts">
      <div className="cols wide">
        <div className="stack mid">
          <Panel>
            <CrosshairGroup>
              <LineChart
                title="Failed requests"
                label="Failed share: near zero, then about 38 percent"
                from={FROM}
                to={TO}
                height={116}
                scale={percentScale(0.4)}
                write={percent}
                series={[{ label: 'share failed', points: FAILED, tone: 'bad', fill: true }]}
                bands={BANDS}
                changes={CHANGES}
                now={NOW}
                bare
              />
              <LineChart
                title="Budget left"
                label="Budget left: 58 percent falling to 43.5"
                from={FROM}
                to={TO}
                height={150}
                scale={percentScale(0.7)}
                write={percent}
                series={[{ label: 'counted', points: LEFT, tone: 'counted', fill: true, end: true }]}
                bands={[{ from: BROKE, to: NOW }]}
                levels={[
                  { value: 0.5, label: 'caution below 50 %' },
                  { value: 0.25, label: 'slow below 25 %' },
                ]}
                projection={[
                  [NOW, 0.435],
                  [TO, 0.34],
                ]}
                marks={[{ at: TO - 3 * MINUTE, value: 0.36, label: 'slow 03:40', colour: 'var(--orange)' }]}
                now={NOW}
              />
            </CrosshairGroup>
          </Panel>
          <Panel>
            <LineChart
              title="Burn"
              label="Burn over 1 hour and 5 minutes on a log scale"
              from={FROM}
              to={TO}
              height={170}
              scale={BURN_SCALE}
              write={burn}
              series={[
                { label: '1 h', points: LONG, tone: 'counted', end: true },
                { label: '5 min', points: SHORT, tone: 'quiet', end: true },
              ]}
              threshold={{ value: 14.4, label: 'page at 14.4×' }}
              changes={CHANGES}
              now={NOW}
            />
          </Panel>
        </div>
        <div className="stack mid">
          <Panel title="Burn bars">
            <BurnBar rate={104.9} threshold={14.4} label="1 h" />
            <BurnBar rate={380} threshold={14.4} label="5 min" short />
            <br />
            <BurnBar rate={0.6} threshold={6} label="6 h" />
            <BurnBar rate={null} threshold={6} label="30 min" short />
          </Panel>
          <Panel title="Sparkline">
            <Sparkline
              label="Budget left over 30 days"
              values={Array.from({ length: 40 }, (_, at) => (at === 12 ? null : 0.6 - at * 0.004 - (at > 34 ? (at - 34) * 0.05 : 0)))}
            />
          </Panel>
        </div>
      </div>
    </Section>
  );
}
