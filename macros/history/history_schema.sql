{% macro history_schema(schema='history') %}
    {#- A history cannot be made again, so trying the seeds must not leave invented rows in that of landed data. -#}
    {{ return(schema if raw_in_use() == 'landed' else schema ~ '_of_seeds') }}
{% endmacro %}

{% macro live_history(snapshot) %}
    {%- if as_of_date() is none -%}
        {{ return(ref(snapshot)) }}
    {%- endif -%}
    {#- A replay takes no snapshot, so this one is disabled and ref does not know it. -#}
    {{ return(adapter.get_relation(target.database, history_schema(), snapshot) if execute else none) }}
{% endmacro %}
