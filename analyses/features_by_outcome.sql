-- One row per feature: its mean over late invoices, invoices paid on time, and those not known to be either.
-- dbt show --select features_by_outcome --limit 100

{% set features = ['inv_total', 'inv_items', 'acct_age', 'num_inv_120d', 'cum_tot_inv_acct'] %}

with

invoice_features as (

    select
        is_late,
        {{ features | join(',\n        ') }}
    from {{ ref('invoice_features') }}

),

feature_means as (
    {% for feature in features %}
    select
        '{{ feature }}' as feature,
        round(avg(case when is_late = 1 then {{ feature }} end), 2) as mean_late,
        round(avg(case when is_late = 0 then {{ feature }} end), 2) as mean_on_time,
        round(avg(case when is_late is null then {{ feature }} end), 2) as mean_not_yet_known
    from invoice_features
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from feature_means
