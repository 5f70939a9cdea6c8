-- The tests whose rows are kept: those that failed or warned when they last ran.
select
    table_name as test,
    estimated_size as rows
from duckdb_tables()
where schema_name = 'test_failures'
order by table_name
limit 20
