{% macro is_misread(raw, typed, type) -%}
    {#- A cast alone is too kind: it reads ' 7', '7.4', '1e3' and '2021-4-6 10:00'. So whole numbers and dates must
        be written as the type itself writes them, and amounts must lose nothing when they are read. -#}
    {%- if type.startswith('decimal') -%}
        coalesce({{ typed }} <> try_cast({{ raw }} as decimal(38, 9)), {{ raw }} is not null)
    {%- elif type == 'date' -%}
        {{ raw }} <> coalesce(cast({{ typed }} as {{ dbt.type_string() }}), '') or length({{ raw }}) <> 10
    {%- else -%}
        {{ raw }} <> coalesce(cast({{ typed }} as {{ dbt.type_string() }}), '')
    {%- endif -%}
{%- endmacro %}
