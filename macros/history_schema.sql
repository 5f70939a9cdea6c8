{% macro history_schema(schema='history') %}
    {#- A history cannot be made again, so trying the seeds must not leave invented rows in that of landed data. -#}
    {{ return(schema if raw_in_use() == 'landed' else schema ~ '_of_seeds') }}
{% endmacro %}
