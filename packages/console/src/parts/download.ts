import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/** Something that is fetched when somebody asks for it, and can be given up. */
export function useDownload<T>(fetch: (signal: AbortSignal) => Promise<T>) {
  const under = useRef<AbortController>(undefined);
  const { mutate, reset, ...state } = useMutation({
    mutationFn: () => {
      under.current = new AbortController();
      return fetch(under.current.signal);
    },
  });
  return {
    ...state,
    start: () => mutate(),
    cancel: () => {
      // Nobody hears any more what comes of it.
      reset();
      under.current?.abort();
    },
  };
}

/** Hands a text over as a file. */
export function saveText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type }));
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\p{L}\p{N}_.-]+/gu, '-');
  link.click();
  // The download has its own hold on the data once it began.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
