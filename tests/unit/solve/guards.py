"""Random guards over small fields, and every value that those fields can take."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import strategies as st

from salespm_flow.expr.values import Value

NUMBERS: list[Value] = [None, *(Decimal(number) for number in range(13))]
GRID: Mapping[str, list[Value]] = {"a": NUMBERS, "b": NUMBERS, "e": [None, "x", "y", "z"], "f": [None, True, False]}

BOUND = st.integers(-2, 14)
ORDER = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])


def integer_atoms(name: str) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda order, bound: f"{name} {order} {bound}", ORDER, BOUND),
        st.builds(lambda order, bound: f"3 * {name} - 7 {order} {bound}", ORDER, BOUND),
        st.builds(lambda low, high: f"{name} between {low} and {high}", BOUND, BOUND),
        st.builds(lambda low, high: f"{name} in (<{low}, [{high}..{high + 2}])", BOUND, BOUND),
        st.builds(lambda other, order, bound: f"default({name}, {other}) {order} {bound}", BOUND, ORDER, BOUND),
        st.sampled_from([f"{name} = null", f"{name} != null", f"{name} >= floor", f"5 > {name}"]),
    )


ATOMS = {
    "a": integer_atoms("a"),
    "b": integer_atoms("b"),
    "e": st.sampled_from(['e = "x"', 'e != "y"', 'e in ("y", "z")', "e = null", 'default(e, "z") = "z"']),
    "f": st.sampled_from(["f", "not(f)", "f = true", "f != null", "default(f, false)"]),
}
TOGETHER = st.builds(
    lambda left, order, bound: f"{left} {order} {bound}",
    st.sampled_from(["a + b", "a - b", "2 * a + b", "b - 3 * a"]),
    ORDER,
    BOUND,
) | st.sampled_from(["a < b", "a = b", "a >= b + 2", "if f then a > 3 else b > 3", "max(a, b) > 9"])


def guards(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds(lambda one, other: f"({one} and {other})", inner, inner),
            st.builds(lambda one, other: f"({one} or {other})", inner, inner),
            st.builds(lambda one: f"not({one})", inner),
        ),
        max_leaves=4,
    )


@st.composite
def two_field_cases(draw: st.DrawFn) -> tuple[str, Mapping[str, Value]]:
    names = draw(st.sampled_from([("a", "b"), ("a", "e"), ("b", "f")]))
    atoms = st.one_of(*(ATOMS[name] for name in names))
    guard = draw(guards(atoms | TOGETHER.filter(lambda text: "f" not in text) if names == ("a", "b") else atoms))
    return guard, {name: draw(st.sampled_from(GRID[name])) for name in names}
