import type { TokenSet } from '../../auth/tokens.ts';
import type { Rights, Visibility } from '../../crm/pipedrive/set-up.ts';
import type { ConflictRule, Direction, MatchRule } from '../../plan/model.ts';
import type { Connection } from '../../store/connections.ts';
import type { FieldSurvey, Group } from '../../sync/ports.ts';
import type { CustomField } from '../../sync/records.ts';
import type { PipedriveLogin } from '../compose.ts';
import type { ProviderKind, ProviderSide } from '../providers.ts';
import type { PipedriveSecret } from '../sign-ins.ts';

/** What was answered by flags. */
export interface AddAccountFlags {
  readonly email?: string;
  readonly provider?: ProviderKind;
  readonly crm?: 'pipedrive';
  readonly crmAuth?: 'token' | 'oauth';
  readonly crmTokenStdin?: boolean;
  readonly group?: string;
  readonly direction?: Direction;
  readonly visibility?: string;
  readonly onConflict?: ConflictRule;
  readonly match?: MatchRule;
  readonly browser?: boolean;
  readonly start?: boolean;
}

/** The mailbox, signed in. */
export interface ConnectedProvider {
  /** As the user wrote it: what the account will be called. */
  readonly name: string;
  /** As the provider writes it. */
  readonly email: string;
  /** The provider's own id of the mailbox. */
  readonly identity: string;
  readonly kind: ProviderKind;
  /** Whether the sign-in allows to change contacts, too. */
  readonly writes: boolean;
  readonly side: ProviderSide;
  /** The login that is stored already, if it is. */
  readonly connection: Connection | undefined;
  /** What is to be stored, of a fresh sign-in. */
  readonly tokens: (() => TokenSet) | undefined;
  /** Takes a fresh sign-in back. */
  abandon(): Promise<void>;
}

/** The CRM user, signed in, and what they may do. */
export interface ConnectedCrm {
  readonly login: PipedriveLogin;
  readonly identity: string;
  readonly company: string;
  readonly user: string;
  readonly connection: Connection | undefined;
  readonly secret: (() => PipedriveSecret) | undefined;
  readonly rights: Rights;
  readonly visibilities: readonly Visibility[];
  /** Takes a fresh sign-in back. */
  abandon(): Promise<void>;
}

/** What the user chose, and what the company's fields allow. */
export interface ChosenRules {
  readonly group: Group;
  readonly direction: Direction;
  /** Absent: the CRM's own default. */
  readonly visibility: Visibility | undefined;
  readonly onConflict: ConflictRule;
  readonly match: MatchRule;
  readonly customFields: readonly CustomField[];
  readonly survey: readonly FieldSurvey[];
}

/** Everything that was found out and chosen; nothing of it is saved yet. */
export interface Draft {
  readonly provider: ConnectedProvider;
  readonly crm: ConnectedCrm;
  readonly rules: ChosenRules;
}
