"""Each staff page: it works, for the right roles alone."""

from __future__ import annotations

from tests.trusted_trader.review.conftest import page


def test_the_queue_shows_a_case_with_its_reason(client_of, submitted):
    response = client_of("specialist").get("/admin/review/?view=all")
    assert response.status_code == 200
    assert submitted.company.legal_name in page(response)
    assert "Assign to me" in page(response)


def test_the_workbench_opens(client_of, in_review):
    response = client_of("specialist").get(f"/admin/review/{in_review.pk}/")
    assert response.status_code == 200
