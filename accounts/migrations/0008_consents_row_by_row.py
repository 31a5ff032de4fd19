from django.db import migrations

from accounts.guards import PUBLIC, consented, reread


class Migration(migrations.Migration):
    """Policies made before `consented` looked a consent up by its index."""

    dependencies = [
        ('accounts', '0007_acting_systems'),
    ]

    operations = [
        reread("accounts_account", f"{PUBLIC} or {consented('accounts_account.id')}"),
        reread("accounts_identifier", consented("accounts_identifier.account_id")),
    ]
