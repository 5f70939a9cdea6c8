{% macro land(directory=none) %}
    {{ return(adapter.dispatch('land', 'late_payments')(directory)) }}
{% endmacro %}

{#- Python proves that what was landed is the whole file; a macro could not. -#}
{% macro default__land(directory) %}
    {{ exceptions.raise_compiler_error(
        'On ' ~ target.type ~ ' landing is a command of its own: make land EXTRACTS=directory or make land SOURCE=mysql,'
        ~ ' or python -m late_payments.landing --help.'
    ) }}
{% endmacro %}
