"""Every setting of the portal. Values come from the environment; in development from what portal.local started."""

from __future__ import annotations

import sys
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.environment import (
    LOCAL,
    ROOT,
    database,
    env,
    env_bool,
    env_int,
    env_list,
    env_secret,
    local_service,
)

BASE_DIR = ROOT
LOCAL_DIR = LOCAL

# Development is the default on a checkout; a deployment says PORTAL_DEBUG=no.
DEVELOPMENT = env_bool("PORTAL_DEBUG", default=True)
# Django's technical pages show code and settings: never, unless a developer asks for them by name.
DEBUG = DEVELOPMENT and env_bool("PORTAL_TECHNICAL_PAGES", default=False)
DEMO = env_bool("PORTAL_DEMO", default=DEVELOPMENT)
TESTING = "pytest" in sys.modules

SECRET_KEY = env_secret("SECRET_KEY", development=DEVELOPMENT)
# Keys that wrap each person's own key (newest first, comma separated) and that make look-up hashes.
FIELD_KEYS = env_secret("FIELD_KEYS", development=DEVELOPMENT).split(",")
LOOKUP_KEY = env_secret("LOOKUP_KEY", development=DEVELOPMENT)

PUBLIC_URL = env("PORTAL_PUBLIC_URL", local_service("public_url") or "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env_list(
    "PORTAL_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"] if DEVELOPMENT else []
)
CSRF_TRUSTED_ORIGINS = env_list("PORTAL_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "trusted_trader.apps.TrustedTraderConfig",
    "fastlane.apps.FastlaneConfig",
    "portal.apps.PortalConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "django_countries",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]
SITE_ID = 1

MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.SessionEndMiddleware",
    "accounts.policy.middleware.PolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: PostgreSQL alone. The app role owns nothing; only `migrate` uses the owner. -------------------
DATABASE_URL = env("DATABASE_URL", local_service("database_url")) or "postgresql://portal_app@127.0.0.1:5432/portal"
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", local_service("database_owner_url")) or DATABASE_URL
USES_OWNER = TESTING or (len(sys.argv) > 1 and sys.argv[1] in {"migrate", "makemigrations", "sqlmigrate", "dbshell"})
DATABASES = {
    "default": database(DATABASE_OWNER_URL if USES_OWNER else DATABASE_URL)
    | {"CONN_MAX_AGE": env_int("DATABASE_CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache, worker ------------------------------------------------------------------------------------
BROKER_URL = env("BROKER_URL", local_service("broker_url")) or "redis://127.0.0.1:6379/0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": BROKER_URL,
        "KEY_PREFIX": "portal",
        # A page asks the cache up to three times: one that doesn't answer may not hold it up for a second each.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    },
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publish may never hold up a request: the sweeper publishes again what a lost broker swallowed.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "socket_timeout": 1,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "beat-schedule")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Who: sign-in ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = env_int("PORTAL_FRESH_FACTOR_SECONDS", 300)
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.passkeys.AddPasskeyForm"}
# One step of clock drift: a code is good for its half minute and the one beside it, once.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Trusted Trader Portal"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE = timedelta(minutes=env_int("PORTAL_SESSION_IDLE_MINUTES", 30))
SESSION_TOTAL = timedelta(hours=env_int("PORTAL_SESSION_TOTAL_HOURS", 12))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_NAME = "sessionid" if DEVELOPMENT else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEVELOPMENT else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
# A word after a step may name a company: it stays on the server, and no further cookie is needed.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"

POLICY_TABLE = "portal.policy.TABLE"

# --- Machines: OAuth 2 client credentials ---------------------------------------------------------------------
IDP_OIDC_ADAPTER = "accounts.adapter.MachineAdapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600

# --- Headers ----------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env_bool("PORTAL_SSL_REDIRECT", default=not DEVELOPMENT)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("PORTAL_BEHIND_PROXY", default=False) else None
)
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # portal.middleware.HeadersMiddleware sends that header

# --- Files ------------------------------------------------------------------------------------------------------
EVIDENCE_DIR = LOCAL_DIR / "evidence"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(EVIDENCE_DIR)}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if bucket := env("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": env("S3_ENDPOINT_URL") or None, "default_acl": None},
    }
QUARANTINE_DIR = LOCAL_DIR / "quarantine"
CLAMD_ADDRESS = env("CLAMD_ADDRESS")
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
EVIDENCE_MAX_BYTES = 25 * 1024 * 1024
PARCELS_MAX_BYTES = 250 * 1024 * 1024
STATIC_URL = "static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEVELOPMENT

# --- Seals and signing --------------------------------------------------------------------------------------------
SEALS_DIR = env("PORTAL_SEALS_DIR", str(LOCAL_DIR / "seals"))
KEYS_DIR = env("PORTAL_KEYS_DIR", str(LOCAL_DIR / "keys"))
PDF_SIGNING_P12 = env("PORTAL_PDF_SIGNING_P12")
PDF_SIGNING_PASSPHRASE = env("PORTAL_PDF_SIGNING_PASSPHRASE")

# --- Mail: in development each message is a file under .local/mail ----------------------------------------------
EMAIL_HOST = env("SMTP_HOST")
MAIL_DIR = LOCAL_DIR / "mail"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "portal.mail.FolderBackend"
EMAIL_PORT = env_int("SMTP_PORT", 587)
EMAIL_HOST_USER = env("SMTP_USER")
EMAIL_HOST_PASSWORD = env("SMTP_PASSWORD")
EMAIL_USE_TLS = env_bool("SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("PORTAL_FROM_EMAIL", "Trusted Trader Portal <portal@example.org>")
SUPPORT_EMAIL = env("PORTAL_SUPPORT_EMAIL", "help@example.org")

# --- Words, time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/New_York"  # the programme's day; the API speaks UTC
USE_TZ = True

# --- Webhooks: what may be called -------------------------------------------------------------------------------
WEBHOOK_PORTS = [int(port) for port in env_list("PORTAL_WEBHOOK_PORTS", ["443"])]
# Inward networks that may be called all the same, on any port and without https: for trying things out alone.
WEBHOOK_LOCAL_NETWORKS = env_list("PORTAL_WEBHOOK_LOCAL_NETWORKS", ["127.0.0.0/8", "::1/128"] if DEMO else [])
WEBHOOK_SENDERS = env_int("PORTAL_WEBHOOK_SENDERS", 8)  # threads of a worker process

# --- Programme figures that a deployment may set ----------------------------------------------------------------
STATEMENT_SECONDS = 300

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["fastlane.publishing.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["fastlane.publishing.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "fastlane.publishing.problems.handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Trusted Trader Portal API",
    "DESCRIPTION": "Signed, explained, time-bound answers about trusted-trader standing.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "ENUM_NAME_OVERRIDES": {
        "EntityTypeEnum": "fastlane.publishing.describing.ENTITY_TYPES",
        "LaneEnum": "fastlane.lanes.describing.LANE_CODES",
        "RequestStateEnum": "fastlane.lanes.describing.REQUEST_STATES",
        "StandingStatusEnum": "fastlane.publishing.describing.STANDING_STATUSES",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "filters": {"request": {"()": "portal.logs.RequestFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": env("PORTAL_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "pyhanko": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
# One line in this many for quiet, successful API requests; everything else is always logged.
LOG_SAMPLE = env_int("PORTAL_LOG_SAMPLE", 100)
