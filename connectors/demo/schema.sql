-- The tables of Odoo 18 that receivables live in: every column, in Odoo's order.
-- jsonb, dates and timestamps are text, booleans 0 or 1; column defaults and foreign keys are left out.

create table res_partner (
    id integer primary key, company_id integer, create_date text, name text, title integer, parent_id integer,
    user_id integer, state_id integer, country_id integer, industry_id integer, color integer, commercial_partner_id
    integer, create_uid integer, write_uid integer, complete_name text, ref text, lang text, tz text, vat text,
    company_registry text, website text, function text, type text, street text, street2 text, zip text, city text,
    email text, phone text, mobile text, commercial_company_name text, company_name text, barcode text, comment
    text, partner_latitude numeric, partner_longitude numeric, active integer, employee integer, is_company integer,
    partner_share integer, write_date text, message_bounce integer, email_normalized text, signup_type text,
    specific_property_product_pricelist text, partner_gid integer, additional_info text, phone_sanitized text,
    invoice_template_pdf_report_id integer, supplier_rank integer, customer_rank integer, invoice_warn text,
    autopost_bills text not null, credit_limit text, property_account_payable_id text,
    property_account_receivable_id text, property_account_position_id text, property_payment_term_id text,
    property_supplier_payment_term_id text, trust text, ignore_abnormal_invoice_date text,
    ignore_abnormal_invoice_amount text, invoice_sending_method text, invoice_edi_format_store text,
    property_outbound_payment_method_line_id text, property_inbound_payment_method_line_id text, invoice_warn_msg
    text, debit_limit numeric, peppol_endpoint text, peppol_eas text
);

create table res_company (
    id integer primary key, name text not null, partner_id integer not null, currency_id integer not null, sequence
    integer, create_date text, parent_path text, parent_id integer, paperformat_id integer,
    external_report_layout_id integer, create_uid integer, write_uid integer, email text, phone text, mobile text,
    font text, primary_color text, secondary_color text, layout_background text not null, report_header text,
    report_footer text, company_details text, active integer, uses_default_logo integer, write_date text, logo_web
    blob, resource_calendar_id integer, alias_domain_id integer, alias_domain_name text, email_primary_color text,
    email_secondary_color text, partner_gid integer, iap_enrich_auto_done integer, snailmail_color integer,
    snailmail_cover integer, snailmail_duplex integer, payment_onboarding_payment_method text, fiscalyear_last_day
    integer not null, transfer_account_id integer, default_cash_difference_income_account_id integer,
    default_cash_difference_expense_account_id integer, account_journal_suspense_account_id integer,
    account_journal_early_pay_discount_gain_account_id integer, account_journal_early_pay_discount_loss_account_id
    integer, account_sale_tax_id integer, account_purchase_tax_id integer, currency_exchange_journal_id integer,
    income_currency_exchange_account_id integer, expense_currency_exchange_account_id integer, incoterm_id integer,
    batch_payment_sequence_id integer, account_opening_move_id integer, account_default_pos_receivable_account_id
    integer, expense_accrual_account_id integer, revenue_accrual_account_id integer,
    automatic_entry_default_journal_id integer, account_fiscal_country_id integer, tax_cash_basis_journal_id
    integer, account_cash_basis_base_account_id integer, account_discount_income_allocation_id integer,
    account_discount_expense_allocation_id integer, fiscalyear_last_month text not null, chart_template text,
    bank_account_code_prefix text, cash_account_code_prefix text, transfer_account_code_prefix text,
    tax_calculation_rounding_method text, terms_type text, quick_edit_mode text, account_price_include text not
    null, fiscalyear_lock_date text, tax_lock_date text, sale_lock_date text, purchase_lock_date text,
    hard_lock_date text, account_opening_date text not null, invoice_terms text, invoice_terms_html text,
    expects_chart_of_accounts integer, anglo_saxon_accounting integer, qr_code integer,
    display_invoice_amount_total_words integer, display_invoice_tax_company_currency integer,
    account_use_credit_limit integer, tax_exigibility integer, account_storno integer, check_account_audit_trail
    integer, autopost_bills integer
);

create table res_country (
    id integer primary key, address_view_id integer, currency_id integer, phone_code integer, create_uid integer,
    write_uid integer, code text not null, name_position text, name text not null, vat_label text, address_format
    text, state_required integer, zip_required integer, create_date text, write_date text
);

create table res_currency (
    id integer primary key, name text not null, symbol text not null, iso_numeric integer, decimal_places integer,
    create_uid integer, write_uid integer, full_name text, position text, currency_unit_label text,
    currency_subunit_label text, rounding numeric, active integer, create_date text, write_date text
);

create table res_currency_rate (
    id integer primary key, currency_id integer not null, company_id integer, create_uid integer, write_uid integer,
    name text not null, rate numeric, create_date text, write_date text
);

create table account_account (
    id integer primary key, currency_id integer, create_uid integer, write_uid integer, account_type text not null,
    name text not null, code_store text, note text, deprecated integer, reconcile integer, non_trade integer,
    create_date text, write_date text
);

create table account_journal (
    id integer primary key, alias_id integer, default_account_id integer, suspense_account_id integer, sequence
    integer, currency_id integer, company_id integer not null, profit_account_id integer, loss_account_id integer,
    bank_account_id integer, create_uid integer, write_uid integer, color integer, access_token text, code text not
    null, type text not null, invoice_reference_type text not null, invoice_reference_model text not null,
    bank_statements_source text, name text not null, sequence_override_regex text, active integer, autocheck_on_post
    integer, restrict_mode_hash_table integer, refund_sequence integer, payment_sequence integer, show_on_dashboard
    integer, create_date text, write_date text, debit_sequence integer
);

create table account_move (
    id integer primary key, sequence_number integer, message_main_attachment_id integer, journal_id integer not
    null, company_id integer, origin_payment_id integer, statement_line_id integer, tax_cash_basis_rec_id integer,
    tax_cash_basis_origin_move_id integer, auto_post_origin_id integer, secure_sequence_number integer,
    invoice_payment_term_id integer, partner_id integer, commercial_partner_id integer, partner_shipping_id integer,
    partner_bank_id integer, fiscal_position_id integer, preferred_payment_method_line_id integer, currency_id
    integer not null, reversed_entry_id integer, invoice_user_id integer, invoice_incoterm_id integer,
    invoice_cash_rounding_id integer, create_uid integer, write_uid integer, sequence_prefix text, access_token
    text, name text, ref text, state text not null, move_type text not null, auto_post text not null,
    inalterable_hash text, payment_reference text, qr_code_method text, payment_state text, invoice_source_email
    text, invoice_partner_display_name text, invoice_origin text, incoterm_location text, date text not null,
    auto_post_until text, invoice_date text, invoice_date_due text, delivery_date text, sending_data text, narration
    text, invoice_currency_rate numeric, amount_untaxed numeric, amount_tax numeric, amount_total numeric,
    amount_residual numeric, amount_untaxed_signed numeric, amount_untaxed_in_currency_signed numeric,
    amount_tax_signed numeric, amount_total_signed numeric, amount_total_in_currency_signed numeric,
    amount_residual_signed numeric, quick_edit_total_amount numeric, is_storno integer, always_tax_exigible integer,
    checked integer, posted_before integer, made_sequence_gap integer, is_manually_modified integer, is_move_sent
    integer, create_date text, write_date text, debit_origin_id integer
);

create table account_move_line (
    id integer primary key, move_id integer not null, journal_id integer, company_id integer, company_currency_id
    integer, sequence integer, account_id integer, currency_id integer not null, partner_id integer,
    reconcile_model_id integer, payment_id integer, statement_line_id integer, statement_id integer, group_tax_id
    integer, tax_line_id integer, tax_group_id integer, tax_repartition_line_id integer, full_reconcile_id integer,
    product_id integer, product_uom_id integer, create_uid integer, write_uid integer, move_name text, parent_state
    text, ref text, name text, matching_number text, display_type text not null, date text, invoice_date text,
    date_maturity text, discount_date text, analytic_distribution text, debit numeric, credit numeric, balance
    numeric, amount_currency numeric, tax_base_amount numeric, amount_residual numeric, amount_residual_currency
    numeric, quantity numeric, price_unit numeric, price_subtotal numeric, price_total numeric, discount numeric,
    discount_amount_currency numeric, discount_balance numeric, is_imported integer, tax_tag_invert integer,
    reconciled integer, create_date text, write_date text
);

create table account_partial_reconcile (
    id integer primary key, debit_move_id integer not null, credit_move_id integer not null, full_reconcile_id
    integer, exchange_move_id integer, debit_currency_id integer, credit_currency_id integer, company_id integer,
    create_uid integer, write_uid integer, max_date text, amount numeric, debit_amount_currency numeric,
    credit_amount_currency numeric, create_date text, write_date text
);

create table account_full_reconcile (
    id integer primary key, exchange_move_id integer, create_uid integer, write_uid integer, create_date text,
    write_date text
);

create table account_payment (
    id integer primary key, message_main_attachment_id integer, move_id integer, journal_id integer not null,
    company_id integer not null, partner_bank_id integer, paired_internal_transfer_payment_id integer,
    payment_method_line_id integer, payment_method_id integer, currency_id integer, partner_id integer,
    outstanding_account_id integer, destination_account_id integer, create_uid integer, write_uid integer, name
    text, state text not null, payment_type text not null, partner_type text not null, memo text, payment_reference
    text, date text not null, amount numeric, amount_company_currency_signed numeric, is_reconciled integer,
    is_matched integer, is_sent integer, create_date text, write_date text, payment_transaction_id integer,
    payment_token_id integer, source_payment_id integer
);

create table account_payment_term (
    id integer primary key, company_id integer, sequence integer not null, discount_days integer, create_uid
    integer, write_uid integer, early_pay_discount_computation text, name text not null, note text, active integer,
    display_on_invoice integer, early_discount integer, create_date text, write_date text, discount_percentage real
);

create table account_payment_term_line (
    id integer primary key, nb_days integer, payment_id integer not null, create_uid integer, write_uid integer,
    value text not null, delay_type text not null, days_next_month text, value_amount numeric, create_date text,
    write_date text
);

create table res_lang (
    id integer primary key, create_uid integer, write_uid integer, name text not null, code text not null, iso_code
    text, url_code text not null, direction text not null, date_format text not null, time_format text not null,
    short_time_format text not null, week_start text not null, grouping text not null, decimal_point text not null,
    thousands_sep text, active integer, create_date text, write_date text
);

create index account_move_line__move_id_index on account_move_line (move_id);
create index account_partial_reconcile__debit_move_id_index on account_partial_reconcile (debit_move_id);
create index account_partial_reconcile__credit_move_id_index on account_partial_reconcile (credit_move_id);
