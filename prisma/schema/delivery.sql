-- What Prisma cannot say about plans and tasks.
create sequence delivery_execution_seq;

alter table delivery_plan add constraint delivery_plan_state check (state in ('scheduled', 'running', 'held', 'completed', 'failed', 'partial', 'cancelled', 'rejected'));

alter table delivery_task
  add constraint delivery_task_state check (state in ('pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped', 'compensating', 'compensated', 'compensationFailed')),
  add constraint delivery_task_kind check (kind in ('service', 'resource')),
  add constraint delivery_task_ponr check (ponr in ('none', 'soft', 'hard')),
  add constraint delivery_task_jeopardy check (jeopardy in ('none', 'jeopardy', 'breached')),
  -- A task that is with its target was handed over at some time, and is looked at again.
  add constraint delivery_task_asked check (state not in ('running', 'waiting') or execution_seq is not null),
  add constraint delivery_task_due check (state not in ('ready', 'running', 'waiting') or due_at is not null);

-- What the sweeper looks for; finished tasks are not in it.
create index delivery_task_due_at on delivery_task (due_at) where due_at is not null;
create index delivery_task_fallout on delivery_task (brand, updated_at) where state in ('failed', 'compensationFailed');
create index delivery_task_deadline on delivery_task (deadline) where state in ('pending', 'ready', 'running', 'waiting') and jeopardy <> 'breached';
create index delivery_plan_start_at on delivery_plan (start_at) where state = 'scheduled';
