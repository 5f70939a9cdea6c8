-- The days on which a version began, the latest first: between two of them nothing changed.
select distinct cast(dbt_valid_from as date) as day
from invoice_features_history
order by day desc
