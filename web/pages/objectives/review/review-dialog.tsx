import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { TextArea } from '../../../ui/form/field.tsx';
import { Form, textOf } from '../../../ui/form/form.tsx';
import { FormFoot } from '../../../ui/form/form-foot.tsx';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import type { Objective } from '../objective-look.ts';

/** What was looked back on, in words: with it the gate answers by the budget again. */
export function ReviewDialog({ objective, open, onClose }: { objective: Objective; open: boolean; onClose: () => void }) {
  const record = useAct((notes: string) => api.slo.reviewLevel({ params: { slug: objective.slug }, body: { notes } }), {
    renews: ['slo', 'releases'],
    said: () => 'The gate answers by the budget again.',
    after: onClose,
  });
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title={`Review of ${objective.review?.levelName ?? 'the budget'}`}>
      <Form problem={record.error} fields={['notes']} onSubmit={(data) => record.mutate(textOf(data, 'notes'))}>
        <TextArea
          name="notes"
          label="What was looked back on"
          hint="what spent the budget, what was done about it, what has to change before the next release"
          rows={6}
          placeholder="The broken release of 12 November took half of it, slow searches the rest. A canary goes before each release from now on; the index was rebuilt."
          required
        />
        <p className="mute sm">
          Your name and the time are kept with it. Changes to {objective.service.name} pass again as its budget allows.
        </p>
        <FormFoot busy={record.isPending} onCancel={onClose}>
          Record and lift
        </FormFoot>
      </Form>
    </Dialog>
  );
}
