/** One field's change, as `GET /v1/persons/{id}/changelog` shows it. */
export interface FieldChange {
  readonly field_key: string;
  readonly old_value: string | null;
  readonly new_value: string | null;
  readonly actor_user_id: number;
  readonly time: string;
  readonly change_source: string;
  readonly change_source_user_agent: string | null;
  readonly is_bulk_update_flag: boolean;
}
