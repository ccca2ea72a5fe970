import { useCrumb } from '../../../frame/crumbs.tsx';
import { Page } from '../../../frame/page.tsx';
import { PageHead, Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { Calculator } from './calculator.tsx';
import { allowedSeconds, lengthWords, PERIODS, TARGET_PERCENTS } from './nines.ts';

const COLUMNS: Column<number>[] = [
  { head: 'Target', cell: (target) => <b className="medium">{target}&nbsp;%</b> },
  ...PERIODS.map(
    ({ name, days }): Column<number> => ({
      head: name === 'month' ? 'month (30.44 d)' : name,
      right: true,
      className: name === '30 d' ? 'medium' : 'soft',
      cell: (target) => lengthWords(allowedSeconds(target / 100, days)),
    }),
  ),
];

/** What a target allows, as time of full outage and as events. */
export function NinesPage() {
  useCrumb('Nines');
  return (
    <Page>
      <PageHead
        title="Nines"
        lead="How long everything may fail at a target. The minutes are those of a full outage; half the requests failing lasts twice as long."
      />
      <div className="stack">
        <Calculator />
        <Panel title="Time of full outage allowed" end="by target and period" flush>
          <Table plain label="Minutes by target and period" columns={COLUMNS} groups={[{ rows: TARGET_PERCENTS }]} rowKey={String} />
        </Panel>
        <p className="mute sm">A month is the average one of 30.44 days, a quarter 91.31 and a year 365.25.</p>
      </div>
    </Page>
  );
}
