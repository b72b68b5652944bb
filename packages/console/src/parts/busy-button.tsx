import { Button, type ButtonProps, Loader } from '@mantine/core';
import {
  type MouseEvent,
  type MouseEventHandler,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useRef,
} from 'react';

interface Props extends ButtonProps {
  /** Whether what it began is under way: it does nothing until that is over. */
  readonly isBusy: boolean;
  readonly type?: 'button' | 'submit';
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
  /** Gives up what it began, where that can be. */
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}

/** A button that keeps the focus while it is busy. Disabled by the browser's own means, it would lose it for good. */
export function BusyButton({ isBusy, leftSection, onClick, onCancel, ...rest }: Props) {
  const own = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button
        {...rest}
        ref={own}
        leftSection={isBusy ? <Loader size={14} color="currentColor" aria-hidden /> : leftSection}
        {...(isBusy ? { 'aria-disabled': true, 'data-disabled': true, onClick: doNothing } : { onClick })}
      />
      {isBusy && onCancel && <Cancel size={rest.size} beside={own} onClick={onCancel} />}
    </>
  );
}

/** Nor does a form that it is the button of. */
const doNothing = (event: MouseEvent): void => event.preventDefault();

function Cancel(props: {
  readonly size: ButtonProps['size'];
  readonly beside: RefObject<HTMLButtonElement | null>;
  readonly onClick: () => void;
}) {
  const { size, beside, onClick } = props;
  const own = useRef<HTMLButtonElement>(null);
  // It goes as soon as there is nothing to cancel, and the focus does not go with it.
  useLayoutEffect(() => {
    const button = own.current;
    return () => {
      if (document.activeElement === button) beside.current?.focus();
    };
  }, [beside]);
  return (
    <Button ref={own} variant="subtle" {...(size === undefined ? {} : { size })} onClick={onClick}>
      Cancel
    </Button>
  );
}
