import { Button, type ButtonProps, Loader } from '@mantine/core';
import type { MouseEvent, MouseEventHandler, ReactNode } from 'react';

interface Props extends ButtonProps {
  /** Whether what it began is under way: it does nothing until that is over. */
  readonly isBusy: boolean;
  readonly type?: 'button' | 'submit';
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
  readonly children: ReactNode;
}

/** A button that keeps the focus while it is busy. Disabled by the browser's own means, it would lose it for good. */
export function BusyButton({ isBusy, leftSection, onClick, ...rest }: Props) {
  return (
    <Button
      {...rest}
      leftSection={isBusy ? <Loader size={14} color="currentColor" aria-hidden /> : leftSection}
      {...(isBusy ? { 'aria-disabled': true, 'data-disabled': true, onClick: doNothing } : { onClick })}
    />
  );
}

/** Nor does a form that it is the button of. */
const doNothing = (event: MouseEvent): void => event.preventDefault();
