import { Button, Group, Loader, Text } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Late } from '../parts/late.tsx';

type Step = (() => void) | undefined;

/** Which entries are shown, and the way to newer and older ones. */
export function Pager(props: {
  readonly range: string;
  /** The page that was asked for is not here yet: the one before is still shown. */
  readonly isBusy: boolean;
  readonly onNewer: Step;
  readonly onOlder: Step;
}) {
  const { range, isBusy, onNewer, onOlder } = props;
  return (
    <Group justify="space-between" p="sm">
      <Group gap="xs" aria-live="polite">
        {isBusy && <Loader size="xs" aria-hidden />}
        <Text size="sm" c="dimmed">
          {isBusy ? 'Reading the next page…' : range}
        </Text>
      </Group>
      {isBusy && <Late />}
      <Group gap="xs">
        <StepButton step={isBusy ? undefined : onNewer} leftSection={<ChevronLeft size={14} aria-hidden />}>
          Newer
        </StepButton>
        <StepButton step={isBusy ? undefined : onOlder} rightSection={<ChevronRight size={14} aria-hidden />}>
          Older
        </StepButton>
      </Group>
    </Group>
  );
}

/** Never disabled by the browser's own means, which would take the focus away from who uses the keyboard. */
function StepButton({
  step,
  ...rest
}: {
  readonly step: Step;
  readonly leftSection?: ReactNode;
  readonly rightSection?: ReactNode;
  readonly children: string;
}) {
  const isOff = step === undefined;
  return (
    <Button
      variant="default"
      size="xs"
      {...(isOff ? { 'aria-disabled': true, 'data-disabled': true } : { onClick: step })}
      {...rest}
    />
  );
}
