{% macro published_marts() %}
    {%- set marts = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'model' and node.package_name == project_name
        and node.access == 'public' and node.contract.enforced -%}
        {%- do marts.append(node) -%}
    {%- endfor -%}
    {{ return(marts) }}
{% endmacro %}

{% macro selects_a_mart() %}
    {{ return(published_marts() | selectattr('unique_id', 'in', selected_resources) | list | length > 0) }}
{% endmacro %}

{#- The columns of a mart as it stands in the database: a dictionary from name to type. -#}
{% macro mart_columns(mart) %}
    {#- adapter.get_columns_in_relation would open a transaction of its own. -#}
    {%- set columns = {} -%}
    {%- for column in run_query('describe ' ~ mart.relation_name) -%}
        {%- do columns.update({column['column_name']: column['column_type'] | lower}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
