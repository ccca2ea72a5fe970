import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { Note, SkeletonBlock, SkeletonRows } from '../ui/note.tsx';

/** The body of a page inside the frame. */
export function Page({ children, bare = false }: { children: ReactNode; bare?: boolean }) {
  return (
    <main id="main" className={bare ? undefined : 'page'}>
      {children}
    </main>
  );
}

/** Shown while a page's first answers are on their way. */
export function PagePending() {
  return (
    <Page>
      <div className="head" aria-hidden="true">
        <div className="grow">
          <SkeletonBlock height={24} />
        </div>
      </div>
      <SkeletonRows rows={5} label="Loading the page" />
    </Page>
  );
}

/** A page that could not be shown: what happened and what to do. */
export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const isMissing = error instanceof ApiProblem && error.code === 'not_found';
  return (
    <Page>
      <Note tone="bad" act={<Button onClick={reset}>Try again</Button>}>
        <p>
          <b className="strong">{isMissing ? 'There is nothing here.' : 'This page could not be shown.'}</b> {explain(error)}
        </p>
      </Note>
    </Page>
  );
}

export function explain(error: unknown): string {
  if (error instanceof ApiProblem)
    return error.requestId === undefined || error.code !== 'internal' ? error.message : `${error.message} (request ${error.requestId})`;
  return error instanceof Error ? error.message : 'No reason was given.';
}
