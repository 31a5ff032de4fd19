from django.db import migrations

from accounts.guards import PUBLIC, SCOPE, reread

# `offset 0`, as in `consented`: else each look at a company by a partner reads every account there is first, which takes
# half a second where there are 400,000.
ONE_OF_ITS_ACCOUNTS = "exists (select 1 from accounts_account a where a.company_id = accounts_company.id offset 0)"


class Migration(migrations.Migration):
    """A partner sees the companies of the accounts that it sees."""

    dependencies = [
        ('accounts', '0008_consents_row_by_row'),
    ]

    operations = [
        reread("accounts_company", f"{PUBLIC} or ({SCOPE} = 'partner' and {ONE_OF_ITS_ACCOUNTS})"),
    ]
