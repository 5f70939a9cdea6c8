{% macro smoothed_share(late, known, share_of_all) -%}
    {#- How many invoices, late as often as everybody's, an account is taken to have besides its own. -#}
    {%- set weight_of_all = 2 -%}
    ({{ late }} + {{ weight_of_all }} * {{ share_of_all }}) / ({{ known }} + {{ weight_of_all }})
{%- endmacro %}
