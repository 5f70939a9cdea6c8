-- What DuckDB itself needs: the extracts read as typed CSV, trusted, and the one table made, with nothing kept in between
-- but what is joined, nothing tested, no history. Expects the variable extracts, a directory.

create table accounts as
select
    account_id,
    joining_date
from read_csv(
    getvariable('extracts') || '/accounts.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {
        'account_id': 'bigint', 'company_name': 'varchar', 'company_address': 'varchar', 'contact_person': 'varchar',
        'contact_phone': 'varchar', 'gender': 'varchar', 'joining_date': 'date'
    }
);

create table skus as
select
    item_id,
    item_retail_price
from read_csv(
    getvariable('extracts') || '/skus.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {
        'item_id': 'varchar', 'item_name': 'varchar', 'item_description': 'varchar',
        'item_cost_price': 'decimal(18, 2)', 'item_retail_price': 'decimal(18, 2)'
    }
);

create table invoices as
select *
from read_csv(
    getvariable('extracts') || '/invoices.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {'invoice_id': 'bigint', 'account_id': 'bigint', 'date_issued': 'date', 'payment_dates': 'date'}
);

create table invoice_line_items as
select *
from read_csv(
    getvariable('extracts') || '/invoice_line_items.csv',
    header = true, auto_detect = false, quote = '"', escape = '"',
    columns = {'invoice_id': 'bigint', 'item_id': 'varchar', 'quantity': 'integer'}
);

create table invoice_features as
with

as_of as (

    select greatest(max(date_issued), max(payment_dates)) as as_of
    from invoices

),

totals as (

    select
        line_items.invoice_id,
        cast(sum(line_items.quantity * skus.item_retail_price) as decimal(18, 2)) as inv_total,
        cast(sum(line_items.quantity) as bigint) as inv_items
    from invoice_line_items as line_items
    inner join skus on line_items.item_id = skus.item_id
    group by line_items.invoice_id

),

counted as (

    select
        *,
        count(*) over (
            partition by account_id
            order by date_issued - date '1970-01-01'
            range between 120 preceding and 1 preceding
        ) as num_inv_120d,
        count(*) over (
            partition by account_id
            order by date_issued - date '1970-01-01'
            range between unbounded preceding and current row
        ) as cum_tot_inv_acct
    from invoices

)

select
    counted.invoice_id as inv_id,
    counted.account_id as acct_id,
    totals.inv_total,
    totals.inv_items,
    cast(counted.date_issued - accounts.joining_date as integer) as acct_age,
    counted.num_inv_120d,
    counted.cum_tot_inv_acct,
    case
        when coalesce(counted.payment_dates, as_of.as_of) - counted.date_issued > 30 then 1
        when counted.payment_dates is not null then 0
    end as is_late
from counted
cross join as_of
inner join accounts on counted.account_id = accounts.account_id
inner join totals on counted.invoice_id = totals.invoice_id;
