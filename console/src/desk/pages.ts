import { has_role } from './session';

/** A list of the contract on a page of its own. */
export interface ListPage {
  name: string;
  path: string;
  roles?: string[];
  columns: string[];
  /** Where a row leads: the path of its thing. */
  to?: (row: Record<string, unknown>) => string;
  /** What may be made here. */
  makes?: string[];
  /** What may be done with a row. */
  row_steps?: { operation: string; values: (row: Record<string, unknown>) => Record<string, string> }[];
}

const below = (path: string, id: string) => (row: Record<string, unknown>): string => `${path}/${String(row[id])}`;
const handling = ['clerk', 'verifier', 'reviewer', 'decider', 'supervisor'];

export const list_pages: ListPage[] = [
  { name: 'verifications', path: '/v1/verifications', roles: ['verifier', 'supervisor'], columns: ['commitment_code', 'state', 'due_on', 'assignee_name', 'source'], to: below('/v1/verifications', 'task_id'),
    makes: ['openOnClue', 'claimVerifications', 'closeVerifications', 'handOverVerifications'] },
  { name: 'commitments', path: '/v1/commitments', roles: [...handling, 'auditor'], columns: ['commitment_code', 'state', 'matter_code', 'made_on', 'accepted_at'], to: below('/v1/commitments', 'commitment_code') },
  { name: 'findings', path: '/v1/findings', roles: [...handling, 'auditor'], columns: ['finding_id', 'commitment_code', 'kind', 'severity', 'state', 'drafted_at'], to: below('/v1/findings', 'finding_id') },
  { name: 'records', path: '/v1/records', roles: ['supervisor', 'decider', 'verifier'], columns: ['record_id', 'status', 'issued_at'], to: below('/v1/records', 'record_id') },
  { name: 'objections', path: '/v1/objections', roles: handling, columns: ['objection_id', 'record_id', 'state', 'filed_at', 'due_on'], to: below('/v1/objections', 'objection_id'), makes: ['fileObjection'] },
  { name: 'repairs', path: '/v1/repairs', roles: handling, columns: ['repair_id', 'record_id', 'state', 'filed_at', 'due_on'], to: below('/v1/repairs', 'repair_id'), makes: ['applyForRepair'] },
  { name: 'publicity', path: '/v1/publicity', roles: handling, columns: ['publicity_id', 'record_id', 'state', 'until'], to: below('/v1/publicity', 'publicity_id'), makes: ['proposePublicity'] },
  { name: 'serious_listings', path: '/v1/serious-listings', roles: handling, columns: ['listing_id', 'record_id', 'ground', 'state', 'until'], to: below('/v1/serious-listings', 'listing_id'), makes: ['proposeListing'] },
  { name: 'draws', path: '/v1/draws', roles: ['supervisor'], columns: ['title', 'state', 'created_at', 'reveal_by', 'overdue'], to: below('/v1/draws', 'draw_id'), makes: ['createDraw'] },
  { name: 'matters', path: '/v1/matters', columns: ['matter_code', 'name', 'version', 'valid_from'], to: below('/v1/matters', 'matter_code') },
  { name: 'matter_proposals', path: '/v1/matter-proposals', roles: ['supervisor', 'administrator'], columns: ['matter_code', 'state', 'after_version', 'proposed_by_name', 'proposed_at', 'version'], to: below('/v1/matter-proposals', 'proposal_id') },
  { name: 'absences', path: '/v1/absences', roles: ['verifier', 'supervisor'], columns: ['name', 'from', 'until', 'ended_at'], to: below('/v1/absences', 'absence_id'), makes: ['enterAbsence'] },
  { name: 'submissions', path: '/v1/submissions', roles: ['supervisor', 'administrator'], columns: ['batch_no', 'state', 'created_at'] },
  { name: 'accounts', path: '/v1/accounts', roles: ['administrator', 'auditor'], columns: ['login', 'name', 'roles', 'organisation_uscc', 'closed_at'], to: below('/v1/accounts', 'account_id'), makes: ['createAccount'] },
  { name: 'organisations', path: '/v1/organisations', roles: ['administrator', 'supervisor', 'auditor'], columns: ['uscc', 'name', 'kind', 'region_code'], to: below('/v1/organisations', 'uscc'), makes: ['createOrganisation'] },
  { name: 'grants', path: '/v1/grants', roles: ['administrator', 'auditor'], columns: ['account_id', 'role', 'purpose', 'state', 'until', 'legal_basis'],
    row_steps: [{ operation: 'confirmGrant', values: (row) => ({ grant_id: String(row.grant_id) }) }, { operation: 'endGrant', values: (row) => ({ grant_id: String(row.grant_id) }) }] },
  { name: 'exposure_authorities', path: '/v1/exposure-authorities', roles: ['administrator'], columns: ['authority', 'region_code', 'organisation_name', 'appointed_at', 'confirmed_at'], makes: ['appointExposureAuthority'],
    row_steps: [{ operation: 'confirmExposureAuthority', values: (row) => ({ appointment_id: String(row.appointment_id) }) }] },
  { name: 'erasures', path: '/v1/erasures', roles: ['administrator', 'auditor'], columns: ['commitment_code', 'state', 'reason', 'legal_basis', 'requested_at'],
    row_steps: [{ operation: 'confirmErasure', values: (row) => ({ erasure_id: String(row.erasure_id) }) }, { operation: 'refuseErasure', values: (row) => ({ erasure_id: String(row.erasure_id) }) }] },
  { name: 'credit_codes', path: '/v1/credit-codes', roles: ['clerk', 'reviewer', 'supervisor', 'administrator'], columns: ['uscc', 'name', 'state', 'entered_at', 'confirmed_at'], to: below('/v1/credit-codes', 'uscc'), makes: ['enterCreditCode'] },
  { name: 'events', path: '/v1/audit-events', roles: ['auditor'], columns: ['at', 'lifecycle', 'event', 'to', 'by_name', 'subject'] },
  { name: 'queries', path: '/v1/personal-queries', roles: ['auditor'], columns: ['at', 'by_name', 'purpose', 'route', 'about', 'fields'] },
];

/** Pages of their own, and for whom. */
const own_pages: { name: string; roles?: string[] }[] = [
  { name: 'work' }, { name: 'counter', roles: ['clerk'] }, { name: 'bulk', roles: ['clerk'] }, { name: 'search', roles: handling },
];

const may = (one: { roles?: string[] }): boolean => !one.roles || has_role(...one.roles);

/** The menu of who sits here. */
export const menu = (): string[] => [...own_pages.filter(may), ...list_pages.filter(may)].map((one) => one.name).concat('passkeys');
