{#- In place of dbt-spark's own, which knows no views of Iceberg's catalogs, so that a model could never change from a
    view to a table or back. -#}
{% macro spark__list_relations_without_caching(relation) %}
    {%- set found = run_query('show table extended in ' ~ relation.schema ~ " like '*'").rows | list -%}
    {%- for view in run_query('show views in ' ~ relation.schema).rows if not view['isTemporary'] -%}
        {%- do found.append((view['namespace'], view['viewName'], false, 'Type: VIEW')) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
