-- Marts of features and finance, after floor.sql and on its tables: again nothing is tested, and there is no history.
-- Expects the variable extracts, a directory. Types are those of the project, so that the marts can be compared.

create table contacts as
select
    account_id,
    company_name,
    contact_person,
    contact_phone,
    joining_date
from read_csv(
    getvariable('extracts') || '/accounts.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {
        'account_id': 'bigint', 'company_name': 'varchar', 'company_address': 'varchar', 'contact_person': 'varchar',
        'contact_phone': 'varchar', 'gender': 'varchar', 'joining_date': 'date'
    }
);

create table dim_accounts as
select
    account_id,
    company_name,
    joining_date
from contacts;

create table dim_skus as
select
    item_id,
    item_name,
    item_description,
    item_cost_price,
    item_retail_price
from read_csv(
    getvariable('extracts') || '/skus.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {
        'item_id': 'varchar', 'item_name': 'varchar', 'item_description': 'varchar',
        'item_cost_price': 'decimal(18, 2)', 'item_retail_price': 'decimal(18, 2)'
    }
);

set variable as_of = (select greatest(max(date_issued), max(payment_dates)) from invoices);

create table fct_invoice_line_items as
select
    line_items.invoice_id,
    line_items.item_id,
    invoices.account_id,
    invoices.date_issued,
    line_items.quantity as units,
    dim_skus.item_cost_price,
    dim_skus.item_retail_price,
    cast(line_items.quantity * dim_skus.item_retail_price as decimal(18, 2)) as amount,
    cast(line_items.quantity * dim_skus.item_cost_price as decimal(18, 2)) as cost,
    cast(
        line_items.quantity * dim_skus.item_retail_price - line_items.quantity * dim_skus.item_cost_price
        as decimal(18, 2)
    ) as margin
from invoice_line_items as line_items
inner join invoices on line_items.invoice_id = invoices.invoice_id
inner join dim_skus on line_items.item_id = dim_skus.item_id;

create table fct_invoices as
with

totals as (

    select
        invoice_id,
        cast(sum(amount) as decimal(18, 2)) as amount,
        cast(sum(cost) as decimal(18, 2)) as cost,
        cast(sum(units) as bigint) as units,
        count(*) as lines
    from fct_invoice_line_items
    group by invoice_id

)

select
    invoices.invoice_id,
    invoices.account_id,
    invoices.date_issued,
    invoices.date_issued + 30 as date_due,
    invoices.payment_dates as date_paid,
    cast(invoices.payment_dates - invoices.date_issued as integer) as days_to_pay,
    cast(
        greatest(coalesce(invoices.payment_dates, getvariable('as_of')) - invoices.date_issued - 30, 0) as integer
    ) as days_late,
    totals.amount,
    totals.cost,
    totals.units,
    totals.lines,
    getvariable('as_of') as as_of,
    cast(totals.amount - totals.cost as decimal(18, 2)) as margin,
    case
        when invoices.payment_dates is null and getvariable('as_of') - invoices.date_issued > 30 then 'overdue'
        when invoices.payment_dates is null then 'open'
        when invoices.payment_dates - invoices.date_issued > 30 then 'paid late'
        else 'paid on time'
    end as status
from invoices
inner join totals on invoices.invoice_id = totals.invoice_id;

create table events as
select account_id, date_issued + 1 as known_from, 1 as opened, 0 as overdue, null as days_to_pay, 0 as paid_late, amount
from fct_invoices
union all
select account_id, date_due + 1, 0, 1, null, 0, amount
from fct_invoices
where days_late > 0
union all
select
    account_id,
    date_paid + 1,
    -1,
    case when days_late > 0 then -1 else 0 end,
    days_to_pay,
    case when days_late > 0 then 1 else 0 end,
    amount
from fct_invoices
where date_paid is not null
union all
select account_id, date_issued, 0, 0, null, 0, amount
from fct_invoices;

create table late_shares as
with

days as (

    select
        known_from,
        sum(case when overdue = 1 then 1 else 0 end) as late,
        sum(case when overdue = 1 or (days_to_pay is not null and paid_late = 0) then 1 else 0 end) as known
    from events
    group by known_from

)

select
    known_from,
    cast(sum(late) over up_to_the_day as double) / nullif(sum(known) over up_to_the_day, 0) as share_late
from days
window up_to_the_day as (order by known_from rows between unbounded preceding and current row);

create table invoice_payment_history as
with

days as (

    select
        account_id,
        known_from,
        sum(opened) as num_open,
        sum(opened * amount) as value_open,
        sum(overdue) as num_overdue,
        sum(overdue * amount) as value_overdue,
        count(days_to_pay) as num_paid,
        sum(paid_late) as num_paid_late,
        sum(days_to_pay) as total_days_to_pay,
        max(days_to_pay) as longest_days_to_pay
    from events
    group by account_id, known_from

),

receivables as (

    select
        account_id,
        known_from,
        cast(sum(num_open) over up_to_the_day as bigint) as num_inv_open,
        cast(sum(value_open) over up_to_the_day as decimal(18, 2)) as value_open,
        cast(sum(num_overdue) over up_to_the_day as bigint) as num_inv_overdue,
        cast(sum(value_overdue) over up_to_the_day as decimal(18, 2)) as value_overdue,
        cast(sum(num_paid) over up_to_the_day as bigint) as num_inv_paid,
        cast(sum(num_paid_late) over up_to_the_day as bigint) as num_inv_paid_late,
        cast(sum(total_days_to_pay) over up_to_the_day as bigint) as total_days_to_pay,
        max(case when num_paid > 0 then known_from - 1 end) over up_to_the_day as last_date_paid,
        last_value(longest_days_to_pay ignore nulls) over up_to_the_day as last_days_to_pay
    from days
    window up_to_the_day as (
        partition by account_id order by known_from rows between unbounded preceding and current row
    )

)

select
    invoices.invoice_id as inv_id,
    receivables.num_inv_paid,
    receivables.num_inv_paid_late,
    (receivables.num_inv_paid_late + receivables.num_inv_overdue + 2 * late_shares.share_late)
    / (receivables.num_inv_paid + receivables.num_inv_overdue + 2) as share_late,
    cast(receivables.total_days_to_pay as double) / nullif(receivables.num_inv_paid, 0) as mean_days_to_pay,
    cast(receivables.last_days_to_pay as integer) as last_days_to_pay,
    cast(invoices.date_issued - receivables.last_date_paid as integer) as days_since_last_payment,
    receivables.num_inv_open,
    receivables.num_inv_overdue,
    receivables.value_open,
    receivables.value_overdue
from fct_invoices as invoices
inner join receivables
    on invoices.account_id = receivables.account_id and invoices.date_issued = receivables.known_from
inner join late_shares on invoices.date_issued = late_shares.known_from;

create table all_sets as
select
    features.* exclude (is_late),
    invoices.lines as inv_lines,
    history.* exclude (inv_id),
    features.is_late
from invoice_features as features
inner join invoice_payment_history as history on features.inv_id = history.inv_id
inner join fct_invoices as invoices on features.inv_id = invoices.invoice_id;

create table training_set as
select * from all_sets where is_late is not null;

create table scoring_set as
select * exclude (is_late) from all_sets where is_late is null;

create table dim_date as
select
    cast(day as date) as date_day,
    cast(date_trunc('month', day) as date) as month_start,
    last_day(day) as month_end,
    cast(year(day) as integer) as year_number,
    cast(quarter(day) as integer) as quarter_number,
    cast(month(day) as integer) as month_number,
    cast(isodow(day) as integer) as weekday_number,
    dayname(day) as weekday_name
from generate_series(
    (select date_trunc('year', min(date_issued)) from invoices),
    date_trunc('year', getvariable('as_of') + 30) + interval 1 year - interval 1 day,
    interval 1 day
) as days (day);

create table receivables_ageing as
select
    account_id,
    count(*) as invoices_open,
    count(*) filter (days_late = 0) as invoices_current,
    count(*) filter (days_late between 1 and 30) as invoices_1_to_30,
    count(*) filter (days_late between 31 and 60) as invoices_31_to_60,
    count(*) filter (days_late between 61 and 90) as invoices_61_to_90,
    count(*) filter (days_late > 90) as invoices_over_90,
    cast(coalesce(sum(amount) filter (days_late = 0), 0) as decimal(18, 2)) as amount_current,
    cast(coalesce(sum(amount) filter (days_late between 1 and 30), 0) as decimal(18, 2)) as amount_1_to_30,
    cast(coalesce(sum(amount) filter (days_late between 31 and 60), 0) as decimal(18, 2)) as amount_31_to_60,
    cast(coalesce(sum(amount) filter (days_late between 61 and 90), 0) as decimal(18, 2)) as amount_61_to_90,
    cast(coalesce(sum(amount) filter (days_late > 90), 0) as decimal(18, 2)) as amount_over_90,
    cast(sum(amount) as decimal(18, 2)) as amount_open,
    getvariable('as_of') as as_of
from fct_invoices
where date_paid is null
group by account_id;

create table receivables_ageing_total as
select
    cast(coalesce(sum(invoices_open), 0) as bigint) as invoices_open,
    cast(coalesce(sum(invoices_current), 0) as bigint) as invoices_current,
    cast(coalesce(sum(invoices_1_to_30), 0) as bigint) as invoices_1_to_30,
    cast(coalesce(sum(invoices_31_to_60), 0) as bigint) as invoices_31_to_60,
    cast(coalesce(sum(invoices_61_to_90), 0) as bigint) as invoices_61_to_90,
    cast(coalesce(sum(invoices_over_90), 0) as bigint) as invoices_over_90,
    cast(coalesce(sum(amount_current), 0) as decimal(18, 2)) as amount_current,
    cast(coalesce(sum(amount_1_to_30), 0) as decimal(18, 2)) as amount_1_to_30,
    cast(coalesce(sum(amount_31_to_60), 0) as decimal(18, 2)) as amount_31_to_60,
    cast(coalesce(sum(amount_61_to_90), 0) as decimal(18, 2)) as amount_61_to_90,
    cast(coalesce(sum(amount_over_90), 0) as decimal(18, 2)) as amount_over_90,
    cast(coalesce(sum(amount_open), 0) as decimal(18, 2)) as amount_open,
    getvariable('as_of') as as_of
from receivables_ageing;

create table monthly_receivables as
with

months as (

    select
        cast(month as date) as month_start,
        least(last_day(month), getvariable('as_of')) as month_end_or_as_of
    from generate_series(
        (select date_trunc('month', min(date_issued)) from invoices),
        date_trunc('month', getvariable('as_of')),
        interval 1 month
    ) as months (month)

),

movements as (

    select
        date_issued as day, amount as issued, 1 as num_issued, 0.00 as collected, 0 as num_collected,
        0.00 as overdue, 0 as num_overdue, 0 as due, 0 as due_late
    from fct_invoices
    union all
    select date_paid, 0.00, 0, amount, 1, 0.00, 0, 0, 0 from fct_invoices where date_paid is not null
    union all
    select date_due + 1, 0.00, 0, 0.00, 0, amount, 1, 0, 0 from fct_invoices where days_late > 0
    union all
    select date_paid, 0.00, 0, 0.00, 0, -amount, -1, 0, 0 from fct_invoices where days_late > 0 and date_paid is not null
    union all
    select date_due, 0.00, 0, 0.00, 0, 0.00, 0, 1, case when days_late > 0 then 1 else 0 end
    from fct_invoices
    where date_due < as_of

),

sums as (

    select
        months.month_start,
        months.month_end_or_as_of,
        coalesce(sum(num_issued), 0) as num_issued,
        coalesce(sum(issued), 0) as issued,
        coalesce(sum(num_collected), 0) as num_collected,
        coalesce(sum(collected), 0) as collected,
        coalesce(sum(num_overdue), 0) as num_overdue,
        coalesce(sum(overdue), 0) as overdue,
        coalesce(sum(due), 0) as due,
        coalesce(sum(due_late), 0) as due_late
    from months
    left join movements on months.month_start = date_trunc('month', movements.day)
    group by all

),

balances as (

    select
        month_start,
        month_end_or_as_of,
        cast(month_end_or_as_of - month_start + 1 as integer) as days_counted,
        cast(
            coalesce(
                sum(issued - collected) over (order by month_start rows between unbounded preceding and 1 preceding), 0
            ) as decimal(18, 2)
        ) as amount_opening,
        cast(num_issued as bigint) as invoices_issued,
        cast(issued as decimal(18, 2)) as amount_issued,
        cast(num_collected as bigint) as invoices_collected,
        cast(collected as decimal(18, 2)) as amount_collected,
        cast(sum(num_issued - num_collected) over (order by month_start) as bigint) as invoices_closing,
        cast(sum(issued - collected) over (order by month_start) as decimal(18, 2)) as amount_closing,
        cast(sum(num_overdue) over (order by month_start) as bigint) as invoices_overdue,
        cast(sum(overdue) over (order by month_start) as decimal(18, 2)) as amount_overdue,
        cast(due as bigint) as invoices_due,
        cast(due_late as bigint) as invoices_due_late
    from sums

)

select
    *,
    cast(amount_closing as double) / nullif(amount_issued, 0) * days_counted as days_sales_outstanding,
    cast(amount_closing - amount_overdue as double) / nullif(amount_issued, 0) * days_counted as best_possible_dso,
    cast(amount_overdue as double) / nullif(amount_issued, 0) * days_counted as average_days_delinquent,
    cast(amount_opening + amount_issued - amount_closing as double)
    / nullif(amount_opening + amount_issued - (amount_closing - amount_overdue), 0)
    * 100 as collection_effectiveness_index,
    cast(invoices_due_late as double) / nullif(invoices_due, 0) as late_share
from balances;
