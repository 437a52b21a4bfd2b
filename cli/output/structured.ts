import { harmlessJson, isHarmless } from './harmless-text.js';

/** JSON for programs and people. */
export function jsonText(data: unknown): string {
  return `${harmlessJson(JSON.stringify(data ?? {}, undefined, 2))}\n`;
}

/** YAML of the same data. */
export async function yamlText(data: unknown): Promise<string> {
  const { Document, Scalar, visit } = await import('yaml');
  const document = new Document(data ?? {}, { aliasDuplicateObjects: false });
  // Only double-quoted text has escapes.
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !isHarmless(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return harmlessJson(document.toString({ lineWidth: 0 }));
}
