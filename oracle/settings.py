"""Settings, from the environment and below it from the site's own file; what is missing or wrong fails loudly.

The table of variables stands in docs/settings.md.
"""

import os
import re
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from oracle import logs, site_file

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("ORACLE_DATA_DIR", BASE_DIR / ".data"))
# Made by `manage.py setup`. The demonstration (DEBUG=1) may stand beside a real site and reads none of its settings.
SITE_FILE = Path(os.environ.get("ORACLE_SITE_FILE", DATA_DIR / site_file.NAME))
environ = {**(site_file.read(SITE_FILE) if os.environ.get("DEBUG") != "1" else {}), **os.environ}


def _flag(name: str) -> bool:
    value = environ.get(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to 0 or 1.")
    return value == "1"


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in environ.get(name, default).split(",") if part.strip()]


def _number(name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a number.")
    return int(value)


DEBUG = _flag("DEBUG")
SECRET_KEY = environ.get("SECRET_KEY", "for-development-on-this-machine-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: set it to 50 random characters, or DEBUG=1 for development.")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# The site is reached by HTTPS alone. TRUSTED_PROXIES stand before it, one behind the other: each adds to
# X-Forwarded-For, and the last sets X-Forwarded-Proto. With 0 neither header is believed.
HTTPS = _flag("HTTPS")
TRUSTED_PROXIES = _number("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS") or [
    f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"
]
# What links in mail begin with; a command that writes mail has no request to learn it from.
_host = next((host for host in ALLOWED_HOSTS if not host.startswith((".", "*"))), "127.0.0.1")
SITE_URL = environ.get("SITE_URL", f"https://{_host}" if HTTPS else f"http://{_host}:8000").rstrip("/")
if not re.fullmatch(r"https?://[^/?#\s]+", SITE_URL):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}: set it to the site's address, as https://articles.example.org."
    )

SITE_NAME = environ.get("SITE_NAME", "Oracle")
RESPONSIBLE = environ.get("RESPONSIBLE", "The editors of this site")
CONTACT_EMAIL = environ.get("CONTACT_EMAIL", "editors@localhost")
FUNDING_DEFAULT = environ.get("FUNDING_DEFAULT", "none")

INSTALLED_APPS = [
    "oracle.embedded_postgres",
    "oracle.accounts",
    "oracle.outbox",
    "oracle.audit",
    "oracle.backup",
    "articles",
    "reviews",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "oracle.health.answer",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *([] if DEBUG else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "oracle.logs.requests",
    "oracle.middleware.cookieless",
    "oracle.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oracle.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "oracle.middleware.refusals",
]

ROOT_URLCONF = "oracle.urls"
WSGI_APPLICATION = "oracle.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "oracle.context.site",
            ],
        },
    }
]

# The site connects as `app`; migrations and the tests' set-up as `owner` (oracle/embedded_postgres/roles.py).
DATABASE_OWNER_URL = environ.get("DATABASE_OWNER_URL", "")
_database: dict[str, Any]
DATABASE_URL = environ.get("DATABASE_URL", "")
if DATABASE_URL:
    _database = dict(dj_database_url.parse(DATABASE_URL))
else:
    _database = {
        "ENGINE": "oracle.embedded_postgres",
        # A database each, so that neither is ever filled with the other.
        "NAME": environ.get("ORACLE_DATABASE", "demonstration" if DEBUG else "oracle"),
    }
_database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
_database.update(
    ATOMIC_REQUESTS=True,
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": "test_oracle" + environ.get("ORACLE_TEST_SUFFIX", "")},
)
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "throttle",
        "KEY_FUNCTION": "oracle.throttle.hashed_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["oracle.accounts.backend.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "to_do"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "oracle.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,50/15m/ip"}
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# A second factor, where a person has one, is asked for at each sign-in; no browser is ever trusted without.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "oracle.accounts.forms.CodeForm",
    "authenticate_webauthn": "oracle.accounts.forms.PasskeyForm",
}
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Browsers take a `__Host-` cookie by HTTPS alone, and only from this very host.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "oracle.sessions"
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# What other machines of the domain speak is not this site's to promise (HSTS for subdomains, preloading).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "oracle.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = environ.get("DEFAULT_FROM_EMAIL", CONTACT_EMAIL)
# Where `manage.py send_mail` hands the outbox on; without EMAIL_HOST mail is written to DATA_DIR/mail.
EMAIL_HOST = environ.get("EMAIL_HOST", "")
EMAIL_PORT = _number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environ.get("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True
DATETIME_FORMAT = "j F Y, H:i e"
DATE_FORMAT = "j F Y"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "oracle" / "static"]
STATIC_ROOT = Path(environ.get("STATIC_ROOT", DATA_DIR / "static"))
# Where the site serves, `collectstatic` names each file after its content, and browsers keep it for ever.
KEPT = "whitenoise.storage.CompressedManifestStaticFilesStorage"
WHITENOISE_ALLOW_ALL_ORIGINS = False
AS_THEY_ARE = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": AS_THEY_ARE if DEBUG else KEPT},
}

SIMPLE_HISTORY_DATE_INDEX = False
LOGGING = logs.config(as_json=not DEBUG)
