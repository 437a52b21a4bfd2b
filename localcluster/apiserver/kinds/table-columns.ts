import type { TableColumn } from './kind.js';

export function column(name: string, description: string): TableColumn {
  return { name, format: '', description, wide: false };
}

/** A column that only `kubectl get -o wide` shows. */
export function wideColumn(name: string, description: string): TableColumn {
  return { ...column(name, description), wide: true };
}

export const NAME_COLUMN: TableColumn = {
  ...column('Name', "The object's name, unique among those of its kind in its namespace."),
  format: 'name',
};

export const AGE_COLUMN = column('Age', 'Time since the object was created.');
