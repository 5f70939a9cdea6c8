{% macro is_audited(model_name, results) %}
    {%- set good = ['success', 'pass', 'warn', 'no-op'] -%}
    {%- set unique_id = 'model.' ~ project_name ~ '.' ~ model_name -%}
    {%- set finished = [] -%}
    {%- for result in results -%}
        {%- if result.status | string not in good -%}
            {{ return(false) }}
        {%- endif -%}
        {%- do finished.append(result.node.unique_id) -%}
    {%- endfor -%}
    {#- A selection may have left out the model, or tests that speak about it. -#}
    {%- for node in graph.nodes.values() if node.resource_type == 'test' and unique_id in node.depends_on.nodes -%}
        {%- if node.unique_id not in finished -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unique_id in finished) }}
{% endmacro %}
