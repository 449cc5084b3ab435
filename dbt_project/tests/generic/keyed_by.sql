{#- The grain holds: no part of the key is null and no key occurs twice. One scan for both. -#}
{% test keyed_by(model, key) %}
    select
        {{ key | join(', ') }},
        count(*) as occurrences
    from {{ model }}
    group by {{ key | join(', ') }}
    having count(*) > 1 {% for column in key %} or {{ column }} is null{% endfor %}
{% endtest %}
