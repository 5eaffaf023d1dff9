"""Who may move money: only the ledger and its settlement statements write wallets and transactions."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Module

# The ledger, and the statements that write a whole batch of settled rounds, one module for each database.
WRITERS = {"storage.ledger", "storage.settle_sqlite", "storage.settle_postgresql"}
# Migrations create and change the tables themselves.
_EXEMPT = "storage.migrations."

_STATEMENTS = re.compile(
    r"\b(?:INSERT|REPLACE)\b[\w\s]*?\bINTO\s+(?:transactions|wallets)\b"
    r"|\b(?:UPDATE|DELETE\s+FROM)\s+(?:OR\s+\w+\s+)?transactions\b"
    r"|\bUPDATE\s+(?:OR\s+\w+\s+)?wallets\b.*\bbalance\s*=",
    re.IGNORECASE | re.DOTALL,
)


def one_writer_of_money(modules: dict[str, Module]) -> Iterator[str]:
    """Only the ledger inserts a Transaction or a Wallet, or changes a Wallet's balance."""
    for module in modules.values():
        if module.name in WRITERS or module.name.startswith(_EXEMPT):
            continue
        for line, flaw in sorted(_flaws(module)):
            yield f"{module.at(line)}: {flaw}; only storage/ledger.py moves money"


def _flaws(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield from _flaws_of_call(node)
        elif isinstance(node, ast.Constant | ast.JoinedStr) and _STATEMENTS.search(ast.unparse(node)):
            yield node.lineno, "its SQL writes wallets or transactions"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _updates_wallets(node):
            yield from ((line, "changes a wallet's balance") for line in _mentions_of_balance(node))
    if "storage.models" in module.text:
        yield from ((line, "assigns a balance") for line in _assigned_balances(module.tree))


def _flaws_of_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    called = ast.unparse(call.func).split(".")[-1]
    tables = {ast.unparse(argument).split(".")[-1] for argument in call.args}
    if called in ("Transaction", "Wallet"):
        yield call.lineno, f"makes a {called}"
    elif called == "insert" and tables & {"Transaction", "Wallet"}:
        yield call.lineno, f"inserts a {(tables & {'Transaction', 'Wallet'}).pop()}"
    elif called in ("update", "delete") and "Transaction" in tables:
        yield call.lineno, f"{called}s a Transaction"


def _updates_wallets(function: ast.AST) -> bool:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func).endswith("update") and "Wallet" in map(ast.unparse, call.args) for call in calls)


def _mentions_of_balance(function: ast.AST) -> Iterator[int]:
    """Lines where ``balance`` is a keyword or a key of a dictionary."""
    for node in ast.walk(function):
        if isinstance(node, ast.keyword) and node.arg == "balance":
            yield node.value.lineno
        elif isinstance(node, ast.Dict):
            keys = (key for key in node.keys if key is not None)
            yield from (key.lineno for key in keys if ast.unparse(key) in ("'balance'", "Wallet.balance"))


def _assigned_balances(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "balance" and isinstance(node.ctx, ast.Store):
            yield node.lineno
