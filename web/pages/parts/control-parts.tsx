import { useState } from 'react';
import { BudgetCell } from '../../ui/budget.tsx';
import { Button, Segments } from '../../ui/button.tsx';
import { Check, SelectField, TextField } from '../../ui/form/field.tsx';
import { Form } from '../../ui/form/form.tsx';
import { Avatar, Chip, LevelChip, levelLook, Meter, SeverityChip, severityLook } from '../../ui/mark.tsx';
import { Note } from '../../ui/note.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Menu, MenuItem } from '../../ui/overlay/menu.tsx';
import { toast } from '../../ui/overlay/toast.tsx';
import { Section } from '../../ui/panel.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Why } from '../../ui/why.tsx';

const PROBLEM = {
  message: 'The incident was not declared.',
  fields: [{ path: 'body.service', message: 'No service “chekout”. Did you mean checkout?' }],
};

export function ControlParts() {
  return (
    <>
      <Section title="Severity, level, state">
        <States />
      </Section>
      <Section title="Buttons">
        <Buttons />
      </Section>
      <Section title="Declare">
        <DeclareExample />
      </Section>
    </>
  );
}

function States() {
  return (
    <div className="panel pad stack tight">
      <div className="row wrap">
        <SeverityChip severity="sev1" />
        <SeverityChip severity="sev2" />
        <SeverityChip severity="sev3" />
        <SeverityChip severity="sev4" />
        <Why
          chip={severityLook('sev2')}
          title="Why SEV2"
          reason={{
            code: 'most_users',
            text: '38 % of checkouts fail; other payment methods work.',
            facts: { failed: 3528, valid: 9284, confirmedBy: 'Tomás Rey' },
          }}
          foot="SEV2 pages the on-call and asks for a customer update every 30 min."
        />
      </div>
      <div className="row wrap">
        <LevelChip level="healthy" />
        <LevelChip level="caution" />
        <LevelChip level="slow" />
        <LevelChip level="frozen" />
        <LevelChip level="exhausted" />
        <LevelChip level={undefined} />
        <Why
          chip={levelLook('caution')}
          title="Why caution"
          sum={[
            { label: 'Failed', value: '13,738' },
            { label: 'Allowed', value: '24,310' },
            { label: 'Left', value: '43.5 %', kind: 'total' },
          ]}
        />
      </div>
      <div className="row wrap">
        <Chip>Investigating</Chip>
        <Chip>Identified</Chip>
        <Chip tone="green" glyph="tick">
          Resolved
        </Chip>
        <Chip tone="accent">started</Chip>
        <Chip mono>service=checkout</Chip>
        <Meter strength={3} label="strong" />
        <Avatar name="Mara Lindqvist" me />
        <Avatar name="Tomás Rey" />
      </div>
      <div className="stack tight budget-parts">
        <BudgetCell leftRatio={0.78} level="healthy" />
        <BudgetCell leftRatio={0.435} level="caution" />
        <BudgetCell leftRatio={0.142} level="slow" />
        <BudgetCell leftRatio={0.061} level="frozen" />
        <BudgetCell leftRatio={-0.04} level="exhausted" />
        <BudgetCell leftRatio={null} level={undefined} absent="no data since 03:09" />
      </div>
    </div>
  );
}

function Buttons() {
  const [shown, setShown] = useState<'all' | 'people' | 'public'>('all');
  const [tab, setTab] = useState<'evidence' | 'alerts'>('evidence');
  const [open, setOpen] = useState(false);
  return (
    <div className="panel pad stack tight">
      <div className="row wrap">
        <Button
          kind="primary"
          hotkey="E"
          onClick={() => toast('You have it. SMS, call and Tomás Rey are called off.', { label: 'Undo', run: () => undefined })}
        >
          Acknowledge
        </Button>
        <Button onClick={() => setOpen(true)}>Snooze</Button>
        <Button kind="ghost">Cancel</Button>
        <Button disabled>Resolve</Button>
        <Menu trigger={<Button icon="more" aria-label="More" />}>
          <MenuItem icon="bell-off" onSelect={() => undefined}>
            Silence
          </MenuItem>
          <MenuItem icon="person" hotkey="P" onSelect={() => undefined}>
            Page someone
          </MenuItem>
        </Menu>
      </div>
      <div className="row wrap">
        <Button kind="primary" size="large">
          Acknowledge
        </Button>
        <Button size="large">Open</Button>
      </div>
      <div className="row wrap">
        <Segments
          label="Example"
          value={shown}
          onChange={setShown}
          options={[
            { value: 'all', label: 'All' },
            { value: 'people', label: 'People' },
            { value: 'public', label: 'Public' },
          ]}
        />
      </div>
      <Tabs
        label="Example"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'evidence', label: 'Evidence', panel: <p className="soft">Charts and suspects.</p> },
          { value: 'alerts', label: 'Alerts', count: 3, panel: <p className="soft">Three alerts joined.</p> },
        ]}
      />
      <div className="row wrap">
        <span className="live">
          <i />
          Live
        </span>
        <span className="live lost">
          <i />
          Lost 12 s ago, trying again. What you see is from 03:19:08.
        </span>
      </div>
      <Dialog open={open} onOpenChange={setOpen} title="Snooze this page" narrow>
        <p className="soft">It comes back by itself, to whoever is on call then.</p>
        <div className="foot">
          <Button kind="primary" size="large" onClick={() => setOpen(false)}>
            Snooze for 30 min
          </Button>
          <Button size="large" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

function DeclareExample() {
  return (
    <Form
      className="panel pad stack tight"
      problem={PROBLEM}
      fields={['title', 'severity', 'service']}
      onSubmit={() => undefined}
      label="Declare, as an example"
    >
      <TextField name="title" label="What is broken, as a customer would say it" defaultValue="Card payments fail at checkout" />
      <SelectField
        name="severity"
        label="Severity"
        hint="proposed by the alert"
        options={[{ value: 'sev2', label: 'SEV2 major: most users, significant' }]}
      />
      <TextField name="service" label="Service" defaultValue="chekout" />
      <Check name="drill">This is a drill</Check>
      <Note>
        <p>
          This pages <b className="strong">Payments primary</b>, tells the secondary, drafts the status page, and asks for a first update by{' '}
          <b className="strong num">03:23</b>.
        </p>
      </Note>
      <div className="row wrap">
        <Button kind="primary" size="large" type="submit">
          Declare SEV2
        </Button>
        <Button size="large">Declare as a drill</Button>
      </div>
    </Form>
  );
}
