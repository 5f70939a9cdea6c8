-- The schemas of replays of the features that a build has finished, the latest day first.
select table_schema as schema
from information_schema.tables
where
    table_name = 'invoice_features'
    and regexp_matches(table_schema, '^features_asof_\d{8}$')
order by table_schema desc
