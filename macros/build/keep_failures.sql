{#- Keeps the rows that a test of this run failed on, as a table, and drops that of a test that passes again. -#}
{% macro keep_failures(results) %}
    {#- Not store_failures of dbt: it makes a table for each test, passed or not, which takes longer than the tests. -#}
    {%- set tests = results | selectattr('node.resource_type', 'equalto', 'test') | list -%}
    {%- if tests and as_of_date() is none -%}
        {#- Nothing of dbt's that begins a transaction, because nobody would end it. -#}
        {%- set statements = ['create schema if not exists ' ~ failures_of(tests[0].node).without_identifier()] -%}
        {%- for result in tests if keeps_failures(result.node) -%}
            {%- if result.failures -%}
                {%- do statements.append(
                    'create or replace table ' ~ failures_of(result.node) ~ ' as\n' ~ result.node.compiled_code
                ) -%}
            {%- else -%}
                {%- do statements.append('drop table if exists ' ~ failures_of(result.node)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do run_statements(statements) -%}
    {%- endif -%}
{% endmacro %}

{#- Where the rows are kept that a test failed on. -#}
{% macro failures_of(test) %}
    {{ return(api.Relation.create(test.database, test.schema, test.alias)) }}
{% endmacro %}

{#- Whether they may be: not if store_failures says no, because they hold personal data; nor those of a replay, which
    would leave a table for each test and day. -#}
{% macro keeps_failures(test) %}
    {{ return(test.config.store_failures is not false and as_of_date() is none) }}
{% endmacro %}
