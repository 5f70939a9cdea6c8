-- The marts of the last green build.
with

entries as (

    select unnest(json_keys(rows_of_marts)) as mart
    from audit.last_green_build

)

select
    entries.mart,
    cast(json_extract(build.rows_of_marts, '$."' || entries.mart || '"') as bigint) as rows
from entries
cross join audit.last_green_build as build
order by entries.mart
