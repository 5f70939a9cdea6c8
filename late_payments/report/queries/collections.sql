-- The last twelve months whose four weeks are over, in order: of these weeks together.
with

months as (

    select
        month_start,
        scored_day,
        max(last_day) as last_day,
        sum(amount_due) as amount_due,
        sum(amount_expected) as amount_expected,
        sum(amount_collected) as amount_collected
    from finance.collections_by_month
    group by
        month_start,
        scored_day
    having count(*) = 4
    order by month_start desc
    limit 12

)

select
    *,
    (amount_expected - amount_collected) / nullif(amount_collected, 0) as error
from months
order by month_start
