"""The people of the demonstration. Their names say what they are; in DEBUG only they sign in."""

from dataclasses import dataclass

from .models import Role

DEMONSTRATION_PASSWORD = "demo-passphrase"  # noqa: S105


@dataclass(frozen=True)
class DemonstrationAccount:
    """One account; board members have credentials and specialties, the main one first."""

    email: str
    name: str
    roles: tuple[Role, ...]
    credentials: str = ""
    specialties: tuple[str, ...] = ()
    password: str = DEMONSTRATION_PASSWORD

    @property
    def role(self) -> str:
        """The roles, with the specialties, as the sign-in page shows them."""
        roles = ", ".join(str(role.label) for role in self.roles)
        fields = ", ".join(slug.replace("-", " ") for slug in self.specialties)
        return f"{roles} ({fields})" if fields else roles


DEMONSTRATION_ACCOUNTS = (
    DemonstrationAccount("editor1@demo.example", "Demo Editor One", (Role.EDITOR,)),
    DemonstrationAccount("editor2@demo.example", "Demo Editor Two", (Role.EDITOR,)),
    DemonstrationAccount(
        "nephrologist@demo.example", "Demo Nephrologist", (Role.REVIEWER,), "MD (demonstration)", ("nephrology",)
    ),
    DemonstrationAccount(
        "cardiologist@demo.example", "Demo Cardiologist", (Role.REVIEWER,), "MD (demonstration)", ("cardiology",)
    ),
    DemonstrationAccount(
        "generalist@demo.example", "Demo Generalist", (Role.REVIEWER,), "MD (demonstration)", ("general-medicine",)
    ),
    DemonstrationAccount(
        "chestphysician@demo.example",
        "Demo Chest Physician",
        (Role.REVIEWER,),
        "MD (demonstration)",
        ("respiratory-medicine",),
    ),
    DemonstrationAccount(
        "haematologist@demo.example", "Demo Haematologist", (Role.REVIEWER,), "MD (demonstration)", ("haematology",)
    ),
    DemonstrationAccount(
        "neurologist@demo.example", "Demo Neurologist", (Role.REVIEWER,), "MD (demonstration)", ("neurology",)
    ),
    DemonstrationAccount(
        "paediatrician@demo.example", "Demo Paediatrician", (Role.REVIEWER,), "MD (demonstration)", ("paediatrics",)
    ),
    DemonstrationAccount("chair@demo.example", "Demo Chair", (Role.CHAIR,)),
    DemonstrationAccount("auditor@demo.example", "Demo Auditor", (Role.AUDITOR,)),
    DemonstrationAccount("administrator@demo.example", "Demo Administrator", (Role.ADMINISTRATOR,)),
)
DEMONSTRATION_EMAILS = frozenset(account.email for account in DEMONSTRATION_ACCOUNTS)
