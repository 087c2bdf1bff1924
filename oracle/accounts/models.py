"""People: the account and its roles. An account that acted is deactivated, never deleted (guarantee G9)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from oracle import clock
from oracle.audit.history import HistoricalRecords, record


class Role(models.TextChoices):
    """What a person may be; the rules of each are in docs/life.md's table of roles."""

    EDITOR = "editor", "editor"
    REVIEWER = "reviewer", "board member"
    CHAIR = "chair", "chair"
    AUDITOR = "auditor", "auditor"
    ADMINISTRATOR = "administrator", "administrator"


class Mail(models.TextChoices):
    """How often a person gets mail about work that waits for them; what may harm readers comes at once."""

    INSTANT = "instant", "At once, one message for each thing"
    DAILY = "daily", "Once a day, together, in the morning"
    WEEKLY = "weekly", "Once a week, together, on Monday morning"


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the e-mail is the name one signs in by."""

    def create_user(
        self, email: str, password: str | None = None, *, by: "User | None" = None, **fields: Any
    ) -> "User":
        """A new account; without a password nobody can sign in to it until a link sets one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        return record(user, by=by, event="user.invite" if by else "user.create")

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account with every Django permission; it has no right to sign."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def having(self, role: Role) -> "models.QuerySet[User]":
        """Every active account with a role, whoever else may do everything; by id."""
        return self.filter(is_active=True, roles__contains=[role]).order_by("pk")

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of an e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account. `name` is the name printed on signatures and in the record."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.INSTANT)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField("active", default=True)
    date_joined = models.DateTimeField(default=clock.now)
    # What stands in for the secrets in the record: the names of the second factors (oracle/accounts/factors.py).
    factors = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    loss_reported_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Sessions that began before it have ended.
    signed_out_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"], m2m_fields=[])
    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role]), name="known_roles"
            ),
            models.CheckConstraint(condition=models.Q(mail__in=Mail.values), name="known_mail_choices"),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Sessions of Django end with the password they began under; here also when a second factor is lost.
        begun_under: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{begun_under}.{self.signed_out_at.timestamp()}" if self.signed_out_at else begun_under

    def has_role(self, *roles: str) -> bool:
        """Is the account active, with at least one of `roles`? Superuser status counts for nothing here."""
        return self.is_active and bool(set(roles) & set(self.roles))

    @property
    def roles_in_words(self) -> str:
        """The roles as people read them."""
        return ", ".join(Role(role).label for role in self.roles) or "no role"
