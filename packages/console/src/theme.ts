import { Badge, createTheme, Modal, Paper, Table, Tooltip } from '@mantine/core';

// Colours and sizes are in styles.css: the page's policy allows style files, not style elements.
export const theme = createTheme({
  primaryColor: 'indigo',
  components: {
    Badge: Badge.extend({
      defaultProps: { variant: 'light', tt: 'none' },
      classNames: { root: 'sealtrail-badge' },
    }),
    Paper: Paper.extend({
      defaultProps: { radius: 'md', p: 'lg', withBorder: true },
      classNames: { root: 'sealtrail-surface' },
    }),
    // Locking the page's scroll would write a style element.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, radius: 'md', centered: true },
      classNames: {
        content: 'sealtrail-surface',
        header: 'sealtrail-surface',
        title: 'sealtrail-modal-title',
      },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { events: { hover: true, focus: true, touch: true }, withArrow: true },
    }),
  },
});
