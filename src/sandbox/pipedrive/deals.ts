/** A deal, as far as persons show it. */
export interface Deal {
  readonly personId: number;
  readonly status: DealStatus;
}

export type DealStatus = 'open' | 'won' | 'lost';

/** What `include_fields` may name (documented), apart from the counts of deals. */
const COUNTS = [
  'participant_open_deals_count',
  'participant_closed_deals_count',
  'email_messages_count',
  'activities_count',
  'done_activities_count',
  'undone_activities_count',
  'files_count',
  'notes_count',
  'followers_count',
] as const;
const TIMES = [
  'next_activity_id',
  'last_activity_id',
  'last_incoming_mail_time',
  'last_outgoing_mail_time',
  'smart_bcc_email',
] as const;

/** Every optional field of a person; only deals are ever counted here. */
export function optionalFields(
  deals: readonly Deal[],
  personId: number,
): Readonly<Record<string, number | null>> {
  const count = (...statuses: readonly DealStatus[]): number =>
    deals.filter((deal) => deal.personId === personId && statuses.includes(deal.status)).length;
  const counts = { open: count('open'), closed: count('won', 'lost') };
  return {
    ...Object.fromEntries(COUNTS.map((name) => [name, 0])),
    ...Object.fromEntries(TIMES.map((name) => [name, null])),
    open_deals_count: counts.open,
    related_open_deals_count: counts.open,
    closed_deals_count: counts.closed,
    related_closed_deals_count: counts.closed,
    won_deals_count: count('won'),
    related_won_deals_count: count('won'),
    lost_deals_count: count('lost'),
    related_lost_deals_count: count('lost'),
  };
}
