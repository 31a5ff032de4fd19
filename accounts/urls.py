"""Addresses about WHO: sign-in, companies and their people, inbox."""

from django.urls import include, path

from accounts.views import companies, inbox, joining, members, people, sharing, sites, who

urlpatterns = [
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/factors/", include("allauth.mfa.urls")),
    path("sign-in/second-factor/", who.second_factor, name="second_factor"),
    path("me/", who.profile, name="profile"),
    path("me/sign-out-everywhere/", who.sign_out_everywhere, name="sign_out_everywhere"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("companies/", companies.companies, name="companies"),
    path("companies/register/", companies.register, name="company_register"),
    path("companies/<int:company>/", companies.details, name="company_details"),
    path("companies/<int:company>/sites/", sites.facilities, name="facilities"),
    path("companies/<int:company>/sites/<int:pk>/", sites.facility, name="facility"),
    path("companies/<int:company>/sites/<int:pk>/remove/", sites.remove, name="facility_remove"),
    path("companies/<int:company>/people/", people.people, name="people"),
    path("companies/<int:company>/people/<int:pk>/", people.person, name="person"),
    path("companies/<int:company>/people/<int:pk>/remove/", people.remove, name="person_remove"),
    path("companies/<int:company>/members/", members.members, name="members"),
    path("companies/<int:company>/members/<int:pk>/role/", members.change_role, name="member_role"),
    path("companies/<int:company>/members/<int:pk>/end/", members.end, name="member_end"),
    path("companies/<int:company>/invitations/<int:pk>/revoke/", members.revoke, name="invitation_revoke"),
    path("accounts/<str:number>/partners/", sharing.consents, name="consents"),
    path("accounts/<str:number>/partners/<int:pk>/revoke/", sharing.revoke, name="consent_revoke"),
]
