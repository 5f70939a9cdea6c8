{% macro has_quotes(files) %}
    {{ return(run_query(
        "select 1 from read_csv(" ~ file_list(files) ~ ", columns = {'line': 'varchar'}, auto_detect = false, header = false,"
        ~ " delim = '\x01', quote = '', escape = '', strict_mode = false, ignore_errors = true)"
        ~ " where contains(line, '\"') limit 1"
    ) | length > 0) }}
{% endmacro %}
