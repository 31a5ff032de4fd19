"""Row-level security, the functions that guards call, and the account number sequence."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import (
    COMPANIES, DROP_FUNCTIONS, FUNCTIONS, PUBLIC, SCOPE, STAFF, SYSTEM, USER, consented, protect, tenant,
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_partners")]
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        RunSQL("create sequence portal_account_number start 1000001;", "drop sequence portal_account_number;"),
        RunSQL(
            "create index company_name_trigram on accounts_company using gin (legal_name gin_trgm_ops);",
            "drop index company_name_trigram;",
        ),
        protect("accounts_company", tenant("id"), read=f"{PUBLIC} or ({SCOPE} = 'partner' and id in (select a.company_id from accounts_account a))"),
        protect("accounts_account", tenant(), read=f"{PUBLIC} or {consented('accounts_account.id')}"),
        protect("accounts_identifier", tenant(), read=consented("accounts_identifier.account_id")),
        protect("accounts_facility", tenant()),
        protect("accounts_person", tenant()),
        protect("accounts_membership", tenant(), read=f"user_id = {USER}"),
        protect("accounts_stafftie", STAFF),
        protect("accounts_invitation", tenant()),
        protect("accounts_consent", tenant(), read=(
            "(select current_setting('portal.scope', true)) = 'partner' and partner_id in (select p.id from"
            " accounts_partnerclient p where p.client_id = (select current_setting('portal.client', true)))"
        )),
        protect(
            "accounts_notice", f"{SYSTEM} or user_id = {USER}",
            check=f"{STAFF} or user_id = {USER}",
        ),
        protect(
            "accounts_event",
            f"{STAFF} or (not internal and company_id = any({COMPANIES}::bigint[]))"
            f" or (company_id is null and not internal and actor_kind = 'user' and actor_id = {USER}::text)",
            check=f"{STAFF} or company_id is null or company_id = any({COMPANIES}::bigint[])",
        ),
    ]
