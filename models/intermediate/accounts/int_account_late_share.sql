with

receivables as (

    select * from {{ ref('int_account_receivables') }}

),

late_shares as (

    select * from {{ ref('int_late_share') }}

),

account_late_shares as (

    -- What others have paid since the account's last event must not move it: everybody's share is of the same day.
    select
        receivables.account_id,
        receivables.date_known,
        receivables.next_date_known,
        {{ smoothed_share(
            'receivables.num_inv_paid_late + receivables.num_inv_overdue',
            'receivables.num_inv_paid + receivables.num_inv_overdue',
            'late_shares.share_late'
        ) }} as share_late
    from receivables
    inner join late_shares
        on receivables.date_known = late_shares.date_known

)

select * from account_late_shares
