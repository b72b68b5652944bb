import { Facts, Value } from '../parts/json.tsx';

interface Change {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly value?: unknown;
}

/** What a person changed before they approved, field by field; the personal part of it lies by itself. */
export function Patch({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  const changes = [...changesOf(values['patch']), ...changesOf(values['patch.personal'])];
  if (changes.length === 0) return null;
  return (
    <Facts
      facts={[
        [
          'changes',
          <Facts
            key="changes"
            facts={changes.map(({ op, path, value }) => [
              fieldOf(path),
              op === 'remove' ? 'removed' : <Value key={String(path)} value={value} />,
            ])}
          />,
        ],
      ]}
    />
  );
}

function changesOf(patch: unknown): readonly Change[] {
  return Array.isArray(patch) ? patch.map(Object) : [];
}

/** A JSON pointer, as a path that people read. */
function fieldOf(path: unknown): string {
  const [, ...names] = String(path).split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')).join(' › ');
}
