with

delivered as (

    select
        account_id,
        company_name,
        joining_date,
        nullif(trim(contact_person), '') as contact_person,
        nullif(trim(contact_phone), '') as contact_phone
    from {{ raw_relation('accounts') }}
    where
        not coalesce({{ holds_nul('contact_person') }}, false)
        and not coalesce({{ holds_nul('contact_phone') }}, false)

),

accounts as (

    select
        account_id,
        company_name,
        joining_date
    from {{ ref('stg_trs__accounts') }}

),

contacts as (

    -- As delivered, in every column that is judged: a rejected row may carry the key of a good one.
    select
        accounts.account_id,
        accounts.company_name,
        delivered.contact_person,
        delivered.contact_phone
    from accounts
    inner join delivered
        on
            cast(accounts.account_id as {{ dbt.type_string() }}) = delivered.account_id
            and accounts.company_name = delivered.company_name
            and cast(accounts.joining_date as {{ dbt.type_string() }}) = delivered.joining_date

)

select * from contacts
