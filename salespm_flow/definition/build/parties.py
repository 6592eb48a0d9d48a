"""Reads who may do something or gets it; remembers every role a document names."""

from salespm_flow.definition.build.reader import Findings, Mention, Reader, is_identifier, report_identifier, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.expression import PERSON, Party, PartyKind

PARTY_WORDS = {kind.value: kind for kind in (PartyKind.OWNER, PartyKind.MANAGER, PartyKind.REQUESTER, PartyKind.ACTOR)}
RESERVED_ROLES = frozenset({*PARTY_WORDS, "person", "system", "any"})


def read_party(reader: Reader, name: str) -> Party | None:
    """The one party under a key."""
    node = reader.node(name)
    return None if node is None else party_of(reader.findings, node)


def read_parties(reader: Reader, name: str) -> tuple[Party, ...] | None:
    """The parties of the list under a key, None where the key is absent."""
    if not reader.has(name):
        return None
    parties = (party_of(reader.findings, scalar) for scalar in reader.names(name))
    return tuple(party for party in parties if party is not None)


def read_role(reader: Reader, name: str) -> str | None:
    """The role under a key; a word that means another party is none."""
    scalar = reader.scalar(name)
    return None if scalar is None else role_of(reader.findings, scalar)


def party_of(findings: Findings, node: Node) -> Party | None:
    """The party that a scalar names."""
    scalar = scalar_of(findings, node)
    if scalar is None:
        return None
    text = scalar.text
    if text in PARTY_WORDS:
        if text == PartyKind.MANAGER:
            findings.mentions.append((Mention.MANAGER, scalar))
        return Party(PARTY_WORDS[text])
    if text.startswith(PERSON) and text != PERSON:
        findings.mentions.append((Mention.PERSON, scalar))
        return Party(PartyKind.PERSON, text.removeprefix(PERSON).strip())
    role = role_of(findings, scalar)
    return None if role is None else Party(PartyKind.ROLE, role)


def role_of(findings: Findings, scalar: ScalarNode) -> str | None:
    """The role that a scalar names."""
    role = scalar.text
    if role in RESERVED_ROLES:
        findings.error(
            "SF311",
            Bilingual(f"{shown(role)} 是保留名，不能作角色", f"{shown(role)} is a reserved name and cannot be a role"),
            scalar.span,
            Bilingual("请写角色的标识符，例如 sales_rep", "name a role, such as sales_rep"),
        )
        return None
    if not is_identifier(role):
        report_identifier(findings, scalar)
        return None
    findings.roles.setdefault(role, scalar.span)
    findings.mentions.append((Mention.ROLE, scalar))
    return role
