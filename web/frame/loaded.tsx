import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Note, SkeletonRows } from '../ui/note.tsx';
import { explain } from './page.tsx';

/** Shows an answer, its skeleton while it is on its way, or why it did not come. An old answer stays while a new one loads. */
export function Loaded<T>({
  query,
  pending,
  children,
}: {
  query: UseQueryResult<T>;
  pending?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return pending ?? <SkeletonRows />;
  return (
    <Note tone="bad" act={<Button onClick={() => void query.refetch()}>Try again</Button>}>
      <p>
        <b className="strong">Not loaded.</b> {explain(query.error)}
      </p>
    </Note>
  );
}
