-- What Prisma cannot say about changes of the catalog: a resource is in a change set once.
create unique index catalog_change_once on catalog_change (brand, (doc #>> '{catalogChangeSet,id}'), (doc ->> 'resource'), (doc ->> 'resourceId'));
alter table catalog_change_effect
  add constraint catalog_change_effect_action check (action in ('create', 'update', 'delete')),
  add constraint catalog_change_effect_before check ((before is null) = (action = 'create') and (revision is null) = (action = 'delete'));
