"""Row-level security of what clients and their stewards see, and no consent to a sandbox."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import CLIENT, SCOPE, STAFF, SYSTEM, USER, consented, protect, tenant

CALLS = f"{SCOPE} = 'partner' and p.client_id = {CLIENT}"
LOOKS_AFTER = (
    f"{SCOPE} = 'user' and exists (select 1 from fastlane_clientsteward s"
    f" where s.partner_id = p.id and s.user_id = {USER} and s.ended_at is null)"
)
OWN = f"(select p.id from accounts_partnerclient p where ({CALLS}) or ({LOOKS_AFTER}))"
OWN_ENDPOINT = f"(select e.id from fastlane_endpoint e where e.partner_id in {OWN})"
OWN_DELIVERY = f"(select d.id from fastlane_delivery d where d.endpoint_id in {OWN_ENDPOINT})"
OWN_NAME = f"(select p.client_id from accounts_partnerclient p where ({CALLS}) or ({LOOKS_AFTER}))"

NO_CONSENT_TO_A_SANDBOX = """
create function portal_no_consent_to_a_sandbox() returns trigger
language plpgsql set portal.scope = 'system' as $$
begin
  if exists (select 1 from accounts_partnerclient p where p.id = new.partner_id and p.is_sandbox) then
    raise exception 'a sandbox sees made-up members alone' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger accounts_consent_no_sandbox before insert or update of partner_id on accounts_consent for each row
  execute function portal_no_consent_to_a_sandbox();
create function portal_no_sandbox_with_consents() returns trigger
language plpgsql set portal.scope = 'system' as $$
begin
  if exists (select 1 from accounts_consent c where c.partner_id = new.id) then
    raise exception 'a client with consents is no sandbox' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger accounts_partnerclient_stays before update of is_sandbox on accounts_partnerclient for each row
  when (new.is_sandbox and not old.is_sandbox) execute function portal_no_sandbox_with_consents();
"""
DROP = """
drop trigger accounts_consent_no_sandbox on accounts_consent; drop function portal_no_consent_to_a_sandbox();
drop trigger accounts_partnerclient_stays on accounts_partnerclient; drop function portal_no_sandbox_with_consents();
"""


class Migration(migrations.Migration):
    dependencies = [("fastlane", "0001_initial"), ("accounts", "0005_sandbox")]
    operations = [
        RunSQL(NO_CONSENT_TO_A_SANDBOX, DROP),
        protect("fastlane_clientsteward", STAFF, read=f"user_id = {USER}"),
        protect("fastlane_feedhead", STAFF),
        # Whose consent has ended shows as such and no more, from the moment of the commit.
        protect(
            "fastlane_change", STAFF,
            read=f"({tenant()}) or (partner_id in {OWN} and (kind = 'consent.ended' or account_id is null"
            f" or exists (select 1 from accounts_consent c where c.account_id = fastlane_change.account_id"
            f" and c.partner_id = fastlane_change.partner_id and c.revoked_at is null)))",
        ),
        protect("fastlane_slot", STAFF, read=f"({tenant()}) or ({consented('fastlane_slot.account_id')})"),
        protect("fastlane_endpoint", f"{STAFF} or partner_id in {OWN}"),
        protect("fastlane_endpointsecret", f"{STAFF} or endpoint_id in {OWN_ENDPOINT}"),
        protect("fastlane_delivery", f"{STAFF} or endpoint_id in {OWN_ENDPOINT}"),
        protect("fastlane_attempt", STAFF, read=f"delivery_id in {OWN_DELIVERY}"),
        protect("fastlane_sandboxmember", f"{STAFF} or partner_id in {OWN}"),
        protect("fastlane_sparesecret", f"{STAFF} or partner_id in {OWN}"),
        protect("fastlane_usagehour", STAFF, read=f"client_id in {OWN_NAME}"),
        protect("fastlane_keptanswer", f"{SYSTEM} or ({SCOPE} = 'partner' and client_id = {CLIENT})"),
    ]  # fmt: skip
