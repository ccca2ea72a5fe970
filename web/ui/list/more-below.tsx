import { useEffect, useRef } from 'react';
import { Button } from '../button.tsx';

/** Reads on as one scrolls to the foot of a list; a button for who would rather press. */
export function MoreBelow({ more, busy }: { more: () => void; busy: boolean }) {
  const foot = useRef<HTMLParagraphElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    const element = foot.current;
    if (element === null || busy) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && latest.current(), { rootMargin: '600px 0px' });
    observer.observe(element);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <p className="more" ref={foot}>
      <Button onClick={more} busy={busy}>
        Show more
      </Button>
    </p>
  );
}
