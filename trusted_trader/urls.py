"""Addresses of the programme: the company's pages by account number, and the auditor's."""

from django.urls import path

from trusted_trader.application.views import account, answers, evidence, papers, sheet, submission, tasks
from trusted_trader.audit import views as audit

urlpatterns = [
    path("companies/<int:company>/open-account/", account.open_account, name="account_open"),
    path("accounts/<str:number>/", account.case, name="case"),
    path("accounts/<str:number>/numbers/", account.identifiers, name="identifiers"),
    path("accounts/<str:number>/company/<slug:part>/", account.company_part, name="company_part"),
    path("accounts/<str:number>/apply/", tasks.tasks, name="tasks"),
    path("accounts/<str:number>/apply/eligibility/", tasks.eligibility, name="eligibility"),
    path("accounts/<str:number>/apply/how-you-work/", tasks.profile_questions, name="profile_questions"),
    path("accounts/<str:number>/apply/partners/", tasks.business_partners, name="business_partners"),
    path(
        "accounts/<str:number>/apply/partners/<int:pk>/remove/",
        tasks.remove_business_partner,
        name="business_partner_remove",
    ),
    path("accounts/<str:number>/apply/transport/<int:pk>/remove/", tasks.remove_conveyance, name="conveyance_remove"),
    path("accounts/<str:number>/apply/agreement/", tasks.agreement, name="agreement"),
    path("accounts/<str:number>/apply/agreement.pdf", submission.agreement_pdf, name="agreement_pdf"),
    path("accounts/<str:number>/apply/copy/", tasks.copy_answers, name="copy_answers"),
    path("accounts/<str:number>/profile/<int:part>/", answers.category, name="category"),
    path("accounts/<str:number>/profile/<str:criterion>/answer/", answers.criterion, name="criterion"),
    path("accounts/<str:number>/profile/<str:criterion>/autosave/", answers.autosave, name="autosave"),
    path("accounts/<str:number>/profile.pdf", submission.profile_pdf, name="profile_pdf"),
    path("accounts/<str:number>/sheet/", sheet.home, name="sheet"),
    path("accounts/<str:number>/sheet/profile.xlsx", sheet.out, name="sheet_out"),
    path("accounts/<str:number>/sheet/<int:pk>/", sheet.preview, name="sheet_preview"),
    path("accounts/<str:number>/evidence/", evidence.library, name="evidence"),
    path("accounts/<str:number>/evidence/rows/", evidence.rows, name="evidence_rows"),
    path("accounts/<str:number>/evidence/<int:pk>/", evidence.edit, name="evidence_edit"),
    path("accounts/<str:number>/evidence/<int:pk>/remove/", evidence.remove, name="evidence_remove"),
    path("accounts/<str:number>/evidence/<uuid:key>/file/", evidence.file, name="evidence_file"),
    path("accounts/<str:number>/check/", submission.check, name="check"),
    path("accounts/<str:number>/receipts/<int:pk>/", submission.receipt_page, name="receipt_page"),
    path("accounts/<str:number>/receipts/<int:pk>/receipt.pdf", submission.receipt_pdf, name="receipt_pdf"),
    path("accounts/<str:number>/questions/", submission.questions, name="questions"),
    path("accounts/<str:number>/withdraw/", submission.withdraw, name="withdraw"),
    path("accounts/<str:number>/history/", papers.account_history, name="account_history"),
    path("accounts/<str:number>/certificates/<int:pk>/certificate.pdf", papers.certificate_pdf, name="certificate_pdf"),
    path("accounts/<str:number>/letters/<int:pk>/letter.pdf", papers.letter_pdf, name="letter_pdf"),
    path("accounts/<str:number>/changes/<int:pk>/letter.pdf", papers.change_pdf, name="change_pdf"),
    path("audit/", audit.accounts, name="audit"),
    path("audit/reveals/", audit.reveals, name="audit_reveals"),
    path("audit/chain/", audit.chain, name="audit_chain"),
    path("audit/accounts/<str:number>/", audit.account, name="audit_account"),
    path("audit/accounts/<str:number>/cases/<int:pk>/bundle.zip", audit.case_bundle, name="audit_bundle"),
]
