"""The workbench: one case on one screen, versions side by side, evidence previews, and who else is here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import events, history_words
from accounts.http import AuthenticatedRequest
from accounts.models import Event
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import history, routing
from trusted_trader.application.models import Application, Evidence
from trusted_trader.entity_types import EntityType, for_type
from trusted_trader.review import bench as benches
from trusted_trader.review import operations, presence, queries
from trusted_trader.review.bench import Bench
from trusted_trader.review.compare import compare_answers
from trusted_trader.review.forms import AskForm, FlagForm, NoteForm, ReassignForm
from trusted_trader.review.views import panels
from trusted_trader.review.views.finding import case_of, case_url, queue_url, staff_page
from trusted_trader.workflow.application import STAFF_WORD, State
