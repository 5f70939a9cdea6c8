-- Looks at what was really built, so it runs after the models that nothing else follows.
-- depends_on: {{ ref('invoice_features') }}
-- depends_on: {{ ref('dim_accounts') }}
-- depends_on: {{ ref('dim_date') }}
-- depends_on: {{ ref('dim_skus') }}
-- depends_on: {{ ref('fct_invoice_line_items') }}
-- depends_on: {{ ref('receivables_ageing_total') }}
-- depends_on: {{ ref('monthly_receivables') }}
-- depends_on: {{ ref('training_set') }}
-- depends_on: {{ ref('scoring_set') }}
-- depends_on: {{ ref('accounts_to_contact') }}
-- depends_on: {{ live_history('accounts_history') }}

{% for relation_name, column_name in (personal_columns_after_raw() if execute else []) %}
select
    '{{ relation_name }}' as relation_name,
    '{{ column_name }}' as column_name
union all
{% endfor %}
select
    cast(null as {{ dbt.type_string() }}) as relation_name,
    cast(null as {{ dbt.type_string() }}) as column_name
where false
