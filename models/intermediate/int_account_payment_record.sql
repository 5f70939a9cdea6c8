{{ config(materialized='table') }}

with

outcomes as (

    select
        account_id,
        date_issued,
        is_late,
        {{ days_between('date_known', 'as_of') }} as days_since_known
    from {{ ref('int_invoice_outcomes') }}

),

late_shares as (

    select
        date_known,
        share_late
    from {{ ref('int_late_share') }}

),

outcomes_by_account as (

    select
        account_id,
        cast(coalesce(sum(is_late), 0) as bigint) as num_inv_late,
        max(date_issued) as last_date_issued,
        count(is_late) as num_inv_known,
        avg(case when days_since_known between 0 and 89 then is_late end) as share_late_of_90d,
        avg(case when days_since_known between 90 and 179 then is_late end) as share_late_of_90d_before
    from outcomes
    group by account_id

),

payment_record as (

    select
        outcomes_by_account.account_id,
        outcomes_by_account.num_inv_known,
        outcomes_by_account.num_inv_late,
        -- Everybody's share of the day of its last invoice: what others have paid since must not move this account.
        {{ smoothed_share(
            'outcomes_by_account.num_inv_late', 'outcomes_by_account.num_inv_known', 'late_shares.share_late'
        ) }} as share_late,
        outcomes_by_account.share_late_of_90d - outcomes_by_account.share_late_of_90d_before as share_late_change
    from outcomes_by_account
    inner join late_shares
        on outcomes_by_account.last_date_issued = late_shares.date_known

)

select * from payment_record
