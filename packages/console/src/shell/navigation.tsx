import { ChartColumn, FileClock, KeyRound, ListTree, ScrollText, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import type { Me } from '../api/answers.ts';
import { pathOf } from '../api/client.ts';
import { useMe } from '../session/session.tsx';
import classes from './shell.module.css';

interface Door {
  readonly page: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly open: (me: Me) => boolean;
}

const isWide = ({ scope }: Me): boolean => scope.record === undefined;

// The service decides who may see what; what it would refuse is not offered.
const DOORS: readonly Door[] = [
  { page: 'integrity', label: 'Integrity', icon: <ShieldCheck size={17} aria-hidden />, open: isWide },
  { page: 'log', label: 'Log', icon: <ScrollText size={17} aria-hidden />, open: isWide },
  { page: 'records', label: 'Record history', icon: <FileClock size={17} aria-hidden />, open: () => true },
  {
    page: 'coaching',
    label: 'Coaching',
    icon: <ChartColumn size={17} aria-hidden />,
    open: (me) => isWide(me) && me.role !== 'auditor',
  },
  { page: 'incident', label: 'Incident', icon: <ListTree size={17} aria-hidden />, open: isWide },
];

export function Navigation({ tenant }: { readonly tenant: string | undefined }) {
  const me = useMe();
  const { record } = me.scope;
  const recordPath = record === undefined ? '' : `/${pathOf(record.type, record.id)}`;
  return (
    <nav className={classes.nav} aria-label="Pages">
      {tenant !== undefined &&
        DOORS.filter(({ open }) => open(me)).map(({ page, label, icon }) => (
          <NavLink key={page} to={`/${pathOf('t', tenant, page)}${page === 'records' ? recordPath : ''}`}>
            {icon}
            {label}
          </NavLink>
        ))}
      {me.role === 'admin' && isWide(me) && (
        <NavLink to="/access">
          <KeyRound size={17} aria-hidden />
          Access
        </NavLink>
      )}
    </nav>
  );
}
