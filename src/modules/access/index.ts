/** The access module: roles, permissions and delegation as data, what is known of a caller, and the audit that can be searched. */
import { defineModule } from '../../tmf/module.ts'
import { auditRoutes } from './audit-routes.ts'
import { delegation } from './delegation.ts'
import { directoryOf } from './directory.ts'
import { auditFollowJob } from './follow-job.ts'
import { permission } from './permission.ts'
import { userRole } from './user-role.ts'
import { userinfoRoutes } from './userinfo-routes.ts'

export const accessModule = defineModule({
  name: 'access',
  dependsOn: ['customer', 'identity'],
  resources: [userRole, permission, delegation],
  jobs: [auditFollowJob],
  directory: directoryOf,
  routes: (app, deps) => {
    userinfoRoutes(app, deps)
    auditRoutes(app, deps)
  },
  start: deps => directoryOf(deps).start(),
  stop: deps => directoryOf(deps).stop(),
  contributions: {
    personal: [
      {
        name: 'auditTrail',
        purpose: 'Who has read and changed what is held on the person, so that it can be accounted for.',
        onErasure: 'redact',
        because: 'Who holds personal data must be able to show who had access to it (Regulation (EU) 2016/679, articles 5(2) and 32): that something was read stays, what was asked for goes',
        tables: ['audit_record', 'audit_cursor', 'shared_row'],
        exportSql: `SELECT json_build_object('at', a.at, 'operation', a.operation, 'resource', a.resource, 'resourceId', a.resource_ids, 'by', a.principal, 'onBehalfOf', a.on_behalf_of, 'channel', a.channel) AS doc
          FROM audit_record a WHERE a.brand = $1 AND (a.resource_ids && $2::text[] OR a.on_behalf_of = ANY($2::text[])) ORDER BY a.seq`,
        eraseSql: 'SELECT tandem_audit_forget($1, $2::text[])',
        // A year: what somebody has looked at is often asked for long after.
        leastDays: 365,
        expireSql: 'SELECT gone FROM generate_series(1, tandem_audit_expire($1, $2, $3)) AS gone',
      },
      { name: 'permission', purpose: 'What the person may do in this system.', onErasure: 'erase' },
      { name: 'delegation', purpose: 'Who may act for the person, and for whom the person may act.', onErasure: 'erase' },
    ],
  },
})
