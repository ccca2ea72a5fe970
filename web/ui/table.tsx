import type { ReactNode } from 'react';
import { Stretch } from './list/stretch.tsx';

export interface Column<Row> {
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  right?: boolean;
  /** Gone under 1181 px, and on phones. */
  spare?: boolean;
  /** On a phone this cell takes a line of its own. */
  full?: boolean;
  /** On a phone, where the head is gone, the word before the value. */
  phoneLabel?: string;
  className?: string;
}

export interface RowGroup<Row> {
  title?: ReactNode;
  note?: ReactNode;
  rows: readonly Row[];
}

/** A table whose rows become two lines on a phone. Rows answer to `j` and `k`. */
export function Table<Row>(props: {
  columns: readonly Column<Row>[];
  groups: readonly RowGroup<Row>[];
  rowKey: (row: Row) => string;
  isSelected?: (row: Row) => boolean;
  label: string;
  /** Keeps its columns on a phone and scrolls sideways instead: for figures that are compared. */
  plain?: boolean;
  /** Of thousands of rows only those near the window are drawn. */
  long?: boolean;
}) {
  const { columns, groups, rowKey } = props;
  const lines = groups.flatMap((group, at) => [
    ...(group.title === undefined
      ? []
      : [
          <tr className="group" key={`g${at}`}>
            <td colSpan={columns.length}>
              <b>{group.title}</b> {group.note}
            </td>
          </tr>,
        ]),
    ...group.rows.map((row) => (
      <tr key={rowKey(row)} data-row className={props.isSelected?.(row) === true ? 'sel' : undefined}>
        {columns.map((column, index) => (
          <td key={index} className={cellClass(column, true)} data-l={column.phoneLabel}>
            {column.cell(row)}
          </td>
        ))}
      </tr>
    )),
  ]);
  const table = (
    <table className={props.plain === true ? undefined : 'tbl'} aria-label={props.label}>
      <thead>
        <tr>
          {columns.map((column, at) => (
            <th key={at} scope="col" className={cellClass(column, false)}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      {props.long === true ? (
        chunked(lines).map((chunk) => (
          <Stretch key={chunk[0]?.key} rows={chunk.length} columns={columns.length}>
            {chunk}
          </Stretch>
        ))
      ) : (
        <tbody>{lines}</tbody>
      )}
    </table>
  );
  return props.plain === true ? (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={props.label}>
      {table}
    </div>
  ) : (
    table
  );
}

const CHUNK = 50;

function chunked<T>(lines: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(lines.length / CHUNK) }, (_, at) => lines.slice(at * CHUNK, (at + 1) * CHUNK));
}

function cellClass<Row>(column: Column<Row>, isBody: boolean): string | undefined {
  const names = [column.right === true ? 'r' : '', column.spare === true ? 'hide' : ''];
  if (isBody) names.push(column.full === true ? 'full' : '', column.className ?? '');
  return names.filter((name) => name !== '').join(' ') || undefined;
}
