{#- Statements that create the roles of the var readers where they are missing, and let each read its marts. Takes
    nothing from anybody. Refuses when a role is missing and the user may not create it. -#}
{% macro postgres_grants(marts) %}
    {%- set roles = from_postgres('select rolname from pg_roles').columns[0].values() -%}
    {%- set publisher, may_create_roles = from_postgres(
        'select rolname, rolsuper or rolcreaterole from pg_roles where rolname = current_user'
    )[0].values() -%}
    {%- set query -%}
        select rolname || ' ' || nspname
        from pg_roles
        cross join pg_namespace
        where has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'usage')
        union all
        select rolname || ' ' || nspname || '.' || relname
        from pg_roles
        cross join pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        where has_table_privilege(pg_roles.oid, pg_class.oid, 'select')
    {%- endset -%}
    {%- set granted = from_postgres(query).columns[0].values() -%}
    {%- set grants = [] -%}
    {%- for role, schemas in var('readers').items() -%}
        {%- set reader = adapter.quote(role) -%}
        {%- if role not in roles and not may_create_roles -%}
            {{ exceptions.raise_compiler_error(
                'The role ' ~ role ~ ' does not exist on the PostgreSQL server, and ' ~ publisher
                ~ ' may not create it. Nothing was published. Let an administrator run there: create role ' ~ role
                ~ ' nologin'
            ) }}
        {%- elif role not in roles -%}
            {%- do grants.append('create role ' ~ reader ~ ' nologin') -%}
        {%- endif -%}
        {%- for schema in marts | map(attribute='schema') | unique
            if schema in schemas and role ~ ' ' ~ schema not in granted -%}
            {%- do grants.append('grant usage on schema ' ~ adapter.quote(schema) ~ ' to ' ~ reader) -%}
        {%- endfor -%}
        {%- for mart in marts
            if mart.schema in schemas and role ~ ' ' ~ mart.schema ~ '.' ~ mart.alias not in granted -%}
            {%- do grants.append('grant select on ' ~ postgres_table(mart) ~ ' to ' ~ reader) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(grants) }}
{% endmacro %}
