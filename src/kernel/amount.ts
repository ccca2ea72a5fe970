const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A number of events as people write it: `1,975,680`; below a hundred, what is not whole keeps a tenth: `43.2`. */
export function amount(value: number): string {
  return (Math.abs(value) < 100 && !Number.isInteger(value) ? TENTHS : WHOLE).format(value);
}
