"""Settings: frozen, typed, from a TOML file and the environment. Secrets never stand in the file.

The environment wins over the file: `CONNECTOR_ORG__LOGIN_URL` is `[org] login_url`. Secrets come from
`CONNECTOR_ORG__CLIENT_SECRET`, from a file named by `…_file`, or from the keyring under the service name
`channel-connector`.
"""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

Seconds = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class OrgSection(_Section):
    """The org and how to log in. One of access token, private key or client secret is needed."""

    login_url: str = "https://login.salesforce.com"
    """Where tokens come from; `https://test.salesforce.com` for sandboxes, or your My Domain."""

    instance_url: str | None = None
    """The org's address. Needed with an access token; otherwise the login answers it."""

    client_id: str | None = None
    """The external client app's consumer key."""

    username: str | None = None
    """The integration user, for JWT bearer login."""

    private_key_file: Path | None = None
    """PEM file of the key whose certificate the app holds (JWT bearer). A new key needs a restart."""

    client_secret: SecretStr | None = None
    """For client credentials. From the environment only, or `client_secret_file`, or the keyring."""

    client_secret_file: Path | None = None
    """A file that holds the client secret, such as one mounted by a secret store."""

    access_token: SecretStr | None = None
    """A session from elsewhere, from the environment only. It cannot be renewed."""

    api_version: Annotated[str, Field(pattern=r"^[1-9]\d{1,2}\.0$")] | None = None
    """Such as `63.0`; without it the org's newest is asked for and kept to."""

    api_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The part of the org's daily API calls that we may use; beyond it we pause and say so."""

    plain_http: bool = False
    """Allow http:// to another host than this machine (tokens would travel readable)."""

    ca_bundle: str | None = None
    """PEM file of a private certificate authority."""

    proxy: str | None = None
    """HTTP proxy for every call."""


class SyncSection(_Section):
    """How often to look, and how far to trust what was read."""

    poll_every: Seconds = 5.0
    """Seconds between two looks for leads, registrations and deals: one API call per five objects."""

    context_every: Seconds = 60.0
    """Seconds between two looks at objects that bear no priority in time: accounts, users, queues."""

    watermark_every: Seconds = 60.0
    """Seconds between two questions for the watermark while something waits for it; else a quarter of an hour."""

    seal_after: Seconds = 900.0
    """Seconds after which a fact is judged for good even when the org's watermark lags (law 3)."""

    live: Literal["messages_only", "tiers", "all"] = "all"
    """How far live writing has widened: messages only, also everything of the tiers in `live_tiers`, or all."""

    live_tiers: tuple[str, ...] = ()
    """With `live = "tiers"`: the firms of these tiers get everything, all others messages only."""

    shadow: bool = False
    """Judge everything, write nothing; `connector outbox list` shows what would be written."""


class Settings(BaseSettings):
    """Everything an installation may set. Every value has a default that works on the practice org."""

    model_config = SettingsConfigDict(
        env_prefix="CONNECTOR_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )
    file: ClassVar[Path | None] = None

    database: str = "sqlite:///connector.db"
    """SQLite file or PostgreSQL address. A password belongs in `CONNECTOR_DATABASE`, not in the file."""

    profiles: Annotated[tuple[str, ...], Field(min_length=1)] = ("partner_leads", "deal_registration")
    """Folders with `mapping.yaml` and `policy.yaml`: a shipped profile's name, or a path."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""

    log_format: Literal["json", "text"] = "json"
    """`json`, or `text` for a terminal."""

    worker: str = "connector"
    """This process's name on the lease; two processes must not share one."""

    lease_seconds: Annotated[int, Field(ge=10)] = 60
    """How long a silent worker keeps the org before another may take over."""

    org: OrgSection = OrgSection()
    sync: SyncSection = SyncSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=cls.file) if cls.file else None
        return (init_settings, env_settings, *([toml] if toml else []))


class SecretInFile(ValueError):
    """A secret stands in the configuration file, where backups and version control would copy it."""


def load(path: Path | None, **overrides: Any) -> Settings:
    """Settings from `path` and the environment.

    Raises:
        SecretInFile: the file holds a secret; the message names it and where it may live.
        pydantic.ValidationError: a value is wrong; each error names the setting and what was expected.
        tomllib.TOMLDecodeError: the file is not TOML; the message names line and column.
    """
    if path is not None:
        _refuse_secrets(path)
    source = type("FileSettings", (Settings,), {"file": path})
    loaded: Settings = source(**overrides)
    return loaded


_INSTEAD = {
    "client_secret": "Set CONNECTOR_ORG__CLIENT_SECRET in the environment, or name a file with client_secret_file.",
    "access_token": "Set CONNECTOR_ORG__ACCESS_TOKEN in the environment.",
    "private_key": "Name a file with private_key_file.",
    "password": "The connector logs in without passwords: see private_key_file and client_secret.",
}


def _refuse_secrets(path: Path) -> None:
    import tomllib  # noqa: PLC0415 - only when there is a file

    org = tomllib.loads(path.read_text(encoding="utf-8")).get("org", {})
    for name, instead in _INSTEAD.items():
        if name in org:
            raise SecretInFile(f"{path}: [org] {name} is a secret and must not stand in the file. {instead}")
