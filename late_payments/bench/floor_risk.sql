-- The marts of risk, of days and of the branch, after floor_marts.sql and on its tables: again nothing is tested, and
-- there is no history. What counts many invoices is grouped before it meets the days on which it is looked at.

create macro log_odds(share) as case
    when share <= 1 / 500.0 then -ln(499)
    when share >= 499 / 500.0 then ln(499)
    else ln(share / (1 - share))
end;

create table scored_days as
select month_end_or_as_of as scored_day
from monthly_receivables;

create table lines_late_shares as
with

days as (

    select
        lines,
        day,
        sum(late) as late,
        sum(known) as known
    from (
        select lines, date_issued as day, 0 as late, 0 as known from fct_invoices
        union all
        select lines, date_issued + 1, 0, 0 from fct_invoices
        union all
        select lines, date_due + 1, cast(days_late > 0 as integer), cast(days_late > 0 as integer)
        from fct_invoices
        where date_due < as_of
        union all
        select lines, date_paid + 1, 0, cast(days_late = 0 as integer) from fct_invoices where date_paid is not null
    )
    group by lines, day

),

so_far as (

    select
        lines,
        day,
        sum(late) over up_to_the_day as late,
        sum(known) over up_to_the_day as known
    from days
    window up_to_the_day as (partition by lines order by day rows between unbounded preceding and current row)

)

select
    so_far.lines,
    so_far.day,
    (so_far.late + 2 * late_shares.share_late) / (so_far.known + 2) as share_late
from so_far
asof inner join late_shares on so_far.day >= late_shares.known_from;

create table scores as
with

probabilities as (

    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_issued,
        invoices.date_due,
        invoices.date_paid,
        invoices.days_to_pay,
        invoices.amount,
        invoices.lines,
        case when invoices.days_late > 0 then 1 when invoices.date_paid is not null then 0 end as is_late,
        case when invoices.days_late > 0 then invoices.date_due + 1 else invoices.date_paid end as date_outcome,
        round(
            1 / (1 + exp(-round(
                log_odds(history.share_late) + log_odds(lines_late_shares.share_late)
                - log_odds(late_shares.share_late),
                10
            ))),
            10
        ) as probability_late
    from fct_invoices as invoices
    inner join invoice_payment_history as history on invoices.invoice_id = history.inv_id
    inner join lines_late_shares
        on invoices.lines = lines_late_shares.lines and invoices.date_issued = lines_late_shares.day
    inner join late_shares on invoices.date_issued = late_shares.known_from

)

select
    *,
    case
        when probability_late < 0.2 then 'low'
        when probability_late < 0.6 then 'medium'
        when probability_late >= 0.6 then 'high'
        else 'unknown'
    end as risk_grade
from probabilities;

create table daily_receivables as
with

movements as (

    select
        day,
        risk_grade,
        sum(issued) as issued,
        sum(issued * amount) as amount_issued,
        sum(collected) as collected,
        sum(collected * amount) as amount_collected,
        sum(collected * late) as collected_late,
        sum(collected * late * amount) as amount_collected_late,
        sum(overdue) as overdue,
        sum(overdue * amount) as amount_overdue
    from (
        select date_issued as day, risk_grade, amount, 1 as issued, 0 as collected, 0 as late, 0 as overdue from scores
        union all
        select date_paid, risk_grade, amount, 0, 1, is_late, 0 from scores where date_paid is not null
        union all
        select date_due + 1, risk_grade, amount, 0, 0, 0, 1 from scores where is_late = 1
    )
    group by day, risk_grade

)

select
    dim_date.date_day,
    grades.risk_grade,
    cast(coalesce(issued, 0) as bigint) as invoices_issued,
    cast(coalesce(amount_issued, 0) as decimal(18, 2)) as amount_issued,
    cast(coalesce(collected, 0) as bigint) as invoices_collected,
    cast(coalesce(amount_collected, 0) as decimal(18, 2)) as amount_collected,
    cast(coalesce(collected_late, 0) as bigint) as invoices_collected_late,
    cast(coalesce(amount_collected_late, 0) as decimal(18, 2)) as amount_collected_late,
    cast(coalesce(overdue, 0) as bigint) as invoices_newly_overdue,
    cast(coalesce(movements.amount_overdue, 0) as decimal(18, 2)) as amount_newly_overdue,
    cast(coalesce(sum(issued - collected) over up_to_the_day, 0) as bigint) as invoices_closing,
    cast(coalesce(sum(amount_issued - amount_collected) over up_to_the_day, 0) as decimal(18, 2)) as amount_closing,
    cast(coalesce(sum(overdue - collected_late) over up_to_the_day, 0) as bigint) as invoices_overdue,
    cast(
        coalesce(sum(movements.amount_overdue - amount_collected_late) over up_to_the_day, 0) as decimal(18, 2)
    ) as amount_overdue
from dim_date
cross join (select distinct risk_grade from scores) as grades
left join movements on dim_date.date_day = movements.day and grades.risk_grade = movements.risk_grade
where dim_date.date_day between (select min(date_issued) from invoices) and getvariable('as_of')
window up_to_the_day as (
    partition by grades.risk_grade order by dim_date.date_day rows between unbounded preceding and current row
);

create table account_late_shares as
with

counts as (

    select
        scored_day,
        account_id,
        count(case when days_late > 0 and date_due < scored_day then 1 end) as late,
        count(case when case when days_late > 0 then date_due else date_paid end < scored_day then 1 end) as known,
        max(greatest(
            date_issued,
            case when date_issued < scored_day then date_issued + 1 end,
            case when date_due < scored_day then date_due + 1 end,
            case when date_paid < scored_day then date_paid + 1 end
        )) as last_event
    from fct_invoices
    inner join scored_days on date_issued <= scored_day
    group by scored_day, account_id

)

select
    counts.scored_day,
    counts.account_id,
    (counts.late + 2 * late_shares.share_late) / (counts.known + 2) as share_late
from counts
asof inner join late_shares on counts.last_event >= late_shares.known_from;

create table open_invoices as
with

lines_shares as (

    select
        scored_days.scored_day,
        numbers.lines,
        lines_late_shares.share_late
    from scored_days
    cross join (select distinct lines from lines_late_shares) as numbers
    asof inner join lines_late_shares
        on numbers.lines = lines_late_shares.lines and scored_days.scored_day >= lines_late_shares.day

),

shares as (

    select
        scored_days.scored_day,
        late_shares.share_late
    from scored_days
    asof inner join late_shares on scored_days.scored_day >= late_shares.known_from

)

select
    shares.scored_day,
    scores.* exclude (date_outcome, probability_late, days_to_pay),
    cast(shares.scored_day - scores.date_issued as integer) as days_open,
    cast(scores.date_due - shares.scored_day as integer) as days_until_due,
    account_late_shares.share_late as share_late_of_account,
    lines_shares.share_late as share_late_of_lines,
    shares.share_late as share_late_of_all
from scores
inner join shares
    on
        scores.date_issued <= shares.scored_day
        and (scores.date_paid is null or scores.date_paid > shares.scored_day)
inner join account_late_shares
    on scores.account_id = account_late_shares.account_id and shares.scored_day = account_late_shares.scored_day
inner join lines_shares on scores.lines = lines_shares.lines and shares.scored_day = lines_shares.scored_day;

create table receivables_ageing_by_month as
with

ageing as (

    select
        scored_day,
        sum(case when days_until_due >= 0 then amount else 0 end) as amount_current,
        sum(case when -days_until_due between 1 and 30 then amount else 0 end) as amount_1_to_30,
        sum(case when -days_until_due between 31 and 60 then amount else 0 end) as amount_31_to_60,
        sum(case when -days_until_due between 61 and 90 then amount else 0 end) as amount_61_to_90,
        sum(case when -days_until_due > 90 then amount else 0 end) as amount_over_90,
        sum(amount) as amount_open
    from open_invoices
    group by scored_day

)

select
    months.month_start,
    months.month_end_or_as_of,
    cast(coalesce(ageing.amount_current, 0) as decimal(18, 2)) as amount_current,
    cast(coalesce(ageing.amount_1_to_30, 0) as decimal(18, 2)) as amount_1_to_30,
    cast(coalesce(ageing.amount_31_to_60, 0) as decimal(18, 2)) as amount_31_to_60,
    cast(coalesce(ageing.amount_61_to_90, 0) as decimal(18, 2)) as amount_61_to_90,
    cast(coalesce(ageing.amount_over_90, 0) as decimal(18, 2)) as amount_over_90,
    cast(coalesce(ageing.amount_open, 0) as decimal(18, 2)) as amount_open
from monthly_receivables as months
left join ageing on months.month_end_or_as_of = ageing.scored_day;

create table grade_corrections as
with

outcomes as (

    select
        date_outcome,
        risk_grade,
        sum(is_late) as late,
        count(*) as known,
        sum(cast(probability_late as decimal(18, 10))) as probabilities
    from scores
    where probability_late is not null
    group by date_outcome, risk_grade

),

recent as (

    select
        scored_day,
        risk_grade,
        sum(late) as late,
        sum(known) as known,
        cast(sum(probabilities) as double) / sum(known) as mean_probability
    from outcomes
    inner join scored_days on date_outcome between scored_day - 89 and scored_day
    group by scored_day, risk_grade

)

select
    scored_day,
    risk_grade,
    round(log_odds((late + 2 * mean_probability) / (known + 2)) - log_odds(mean_probability), 10) as correction
from recent;

create table days_to_pay as
with

payments as (

    select
        date_paid,
        days_to_pay,
        is_late,
        count(*) as paid
    from scores
    where date_paid is not null
    group by date_paid, days_to_pay, is_late

),

sums as (

    select
        scored_days.scored_day,
        numbers.days_open,
        coalesce(sum(paid) filter (is_late = 0), 0) as punctual,
        coalesce(sum(paid) filter (is_late = 0 and days_to_pay > days_open), 0) as punctual_later,
        coalesce(sum(paid * days_to_pay) filter (is_late = 0 and days_to_pay > days_open), 0) as days_of_punctual_later,
        sum(paid) filter (is_late = 1) as late,
        sum(paid * days_to_pay) filter (is_late = 1) as days_of_late
    from scored_days
    cross join range(31) as numbers (days_open)
    left join payments on payments.date_paid between scored_days.scored_day - 89 and scored_days.scored_day
    group by scored_days.scored_day, numbers.days_open

)

select
    scored_day,
    days_open,
    round((punctual_later + 2 * (cast(30 - days_open as double) / 31)) / (punctual + 2), 10) as share_of_punctual_unpaid,
    round((days_of_punctual_later + 2 * (cast(days_open + 31 as double) / 2)) / (punctual_later + 2), 10)
        as mean_days_if_punctual,
    round(coalesce(cast(days_of_late as double) / late, 31), 10) as mean_days_if_late
from sums;

create table risks as
with

log_odds_of_invoices as (

    select
        open_invoices.*,
        round(
            log_odds(share_late_of_account) + log_odds(share_late_of_lines) - log_odds(share_late_of_all), 10
        ) as log_odds,
        coalesce(grade_corrections.correction, 0) as correction
    from open_invoices
    left join grade_corrections
        on
            open_invoices.scored_day = grade_corrections.scored_day
            and open_invoices.risk_grade = grade_corrections.risk_grade
    where days_until_due >= 0

),

corrected as (

    select
        *,
        1 / (1 + exp(-(log_odds + correction))) as probability
    from log_odds_of_invoices

),

probabilities as (

    select
        corrected.*,
        days_to_pay.* exclude (scored_day, days_open),
        round(probability / (probability + (1 - probability) * days_to_pay.share_of_punctual_unpaid), 10)
            as probability_late
    from corrected
    inner join days_to_pay
        on corrected.scored_day = days_to_pay.scored_day and corrected.days_open = days_to_pay.days_open

)

select
    *,
    cast(amount * coalesce(probability_late, 0) as decimal(18, 2)) as expected_late_value,
    date_issued + cast(
        round(probability_late * mean_days_if_late + (1 - probability_late) * mean_days_if_punctual) as integer
    ) as expected_date_paid
from probabilities;

create table open_invoice_risk as
select
    invoice_id as inv_id,
    account_id as acct_id,
    amount as inv_total,
    lines as inv_lines,
    date_issued,
    date_due,
    days_open,
    share_late_of_account,
    share_late_of_lines,
    share_late_of_all,
    log_odds,
    risk_grade,
    correction,
    share_of_punctual_unpaid,
    probability_late,
    expected_late_value,
    expected_date_paid,
    scored_day as as_of
from risks
where scored_day = getvariable('as_of');

create table risk_by_month as
with

judged as (

    select
        scored_day,
        probability_late,
        is_late,
        amount,
        expected_late_value,
        2 * rank() over (partition by scored_day order by probability_late)
        + count(*) over (partition by scored_day, probability_late) - 1 as twice_the_rank
    from risks
    where scored_day + 30 < getvariable('as_of') and probability_late is not null

),

sums as (

    select
        scored_day,
        count(*) as scored,
        cast(sum(is_late) as bigint) as late,
        cast(sum(cast(probability_late as decimal(18, 10))) as double) as probabilities,
        cast(
            sum(cast((probability_late - is_late) * (probability_late - is_late) as decimal(18, 15))) as double
        ) as squares,
        cast(sum(is_late * twice_the_rank) as double) / 2 as ranks_of_late,
        cast(sum(expected_late_value) as decimal(18, 2)) as expected_late_value,
        cast(sum(is_late * amount) as decimal(18, 2)) as late_value
    from judged
    group by scored_day

)

select
    cast(date_trunc('month', scored_day) as date) as month_start,
    scored_day,
    scored as num_inv_scored,
    late as num_inv_late,
    probabilities / scored as mean_probability,
    cast(late as double) / scored as share_late,
    round(squares / scored, 10) as brier_score,
    (ranks_of_late - late * (late + 1) / 2.0) / nullif(late * (scored - late), 0) as roc_auc,
    expected_late_value,
    late_value
from sums;

create table expected_shares as
with

sights as (

    select
        scored_days.scored_day,
        risk_grade,
        number,
        greatest(scored_day - 89 - date_issued, 0) as first_day,
        case when date_paid <= scored_day then date_paid - date_issued else scored_day - date_issued end as last_day,
        date_paid <= scored_day as is_paid
    from (select risk_grade, date_issued, date_paid, count(*) as number from scores group by all)
    inner join scored_days
        on date_issued <= scored_day and (date_paid is null or date_paid >= scored_day - 89)

),

changes as (

    select
        scored_day,
        risk_grade,
        days_open,
        sum(change) as change,
        sum(paid) as paid
    from (
        select scored_day, risk_grade, first_day as days_open, number as change, 0 as paid from sights
        union all
        select scored_day, risk_grade, last_day, 0, case when is_paid then number else 0 end from sights
        union all
        select scored_day, risk_grade, last_day + 1, -number, 0 from sights
    )
    group by scored_day, risk_grade, days_open

),

staying as (

    select
        scored_day,
        risk_grade,
        days_open,
        coalesce(1 - cast(paid as double) / nullif(sum(change) over so_far, 0), 1) as share
    from changes
    window so_far as (
        partition by scored_day, risk_grade order by days_open rows between unbounded preceding and current row
    )

),

curves as (

    select
        scored_day,
        risk_grade,
        days_open,
        case
            when min(share) over so_far > 0
                then round(
                    exp(cast(sum(cast(ln(nullif(share, 0)) as decimal(28, 15))) over so_far as double)), 10
                )
            else 0
        end as share_unpaid
    from staying
    window so_far as (
        partition by scored_day, risk_grade order by days_open rows between unbounded preceding and current row
    )

),

unpaid as (

    select
        groups.scored_day,
        groups.risk_grade,
        groups.days_open,
        weeks.week,
        coalesce(curves.share_unpaid, 1) as share_unpaid
    from (select distinct scored_day, risk_grade, days_open from open_invoices) as groups
    cross join range(5) as weeks (week)
    asof left join curves
        on
            groups.scored_day = curves.scored_day
            and groups.risk_grade = curves.risk_grade
            and groups.days_open + 7 * weeks.week >= curves.days_open

)

select
    scored_day,
    risk_grade,
    days_open,
    week,
    coalesce(
        (lag(share_unpaid) over by_week - share_unpaid) / nullif(first_value(share_unpaid) over by_week, 0), 0
    ) as share_expected
from unpaid
window by_week as (partition by scored_day, risk_grade, days_open order by week);

create table collections as
with

open_values as (

    select
        scored_day,
        risk_grade,
        days_open,
        days_until_due,
        sum(amount) as amount
    from open_invoices
    group by scored_day, risk_grade, days_open, days_until_due

),

weeks as (

    select
        scored_days.scored_day,
        weeks.week,
        coalesce(sum(amount), 0) as amount_open,
        coalesce(sum(amount) filter (days_until_due < 0), 0) as amount_overdue,
        coalesce(
            sum(amount) filter (
                days_until_due >= 0 and least(greatest(cast(ceil(days_until_due / 7.0) as integer), 1), 5) = weeks.week
            ),
            0
        ) as amount_due,
        cast(
            coalesce(sum(cast(amount * coalesce(share_expected, 0) as decimal(28, 10))), 0) as decimal(18, 2)
        ) as expected,
        cast(
            coalesce(
                sum(cast(amount * coalesce(share_expected, 0) as decimal(28, 10))) filter (days_until_due < 0), 0
            ) as decimal(18, 2)
        ) as expected_of_overdue
    from scored_days
    cross join range(1, 6) as weeks (week)
    left join open_values on scored_days.scored_day = open_values.scored_day
    left join expected_shares
        on
            open_values.scored_day = expected_shares.scored_day
            and open_values.risk_grade = expected_shares.risk_grade
            and open_values.days_open = expected_shares.days_open
            and weeks.week = expected_shares.week
    group by scored_days.scored_day, weeks.week

)

select
    scored_day,
    week,
    cast(amount_due as decimal(18, 2)) as amount_due,
    cast(
        case when week = 5 then amount_open - sum(expected) over earlier else expected end as decimal(18, 2)
    ) as amount_expected,
    cast(
        case when week = 5 then amount_overdue - sum(expected_of_overdue) over earlier else expected_of_overdue end
        as decimal(18, 2)
    ) as amount_expected_of_overdue
from weeks
window earlier as (partition by scored_day order by week rows between unbounded preceding and 1 preceding);

create table expected_collections as
select
    scored_day as as_of,
    cast(week as integer) as weeks_ahead,
    scored_day + cast(7 * week - 6 as integer) as first_day,
    case when week <= 4 then scored_day + cast(7 * week as integer) end as last_day,
    amount_due,
    amount_expected,
    amount_expected_of_overdue
from collections
where scored_day = getvariable('as_of');

create table collections_by_month as
with

collected as (

    select
        scored_day,
        cast(ceil((date_paid - scored_day) / 7.0) as integer) as week,
        sum(amount) as amount
    from open_invoices
    group by all

)

select
    cast(date_trunc('month', collections.scored_day) as date) as month_start,
    collections.scored_day,
    cast(collections.week as integer) as weeks_ahead,
    collections.scored_day + cast(7 * collections.week - 6 as integer) as first_day,
    collections.scored_day + cast(7 * collections.week as integer) as last_day,
    collections.amount_due,
    collections.amount_expected,
    cast(coalesce(collected.amount, 0) as decimal(18, 2)) as amount_collected
from collections
left join collected on collections.scored_day = collected.scored_day and collections.week = collected.week
where
    collections.week <= 4
    and collections.scored_day + cast(7 * collections.week as integer) <= getvariable('as_of');

create table accounts_to_contact as
with

records as (

    select
        account_id,
        cast(sum(case when date_paid is null then amount else 0 end) as decimal(18, 2)) as value_open,
        count(is_late) as known,
        count(*) filter (is_late = 1) as late,
        avg(is_late) filter (getvariable('as_of') - date_outcome between 0 and 89)
        - avg(is_late) filter (getvariable('as_of') - date_outcome between 90 and 179) as share_late_change,
        cast(quantile_disc(days_to_pay, 0.5) as integer) as usual_days_to_pay,
        cast(
            quantile_disc(days_to_pay, 0.5) filter (getvariable('as_of') - date_paid between 0 and 89)
            - quantile_disc(days_to_pay, 0.5) filter (getvariable('as_of') - date_paid between 90 and 179) as integer
        ) as usual_days_to_pay_change
    from scores
    group by account_id

),

calls as (

    select
        account_id,
        cast(coalesce(sum(amount) filter (days_until_due < 0), 0) as decimal(18, 2)) as value_overdue,
        cast(coalesce(sum(amount) filter (days_until_due between 0 and 6), 0) as decimal(18, 2)) as value_due_7d,
        cast(
            coalesce(sum(expected_late_value) filter (days_until_due between 0 and 6), 0) as decimal(18, 2)
        ) as expected_late_7d,
        max(share_late_of_account) as share_late,
        count(*) filter (days_until_due < 0) as overdue,
        min(date_due) filter (days_until_due < 0) as oldest_overdue_day,
        count(*) filter (days_until_due between 0 and 6) as due,
        max(date_due) filter (days_until_due between 0 and 6) as last_due_day
    from (
        select *, 0 as expected_late_value from open_invoices where days_until_due < 0
        union all by name
        select * from risks
    )
    where scored_day = getvariable('as_of')
    group by account_id
    having overdue + due > 0

),

ranked as (

    select
        *,
        cast(value_overdue + expected_late_7d as decimal(18, 2)) as expected_late_value,
        row_number() over (
            order by
                value_overdue + expected_late_7d desc,
                value_overdue desc,
                coalesce(oldest_overdue_day, getvariable('as_of')),
                account_id
        ) as contact_rank
    from calls

),

words as (

    select
        *,
        if(overdue = 1, '1 invoice worth ', overdue || ' invoices worth ') || format('${:,.2f}', value_overdue)
        || if(overdue = 1, ' is past its due date, by ', ' are past their due date, the oldest by ')
        || getvariable('as_of') - oldest_overdue_day
        || if(getvariable('as_of') - oldest_overdue_day = 1, ' day', ' days') as on_overdue,
        if(due = 1, '1 invoice worth ', due || ' invoices worth ') || format('${:,.2f}', value_due_7d)
        || if(due = 1, ' falls due on ', ' fall due by ') || strftime(last_due_day, '%-d %B %Y') as on_due,
        late || ' of ' || known || if(known = 1, ' earlier invoice', ' earlier invoices')
        || if(late = 1, ' was late', ' were late') as on_record
    from ranked
    inner join records using (account_id)

)

select
    words.contact_rank,
    words.account_id,
    contacts.company_name,
    contacts.contact_person,
    contacts.contact_phone,
    case
        when overdue > 0 then on_overdue || case when due > 0 then '; ' || on_due else '' end
        else on_due || case when late > 0 then ', and ' || on_record else '' end
    end || '.' as reason,
    words.expected_late_value,
    words.value_overdue,
    words.oldest_overdue_day,
    words.expected_late_7d,
    words.value_due_7d,
    words.value_open,
    words.share_late,
    words.share_late_change,
    words.usual_days_to_pay,
    words.usual_days_to_pay_change,
    getvariable('as_of') as as_of
from words
inner join contacts on words.account_id = contacts.account_id;
