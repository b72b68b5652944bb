import { Button, Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import { pathOf, serviceUrl } from '../api/client.ts';

const FORMATS = [
  ['bundle', 'Bundle, for sealtrail-verify'],
  ['jsonl', 'JSON Lines'],
  ['csv', 'CSV'],
  ['ocsf', 'OCSF'],
  ['cloudevents', 'CloudEvents'],
] as const;

/** Downloads of a log. They are of all of it: only the whole can be verified. */
export function Exports({ tenant }: { readonly tenant: string }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>The whole log, whatever is looked for</Menu.Label>
        {FORMATS.map(([format, label]) => (
          <Menu.Item
            key={format}
            component="a"
            href={`${serviceUrl(pathOf('tenants', tenant, 'export'))}?format=${format}`}
            download
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
