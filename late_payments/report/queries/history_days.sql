-- The days on which a version began, the latest first: between two of them nothing changed. Not those that were pruned.
select distinct cast(dbt_valid_from as date) as day
from invoice_features_history
where day >= coalesce((select max(pruned_before) from prunings), day)
order by day desc
