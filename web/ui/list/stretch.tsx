import { type ReactNode, useEffect, useRef, useState } from 'react';

const NEAR = '1500px 0px';
const ROW_PX = 37;

/** Rows of a long table: drawn while they are near the window, an empty stretch as high as they are while they are not. */
export function Stretch({ rows, columns, children }: { rows: number; columns: number; children: ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useRef(rows * ROW_PX);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return;
        if (!entry.isIntersecting && element.childElementCount > 1) height.current = element.offsetHeight;
        setNear(entry.isIntersecting);
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <tbody ref={body}>
      {isNear ? (
        children
      ) : (
        <tr className="stretch" aria-hidden="true">
          <td colSpan={columns} style={{ height: height.current }}>
            &nbsp;
          </td>
        </tr>
      )}
    </tbody>
  );
}
