import type { ReactNode } from 'react';
import classes from './scrolling.module.css';

/** What may be wider than the page, such as a table. */
export function Scrolling(props: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who cannot use a mouse scrolls a wide table with the keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  );
}
