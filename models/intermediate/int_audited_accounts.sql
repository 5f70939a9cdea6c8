-- A fault in any of the four tables keeps this one out of the history too: it waits for the tests of all.
-- depends_on: {{ ref('stg_trs__skus') }}
-- depends_on: {{ ref('stg_trs__invoices') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

with

accounts as (

    select
        account_id,
        company_name,
        joining_date
    from {{ ref('stg_trs__accounts') }}

),

chosen_day as (

    select as_of
    from {{ ref('int_as_of') }}

),

accounts_with_day as (

    select
        accounts.account_id,
        accounts.company_name,
        accounts.joining_date,
        chosen_day.as_of
    from accounts
    cross join chosen_day

)

select * from accounts_with_day
