import { useEffect, useRef, useState } from 'react';

const SETTLES_MS = 500;

/** A value once it has stopped changing: what a person types is asked about when they pause. Compared as JSON. */
export function useSettled<T>(value: T): T {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState({ text, value });
  const latest = useRef(value);
  latest.current = value;
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ text, value: latest.current }), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled.value;
}
