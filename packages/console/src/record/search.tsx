import { Button, Paper, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { pathOf } from '../api/client.ts';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import classes from './record.module.css';

/** Which record's history? */
export function RecordSearch() {
  const { tenant = '' } = usePlace();
  const [type, setType] = useState('contact');
  const [id, setId] = useState('');
  const navigate = useNavigate();
  return (
    <Page
      title="Record history"
      about="Everything that happened to one record of the CRM, and a proof that nothing was left out."
    >
      <Paper
        component="form"
        className={classes.search}
        onSubmit={(event) => {
          event.preventDefault();
          navigate(`/${pathOf('t', tenant, 'records', type.trim(), id.trim())}`);
        }}
      >
        <TextInput
          label="Type of record"
          description="As the CRM calls it: contact, deal, …"
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          required
        />
        <TextInput
          label="Its id"
          description="Such as c-104"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          required
        />
        <Button type="submit">Show its history</Button>
      </Paper>
    </Page>
  );
}
