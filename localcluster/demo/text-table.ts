/** Columns aligned under their titles, two blanks apart; numbers to the right. */
export function textTable(
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(titles), ...rows.map(line)].join('\n');
}
