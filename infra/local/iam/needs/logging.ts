import { type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const inProject = (permission: string) => (): Need[] => [
  { permission: `logging.${permission}`, on: project },
];

export const loggingNeeds = fromPage(
  'Cloud Logging docs, "Access control with IAM": API permissions',
  'LoggingServiceV2',
  {
    WriteLogEntries: inProject('logEntries.create'),
    ListLogEntries: inProject('logEntries.list'),
    ListLogs: inProject('logs.list'),
    DeleteLog: inProject('logs.delete'),
  },
);
