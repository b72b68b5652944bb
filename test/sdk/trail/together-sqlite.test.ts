import { newSqlitePlace } from '../../support/places.ts';
import { together } from './together.ts';

together(newSqlitePlace, 15);
