with

accounts as (

    select * from {{ ref('stg_trs__accounts') }}

),

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

known_accounts as (

    select
        accounts.account_id,
        accounts.company_name,
        accounts.joining_date
    from accounts
    inner join chosen_day
        on accounts.joining_date <= chosen_day.as_of

)

select * from known_accounts
