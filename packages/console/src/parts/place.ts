import { fromUrlSegment } from '@sealtrail/format';
import { useParams } from 'react-router';

/** What the address names: a tenant, a record. */
export function usePlace(): Readonly<Record<'tenant' | 'type' | 'id', string | undefined>> {
  const { tenant, type, id } = useParams();
  return { tenant: nameOf(tenant), type: nameOf(type), id: nameOf(id) };
}

const nameOf = (segment: string | undefined): string | undefined =>
  segment === undefined ? undefined : fromUrlSegment(segment);
