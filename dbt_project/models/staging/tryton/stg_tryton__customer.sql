-- The last word of a company's name, in the countries Duebook's clients trade with; dots and slashes are left out.
{% set legal_forms = [
    'AB', 'AG', 'ApS', 'AS', 'ASA', 'BV', 'Co', 'Corp', 'CV', 'eG', 'EIRL', 'eK', 'EOOD', 'EURL', 'eV', 'GbR', 'GK',
    'GmbH', 'Inc', 'KG', 'KGaA', 'KK', 'kft', 'Kft', 'Lda', 'Limited', 'LLC', 'LLP', 'LP', 'Ltd', 'Ltda', 'mbH', 'NV',
    'OHG', 'OOD', 'OÜ', 'Oy', 'Oyj', 'PartG', 'PLC', 'plc', 'Pty', 'SA', 'SAS', 'SASU', 'SARL', 'Sàrl', 'SCS', 'SE',
    'SL', 'SLU', 'SNC', 'spol', 'SpA', 'SPRL', 'SRL', 'Srl', 'sro', 'UG', 'VOF', 'Zrt', 'zoo'
] %}

with parties as (
    {{ newest(source('tryton', 'party_party')) }}
),

identifiers as (
    select
        *,
        row_number() over (partition by _source, party order by coalesce(sequence, 0) asc, id asc) as choice
    from ({{ newest(source('tryton', 'party_identifier')) }}) as identifier
    where coalesce(active, true) and coalesce(code, '') <> ''
),

addresses as (
    select
        *,
        row_number() over (
            partition by _source, party
            order by case when coalesce(invoice, false) then 0 else 1 end, coalesce(sequence, 0) asc, id asc
        ) as choice
    from ({{ newest(source('tryton', 'party_address')) }}) as address
    where coalesce(active, true)
),

countries as (
    {{ newest(source('tryton', 'country_country')) }}
),

ir_languages as (
    {{ newest(source('tryton', 'ir_lang')) }}
),

party_languages as (
    {{ newest(source('tryton', 'party_party_lang')) }}
),

-- What is set for the company goes before what is set for all.
languages as (
    select
        party_languages._source,
        party_languages.party,
        ir_languages.code,
        row_number() over (
            partition by party_languages._source, party_languages.party
            order by case when party_languages.company is null then 1 else 0 end, party_languages.id
        ) as choice
    from party_languages
    inner join ir_languages
        on party_languages._source = ir_languages._source and party_languages.lang = ir_languages.id
),

credit_limits as (
    select
        *,
        row_number() over (
            partition by _source, party order by case when company is null then 1 else 0 end, id
        ) as choice
    from ({{ newest(source('tryton', 'party_party_credit_limit_amount')) }}) as credit_limit
    where credit_limit_amount is not null
),

payment_terms as (
    {{ newest(source('tryton', 'account_invoice_payment_term')) }}
),

party_terms as (
    {{ newest(source('tryton', 'party_party_payment_term')) }}
),

terms as (
    select
        party_terms._source,
        party_terms.party,
        payment_terms.name,
        row_number() over (partition by party_terms._source, party_terms.party order by party_terms.id) as choice
    from party_terms
    inner join payment_terms
        on party_terms._source = payment_terms._source and party_terms.customer_payment_term = payment_terms.id
),

items as (
    select distinct source, customer_id from {{ ref('stg_tryton__item') }}
),

final as (
    select
        items.source,
        items.customer_id,
        coalesce(parties.name, parties.code, 'No customer in the ERP') as name,
        -- Tryton does not tell companies from persons. Who has neither a tax number nor a company's name may be a
        -- consumer, who is never contacted.
        identifiers.code is not null
        or coalesce(
            regexp_matches(
                regexp_replace(trim(parties.name), '[./]', '', 'g'), ' ({{ legal_forms | join("|") }})$'
            ),
            false
        ) as is_business,
        countries.code as country,
        replace(languages.code, '_', '-') as language,
        cast(null as varchar) as timezone,
        cast(null as varchar) as currency,
        identifiers.code as tax_id,
        terms.name as terms,
        cast(credit_limits.credit_limit_amount as decimal(18, 3)) as credit_limit,
        cast(null as varchar) as parent_id,
        not coalesce(parties.active, true) as blocked,
        coalesce(
            nullif(trim(addresses.street_unstructured), ''),
            nullif(trim(addresses.street), ''),
            nullif(trim(coalesce(addresses.street_name, '') || ' ' || coalesce(addresses.building_number, '')), '')
        ) as street,
        addresses.postal_code as postcode,
        addresses.city,
        'item.customer_id' as erp_entity,
        cast(null as varchar) as origin
    from items
    left join parties on items.source = parties._source and items.customer_id = cast(parties.id as varchar)
    left join identifiers
        on parties._source = identifiers._source and parties.id = identifiers.party and identifiers.choice = 1
    left join addresses
        on parties._source = addresses._source and parties.id = addresses.party and addresses.choice = 1
    left join countries on addresses._source = countries._source and addresses.country = countries.id
    left join languages
        on parties._source = languages._source and parties.id = languages.party and languages.choice = 1
    left join credit_limits
        on parties._source = credit_limits._source and parties.id = credit_limits.party and credit_limits.choice = 1
    left join terms on parties._source = terms._source and parties.id = terms.party and terms.choice = 1
)

select * from final
