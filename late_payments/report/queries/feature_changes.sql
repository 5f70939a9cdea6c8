-- What the history says of two days: features_that_changed is a view that is made of them.
select
    column_name as feature,
    count(*) filter (change = 'changed') as changed,
    count(*) filter (change = 'added') as added,
    count(*) filter (change = 'removed') as removed
from features_that_changed
where column_name <> 'inv_id'
group by column_name
order by
    changed desc,
    feature
