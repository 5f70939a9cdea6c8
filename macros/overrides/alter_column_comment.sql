{#- In place of dbt-spark's own, which makes a statement, and so a commit of the table, for each column. Views get their
    comments when created. -#}
{% macro spark__alter_column_comment(relation, column_dict) %}
    {%- if relation.is_table and column_dict -%}
        {%- set comments = [] -%}
        {%- for name, column in column_dict.items() -%}
            {%- set description = dbt.string_literal(dbt.escape_single_quotes(column.description)) -%}
            {%- do comments.append(adapter.quote(name) ~ ' comment ' ~ description) -%}
        {%- endfor -%}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) -%}
    {%- endif -%}
{% endmacro %}
